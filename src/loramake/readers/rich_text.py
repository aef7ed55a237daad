"""Rich text -> Markdown: runs of marked characters, and the blocks that they stand in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from loramake.readers import marks

STRONG, EMPHASIS, STRUCK, CODE = "**", "*", "~~", "`"
_FROM_OUTSIDE_IN = (STRONG, EMPHASIS, STRUCK, CODE)
_LOOKS_LIKE_FENCE = re.compile(r"^(?= {0,3}(?:```|~~~))", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_STRUCTURE = re.compile(r"#{1,6} |> |- |\d+\. |---$")
_ITEM = re.compile(r"- |\d+\. ")
_HEADING = re.compile(r"(#{1,6}) ")
_ONE_LINE = re.compile(r"`{3,}[^\n]*\n([^\n]*)\n`{3,}")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
_NO_LANGUAGES = {"none", "plain", "text", "plaintext", "plain text", "txt", "noformat", "default"}
_SPREAD = " \n\t"
_MOST_COLUMNS = 200


class Verbatim(str):
    """A block whose lines are neither indented nor quoted: code or a table."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that have the same `marks` and lead to the same `link`; a newline among them is a line break."""

    text: str
    marks: frozenset[str] = frozenset()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, with how many columns and rows it covers."""

    blocks: list[str]
    width: int = 1
    height: int = 1


def inline(runs: Iterable[Run]) -> str:
    """The Markdown of `runs`, whose outer white space stands outside of the marks."""
    return "".join(_linked(link, list(group)) for link, group in groupby(runs, key=lambda run: run.link))


def _linked(link: str, runs: list[Run]) -> str:
    text = _marked(runs, _FROM_OUTSIDE_IN)
    before, core, after = _parts(text)
    if not link or not core or core.strip("`") == link:
        return text
    return f"{before}[{core}]({link}){after}"


def _marked(runs: list[Run], order: Sequence[str]) -> str:
    if not order:
        return "".join(run.text for run in runs)
    pieces = []
    for has, group in groupby(runs, key=lambda run: order[0] in run.marks):
        text = _marked(list(group), order[1:])
        pieces.append(wrapped(text, order[0]) if has else text)
    return "".join(pieces)


def wrapped(text: str, mark: str) -> str:
    """`text` between two of `mark`, close to its words."""
    before, core, after = _parts(text)
    if not core:
        return text
    if mark == CODE:
        ticks = "`" * (1 + max((len(run) for run in re.findall("`+", core)), default=0))
        gap = " " if core.startswith("`") or core.endswith("`") else ""
        return f"{before}{ticks}{gap}{core}{gap}{ticks}{after}"
    return f"{before}{mark}{core}{mark}{after}"


def raised(text: str) -> str:
    """Superscript, as in 10^6."""
    return f"^{text}" if text and not any(space in text for space in _SPREAD) else text


def _parts(text: str) -> tuple[str, str, str]:
    """The white space before the words, the words, and the white space after them."""
    core = text.strip()
    start = len(text) - len(text.lstrip())
    return text[:start], core, text[start + len(core) :]


def paragraph(text: str) -> list[str]:
    """A block that passes for nothing but text; no block for white space."""
    lines = [line.rstrip() for line in text.replace("\f", " ").replace("\v", " ").split("\n")]
    text = _GAP.sub("\n\n", "\n".join(lines)).strip("\n")
    return [marks.plain(_LOOKS_LIKE_FENCE.sub(r"\\", text))] if text.strip() else []


def heading(level: int, text: str) -> list[str]:
    """A heading, which needs no bold face besides."""
    text = _BOLD.sub(r"\1", text.replace("\f", " "))
    return [marks.heading(level, text)] if text.strip() else []


def code(text: str, language: str = "") -> list[str]:
    """A block of code; `language` is left out unless it names one."""
    text = text.replace("\f", " ").replace("\r\n", "\n").strip("\n")
    name = language.strip().lower()
    named = name if _LANGUAGE.fullmatch(name) and name not in _NO_LANGUAGES else ""
    return [Verbatim(marks.fenced(text, named))] if text.strip() else []


def listed(items: Iterable[tuple[str, list[str]]]) -> list[str]:
    """Items with their markers as one block; code and tables in an item stand as blocks of their own."""
    out: list[str] = []
    lines: list[str] = []
    for marker, blocks in items:
        pad = " " * (len(marker.split(" ")[0] or "-") + 1)
        lead = f"{marker} " if marker else pad
        for block in blocks:
            if isinstance(block, Verbatim):
                out += ["\n".join(lines)] if lines else []
                out.append(block)
                lines = []
            else:
                bare = " " not in marker and _ITEM.match(block)  # a list in a list has marks of its own
                lines += _prefixed(block, pad if bare else lead, pad)
                lead = pad
    return [*out, "\n".join(lines)] if lines else out


def quoted(blocks: Iterable[str]) -> list[str]:
    """The blocks as a quotation; code and tables in it stand as blocks of their own."""
    out: list[str] = []
    for verbatim, group in groupby(blocks, key=lambda block: isinstance(block, Verbatim)):
        if verbatim:
            out.extend(group)
        else:
            out.append("\n>\n".join("\n".join(_prefixed(block, "> ", "> ")) for block in group))
    return out


def _prefixed(block: str, first: str, others: str) -> list[str]:
    head, *rest = block.split("\n")
    return [(first + head).rstrip(), *((others + line).rstrip() for line in rest)]


def callout(label: str, title: str, blocks: list[str]) -> list[str]:
    """A panel, say: a quotation that begins with its `label` (Note, Warning), its `title`, or both."""
    title = " ".join(title.split())
    lead = f"**{label}:** {title}" if label and title else f"**{label}:**" if label else f"**{title}**" if title else ""
    if label and not title and blocks and not isinstance(blocks[0], Verbatim) and not _STRUCTURE.match(blocks[0]):
        return quoted([f"{lead} {blocks[0]}", *blocks[1:]])
    return quoted([*filter(None, [lead]), *blocks]) if lead or blocks else []


def titled(title: str, blocks: list[str]) -> list[str]:
    """The blocks below a title that is none of the document's headings."""
    return [*paragraph(wrapped(" ".join(title.split()), STRONG)), *blocks]


def demoted(blocks: Iterable[str], below: int) -> list[str]:
    """The blocks, with their highest heading one level below a heading of level `below` at most."""
    blocks = list(blocks)
    found = [None if isinstance(block, Verbatim) else _HEADING.match(block) for block in blocks]
    down = below + 1 - min((len(mark[1]) for mark in found if mark), default=below + 1)
    if down <= 0:
        return blocks
    return [
        marks.heading(len(mark[1]) + down, block[mark.end() :]) if mark else block
        for block, mark in zip(blocks, found, strict=True)
    ]


def table(rows: Iterable[Sequence[Cell]]) -> list[str]:
    """A pipe table; what only lays out a page, or holds code or a table, as the blocks of its cells, row by row."""
    grid = [[[_short(block) for block in cell] for cell in row] for row in _grid(rows) if any(row)]
    if any(isinstance(block, Verbatim) for row in grid for cell in row for block in cell):
        return _unfolded(grid)
    if len(grid) < 2 or max(sum(map(bool, row)) for row in grid) < 2:
        return [block for row in grid for cell in row for block in cell]
    return [
        Verbatim(marks.pipe_table([_said(cell, head=number == 0) for cell in row] for number, row in enumerate(grid)))
    ]


def _grid(rows: Iterable[Sequence[Cell]]) -> Iterable[list[list[str]]]:
    """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
    covered: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for row in rows:
        cells: list[list[str]] = []
        for cell in row:
            while covered.get(len(cells)):
                covered[len(cells)] -= 1
                cells.append([])
            width = max(1, min(cell.width, _MOST_COLUMNS - len(cells)))
            if len(cells) < _MOST_COLUMNS:
                covered.update(dict.fromkeys(range(len(cells), len(cells) + width), max(1, cell.height) - 1))
            cells += [cell.blocks, *([] for _ in range(width - 1))]
        for column in range(len(cells), max(covered, default=-1) + 1):
            covered[column] = max(0, covered.get(column, 0) - 1)
        yield cells


def _short(block: str) -> str:
    """One line of code without its fences."""
    found = _ONE_LINE.fullmatch(block) if isinstance(block, Verbatim) else None
    return wrapped(found[1], CODE) if found else block


def _said(cell: list[str], *, head: bool) -> str:
    text = " ".join(_HEADING.sub("", block) for block in cell)
    bold = _BOLD.fullmatch(text)
    return bold[1] if head and bold else text


def _unfolded(grid: list[list[list[str]]]) -> list[str]:
    """The blocks of all cells, each below the name of its column, if the first row holds names."""
    if len(grid) < 2 or any(isinstance(block, Verbatim) for cell in grid[0] for block in cell):
        return [block for row in grid for cell in row for block in cell]
    names = [_said(cell, head=True) for cell in grid[0]]
    used = {column for row in grid[1:] for column, cell in enumerate(row) if cell}
    unused = ", ".join(name for column, name in enumerate(names) if name and column not in used)
    out = [unused] if unused else []
    for row in grid[1:]:
        for column, cell in enumerate(row):
            name = names[column] if column < len(names) else ""
            out += _below(name, cell) if name and cell else cell
    return out


def _below(name: str, cell: list[str]) -> list[str]:
    if isinstance(cell[0], Verbatim) or _STRUCTURE.match(cell[0]):
        return [f"{name}:", *cell]
    return [f"{name}: {cell[0]}", *cell[1:]]
