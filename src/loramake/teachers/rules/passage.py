"""A passage as the rules see it: headings, prose, lists and tables, without the marks of Markdown. Code is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby
from typing import Literal

from loramake.records import PAGE_BREAK

BlockKind = Literal["heading", "prose", "steps", "bullets", "table"]

_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_STEP = re.compile(r"\s{0,3}\d{1,3}[.)]\s+(.*)")
_FIRST = re.compile(r"\s*(\d+)")
_BULLET = re.compile(r"\s{0,3}[-*+•‣]\s+(.*)")
_RULE = re.compile(r"\s*([-*_=]\s*){3,}$")
_CELL_RULE = re.compile(r":?-+:?$")
FIELD = re.compile(r"(?:\*\*|__)?([A-Z][\w /&'’()-]{1,40}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s+(\S.*)")
_BOLD_TERM = re.compile(r"(?:\*\*|__)([^*_]{2,40})(?:\*\*|__)\s*[–—-]\s+(\S.*)")

_INLINE = [
    (re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,500}\)"), ""),
    (re.compile(r"\[([^\[\]]{1,300})\]\([^()\s]{0,500}(?:\s\"[^\"]{0,300}\")?\)"), r"\1"),
    (re.compile(r"\[\^?\d{1,3}\]"), ""),
    (re.compile(r"</?[a-zA-Z][^<>]{0,200}>"), ""),
    (re.compile(r"(\*\*\*|\*\*)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)__(?=\S)([^_]+ [^_]+)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]+?)(?<=\S)\1(?![\w*])"), r"\2"),
    (re.compile(r"`+([^`]+)`+"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|-])"), r"\1"),
    (re.compile(r"\s*[¶]"), ""),
    (re.compile(r"\s+([,.;:!?])(?=\s|$)"), r"\1"),
]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading's text, a paragraph, the items of a list, or the rows of a table, its head first.

    `number` is that of the first step: a list that does not begin with 1 began in another passage.
    """

    kind: BlockKind
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    number: int = 1


def read_blocks(text: str) -> list[Block]:
    """The blocks of a passage, in order."""
    lines = list(_without_code(text.replace(PAGE_BREAK, "\n").expandtabs(4).split("\n")))
    blocks: list[Block] = []
    for blank, group in groupby(_with_headings_apart(lines), key=lambda line: not line.strip()):
        for block in () if blank else _blocks(list(group)):
            before = blocks[-1] if blocks else None
            if before and before.kind == block.kind and block.kind in ("steps", "bullets"):
                # Empty lines may stand between the items of a list.
                blocks[-1] = replace(before, lines=before.lines + block.lines)
            else:
                blocks.append(block)
    return blocks


def plain(text: str) -> str:
    """A line of Markdown without its marks: links by their text, no emphasis, no footnotes, single spaces."""
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return " ".join(unescape(text).split())


def split_field(item: str) -> tuple[str, str] | None:
    """Key and value of `Key: value`, `**Key:** value` or `**Key** – value`, marks and all, or None."""
    found = FIELD.fullmatch(item.strip()) or _BOLD_TERM.fullmatch(item.strip())
    return (plain(found[1]), plain(found[2])) if found else None


def _without_code(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            fence = "" if found and line.strip().startswith(fence) else fence
        elif found:
            fence = found[1]
            yield ""
        else:
            yield "" if _RULE.match(line) or line.lstrip().startswith((">>>", "$ ")) else line.removeprefix("> ")


def _with_headings_apart(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from ("", line, "") if _HEADING.match(line) else (line,)


def _blocks(lines: list[str]) -> Iterator[Block]:
    # A paragraph and the list or table right under it are apart.
    for kind, group in groupby(_kinds(lines), key=lambda pair: pair[0]):
        yield from _block(kind, [line for _, line in group])


def _kinds(lines: list[str]) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in lines:
        if _HEADING.match(line):
            kind = "heading"
        elif line.lstrip().startswith("|"):
            kind = "table"
        elif _STEP.match(line):
            kind = "steps"
        elif _BULLET.match(line):
            kind = "bullets"
        elif kind not in ("steps", "bullets"):
            kind = "code" if line.startswith("    ") else "prose"
        yield kind, line


def _block(kind: str, lines: list[str]) -> Iterator[Block]:
    if kind == "heading":
        yield from (Block("heading", (plain(found[1]),)) for line in lines if (found := _HEADING.match(line)))
    elif kind == "table":
        rows = [tuple(plain(cell) for cell in _cells(line)) for line in lines]
        yield Block(
            "table", rows=tuple(row for row in rows if not all(_CELL_RULE.match(cell) or not cell for cell in row))
        )
    elif kind == "steps":
        first = _FIRST.match(lines[0])
        yield Block("steps", tuple(_items(lines, _STEP)), number=int(first[1]) if first else 1)
    elif kind == "bullets":
        yield Block("bullets", tuple(_items(lines, _BULLET)))
    elif kind == "prose" and all(_is_field(line) for line in lines):
        yield Block("bullets", tuple(line.strip() for line in lines))
    elif kind == "prose":
        yield Block("prose", (plain(" ".join(lines)),))


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _items(lines: list[str], mark: re.Pattern[str]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        found = mark.match(line)
        if found and item:
            yield " ".join(item)
            item = []
        item.append(found[1].strip() if found else line.strip())
    yield " ".join(item)


def _is_field(line: str) -> bool:
    field = split_field(line)
    return field is not None and len(field[1].split()) <= 12
