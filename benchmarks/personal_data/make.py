"""Writes `cases.jsonl` from `templates/`: `python benchmarks/personal_data/make.py`.

A `.txt` file holds cases of one kind, each begun by a line `%%`; in a `.lines` file each line is a case (`⏎` is a line
break). `⟦kind:value⟧` marks a value to be found, `⟦kind|maker arguments⟧` one that `values.py` makes, and
`⟦|maker arguments⟧` one that must not be found. New cases go to the end of a file: a case's name seeds its values.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import values

HERE = Path(__file__).parent
MARK = re.compile(r"⟦(?P<kind>\w*)(?P<how>[:|])(?P<what>[^⟧]*)⟧")
SPLIT = {"key", "jwt", "private_key", "entropy"}  # so that scanners of repositories do not take them for leaks


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((HERE / "templates").iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".lines":
            entries = [line.replace("⏎", "\n") for line in text.splitlines()]
        else:
            entries = [entry.removesuffix("\n") for entry in text.split("%%\n")[1:]]
        for number, entry in enumerate(entries, 1):
            yield f"{path.stem}-{number:03}", entry


def parts(name: str, template: str) -> Iterator[str | list[str]]:
    """The text in order; what must be found is a list: its kind, and its pieces."""
    random, position = Random(name), 0
    for mark in MARK.finditer(template):
        yield template[position : mark.start()]
        position = mark.end()
        value = mark["what"] if mark["how"] == ":" else values.make(random, mark["what"])
        if not mark["kind"]:
            yield value
        elif mark["kind"] in SPLIT:
            yield [mark["kind"], value[:3], value[3:12], value[12:]]
        else:
            yield [mark["kind"], value]
    yield template[position:]


def joined(pieces: Iterator[str | list[str]]) -> list[str | list[str]]:
    """Texts side by side become one; empty ones go."""
    result: list[str | list[str]] = []
    for piece in pieces:
        if isinstance(piece, str) and result and isinstance(result[-1], str):
            result[-1] += piece
        elif piece:
            result.append(piece)
    return result


def line(name: str, template: str) -> str:
    """The case as `cases.jsonl` has it."""
    return json.dumps({"id": name, "parts": joined(parts(name, template))}, ensure_ascii=False)


if __name__ == "__main__":
    lines = "".join(f"{line(name, template)}\n" for name, template in templates())
    (HERE / "cases.jsonl").write_text(lines, encoding="utf-8")
