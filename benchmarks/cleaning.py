"""Cleaning: this project's engine, data-juicer and datatrove, on the same HTML, with operations as alike as they have.

    python benchmarks/cleaning.py FOLDER [--megabytes 100] [--workers 2] [--data-juicer PYTHON] [--datatrove PYTHON]
    python benchmarks/cleaning.py FOLDER --scale 10 100 1000

FOLDER holds .html files. Every 50th document is written a second time as it is, and every 50th once more with one word
in a hundred changed, so that there are duplicates to find. Each row is a process of its own; PYTHON is that of a
virtual environment with the peer in it. Rows with a + are the peers as they come, with the operations that they have
for this; the others leave work out, or have a part that is written here. With --scale, the documents are repeated, each
copy with a line of its own, up to so many megabytes. Linux alone.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from cleaners.measure import Taken, measured

from loramake.records import Document, Writer

CLEANERS = Path(__file__).parent / "cleaners"
WORD = re.compile(r"\b[a-z]{4,}\b(?=[^<>]*<)")
MATCHED: list[dict[str, Any]] = [
    {"html": "strip"},
    {"unicode": "nfc"},
    {"whitespace": "collapse"},
    {"mask": ["email", "phone", "ip"]},
    {"keep": {"min_chars": 20}},
]
EXACT, NEAR = {"deduplicate": "exact"}, {"deduplicate": {"near": 0.8}}
# What data-juicer would mask besides e-mail addresses, phone numbers and IP addresses.
NO_PII = ("paths", "secrets", "ids", "id_cards", "channel_ids", "platform_open_ids", "pem", "jwt", "macs")
GOAL_PEERS, GOAL_SPEED, GOAL_MEMORY = 3, 5, 600  # times; MB per CPU-second; MB


@dataclass
class Row:
    """A line of the table: who cleans, how, and with how many processes; `given` is none if its PYTHON is not known."""

    name: str
    engine: str
    steps: dict[str, Any]
    own: bool = False  # the peer as it comes, with operations of its own
    workers: int = 1
    taken: Taken | None = None
    kept: int = 0


def rows(workers: int, *, near: bool) -> list[Row]:
    """Who is compared; `near` is with near-duplicates instead of exact ones."""
    last = NEAR if near else EXACT
    ours = [
        Row("loramake, same operations", "ours", {"steps": [*MATCHED, last]}),
        Row(
            "loramake, preset documentation" if near else "loramake, preset standard",
            "ours",
            {"preset": "documentation" if near else "standard"},
        ),
    ]
    juicer = Row("+ data-juicer", "data-juicer", {"full": True, "near": near}, own=True)
    plain = Row("data-juicer, no Unicode, no phones", "data-juicer", {"full": False, "near": near})
    trove = {"extractor": "trafilatura", "unicode": "ftfy", "near": near}
    full = Row("+ datatrove, Trafilatura", "datatrove", trove, own=True)
    same = Row("datatrove, selectolax as data-juicer has", "datatrove", trove | {"extractor": "selectolax"})
    light = Row("datatrove, selectolax, bare NFC", "datatrove", {**same.steps, "unicode": "nfc"})
    parallel = [] if near else [replace(row, workers=workers) for row in (*ours, juicer, plain, light)]
    return [*ours, juicer, plain, full, same, light, *parallel]


def documents(folder: Path, size: int) -> Iterator[Document]:
    """Up to `size` bytes of the HTML in `folder`, in an order that does not change, and copies."""
    for path, text in _texts(folder):
        size -= len(text.encode())
        if size < 0:
            return
        ident = Document.identify("html", path, "", text)
        yield Document(id=ident, text=text, source="html", path=path, sha256="0" * 64, reader="html 1")


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    files = sorted(folder.rglob("*.html"))
    dice = random.Random(0)
    dice.shuffle(files)
    for number, file in enumerate(files):
        path, text = str(file.relative_to(folder)), file.read_text(encoding="utf-8", errors="replace")
        yield path, text
        if number % 50 == 0:
            yield f"{path} again", text
        elif number % 50 == 25:
            yield f"{path} changed", _changed(text, dice)


def _changed(text: str, dice: random.Random) -> str:
    """`text` with one word in a hundred changed, tags aside."""
    return WORD.sub(lambda word: f"w{dice.randrange(10**6)}" if dice.random() < 0.01 else word[0], text)


def command(row: Row, given: Path, folder: Path, pythons: dict[str, str | None]) -> list[str]:
    """What runs `row`, from `given` (JSON lines) to `folder`/kept."""
    python = pythons[row.engine] or ""
    out = str(folder / "kept")
    if row.engine == "data-juicer":
        recipe = folder / "recipe.json"  # JSON is YAML
        recipe.write_text(json.dumps(_juicer(row, given, folder / "kept" / "kept.jsonl")))
        return [python, "-m", "data_juicer.tools.process_data", "--config", str(recipe)]
    if row.engine == "ours":
        (folder / "kept").mkdir()
        return [
            python,
            str(CLEANERS / "ours.py"),
            str(given),
            out,
            str(row.workers),
            json.dumps(row.steps),
        ]
    parts = folder / "parts"
    parts.mkdir()
    with given.open("rb") as lines:
        streams = [(parts / f"{number}.jsonl").open("wb") for number in range(row.workers)]
        for number, line in enumerate(lines):
            streams[number % row.workers].write(line)
        for stream in streams:
            stream.close()
    return [python, str(CLEANERS / "trove.py"), str(parts), out, str(row.workers), json.dumps(row.steps)]


def _juicer(row: Row, given: Path, kept: Path) -> dict[str, Any]:
    masks: list[dict[str, Any]] = [{"clean_email_mapper": None}, {"clean_ip_mapper": None}]
    if row.steps["full"]:
        masks = [{"pii_redaction_mapper": {f"mask_{name}": False for name in NO_PII}}]
    near = {"document_minhash_deduplicator": {"window_size": 5, "num_permutations": 128, "jaccard_threshold": 0.8}}
    return {
        "project_name": "benchmark",
        "dataset_path": str(given),
        "export_path": str(kept),
        "np": row.workers,
        "auto_op_parallelism": False,
        "use_cache": False,
        "process": [
            {"clean_html_mapper": None},
            *([{"fix_unicode_mapper": None}] if row.steps["full"] else []),
            {"whitespace_normalization_mapper": None},
            *masks,
            {"text_length_filter": {"min_len": 20, "max_len": 5_000_000}},
            near if row.steps["near"] else {"document_deduplicator": None},
        ],
    }


def run(row: Row, given: Path, pythons: dict[str, str | None], seconds: float) -> Row:
    """`row` with what it took."""
    if not pythons[row.engine]:
        return row
    with tempfile.TemporaryDirectory(prefix="cleaning-", dir=given.parent) as name:
        folder = Path(name)
        environment = {**os.environ, "TMPDIR": name, "HF_HOME": name, "HF_HUB_OFFLINE": "1"}
        if row.engine != "ours":
            environment.pop("PYTHONPATH", None)
        taken = measured(command(row, given, folder, pythons), folder, seconds, environment)
        if taken.error:
            shutil.copy(folder / "log.txt", Path(tempfile.gettempdir()) / f"cleaning-{row.engine}.log")
        kept = sum(_count(path) for path in (folder / "kept").glob("*.jsonl") if not path.stem.endswith("_stats"))
    return replace(row, taken=taken, kept=kept)


def _count(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


def line(row: Row, megabytes: float, number: int) -> str:
    """`row` as it is printed."""
    name = f"{row.name:<42}{row.workers:2}"
    taken = row.taken
    if taken is None:
        return f"{name}  not given"
    if taken.error:
        return f"{name}  {taken.error}, after {taken.wall:.0f} s and {taken.cpu:.0f} CPU-s"
    return (
        f"{name}{megabytes / taken.cpu:10.2f}{number / taken.wall:9.0f}{taken.wall:9.1f}"
        f"{taken.largest:9.0f}{taken.tree:9.0f}{row.kept:8}"
    )


HEAD = f"{'':<34}processes{'MB/CPU-s':>11}{'docs/s':>9}{'seconds':>9}{'largest':>9}{'tree MB':>9}{'kept':>8}"


def speed(row: Row, megabytes: float) -> float:
    """MB per CPU-second; 0 for a row that did not come to its end."""
    return megabytes / row.taken.cpu if row.taken and not row.taken.error else 0.0


def compare(arguments: argparse.Namespace, folder: Path) -> bool:
    """Print the tables; whether the goals are met."""
    given = folder / "documents.jsonl"
    with Writer(given) as out:
        for document in documents(arguments.folder, int(arguments.megabytes * 1e6)):
            out.write(document)
    megabytes = given.stat().st_size / 1e6
    print(f"{out.count} documents, {megabytes:.1f} MB")
    pythons = {"ours": sys.executable, "data-juicer": arguments.data_juicer, "datatrove": arguments.datatrove}
    good = True
    for near in (False, True):
        print(f"\n{'near' if near else 'exact'} duplicates\n{HEAD}", flush=True)
        done = []
        for row in rows(arguments.workers, near=near):
            done.append(run(row, given, pythons, arguments.seconds))
            print(line(done[-1], megabytes, out.count), flush=True)
        good = _judged(done, megabytes, near=near) and good
    return good


def _judged(done: list[Row], megabytes: float, *, near: bool) -> bool:
    """Print how many times as fast the first row is as the peers; whether the goals are met."""
    same, preset = (speed(row, megabytes) for row in done[:2])
    peers = [row for row in done if row.engine != "ours" and speed(row, megabytes)]
    own = max((speed(row, megabytes) for row in peers if row.own), default=0.0)
    if peers:
        print(f"{same / max(speed(row, megabytes) for row in peers):.1f} times the fastest row of a peer")
    if own:
        print(f"{same / own:.1f} times the faster peer as it comes (goal: {GOAL_PEERS})")
    return same >= GOAL_PEERS * own and (near or preset >= GOAL_SPEED)


def scale(arguments: argparse.Namespace, folder: Path) -> bool:
    """Print what larger inputs take; whether time is linear and memory bounded."""
    print(HEAD)
    speeds, good = [], True
    for megabytes in arguments.scale:
        given = folder / "documents.jsonl"
        number = _repeated(given, list(documents(arguments.folder, 100_000_000)), int(megabytes * 1e6))
        row = Row(f"{megabytes:,.0f} MB, preset standard", "ours", {"preset": "standard"}, workers=arguments.workers)
        row = run(row, given, {"ours": sys.executable}, arguments.seconds)
        size = given.stat().st_size / 1e6
        print(line(row, size, number), flush=True)
        speeds.append(speed(row, size))
        good = good and row.taken is not None and not row.taken.error and row.taken.tree < GOAL_MEMORY
        given.unlink()
    linear = speeds[-1] >= 0.8 * max(speeds)
    print(f"time is {'' if linear else 'not '}linear; memory is {'' if good else 'not '}under {GOAL_MEMORY} MB")
    return good and linear


def _repeated(path: Path, found: list[Document], size: int) -> int:
    """Write `found`, again and again, each time with another line, up to `size` bytes; how many that are."""
    with Writer(path) as out:
        for copy in count():
            for document in found:
                text = f"{document.text}\n<p>Copy number {copy} of it.</p>\n"
                size -= len(text.encode())
                if size < 0:
                    return out.count
                where = f"{copy}/{document.path}"
                out.write(replace(document, id=Document.identify("html", where, "", text), text=text, path=where))
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=900, help="a row that takes longer is stopped")
    parser.add_argument("--data-juicer", metavar="PYTHON")
    parser.add_argument("--datatrove", metavar="PYTHON")
    parser.add_argument("--scale", type=float, nargs="*", metavar="MEGABYTES")
    arguments = parser.parse_args()
    if arguments.scale is not None:
        arguments.scale = arguments.scale or [10, 100, 1000]
    with tempfile.TemporaryDirectory(prefix="cleaning-") as folder:
        good = (compare if arguments.scale is None else scale)(arguments, Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
