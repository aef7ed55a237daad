"""The marks inside a text: headings, pipe tables, fences; and what merely looks like one."""

import re
from collections.abc import Iterable, Iterator, Sequence

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}(?!.*`)|~{3,})")
_LOOKS_LIKE_HEADING = re.compile(r"^(?=#{1,6}(?:\s|$))", re.MULTILINE)


def heading(level: int, text: str) -> str:
    """One line with as many `#` as `level`, six at most."""
    return f"{'#' * min(max(level, 1), 6)} {' '.join(text.split())}"


def plain(text: str) -> str:
    """`text` whose lines never pass for headings."""
    return _LOOKS_LIKE_HEADING.sub(r"\\", text)


def fenced(code: str, language: str = "") -> str:
    """`code` between fences that are longer than any run of backticks in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", code)), default=0))
    return f"{ticks}{language}\n{code}\n{ticks}"


def pipe_table(rows: Iterable[Sequence[str]]) -> str:
    """A pipe table whose first row is the header: all rows as wide as the widest; "" when no cell holds anything."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells:
        return ""
    width = max(map(len, cells))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in cells]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def with_code(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to fenced code."""
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        before, fence = fence, _after(fence, mark[1]) if mark else fence
        yield line, bool(mark or before)


def first_heading(text: str) -> str | None:
    """The words of the first heading outside a fence."""
    fence = ""
    for line in text.split("\n"):
        if mark := _FENCE.match(line):
            fence = _after(fence, mark[1])
        elif not fence and (found := _HEADING.fullmatch(line)) and found[2]:
            return found[2]
    return None


def _after(fence: str, mark: str) -> str:
    """The fence that is open after `mark`: a fence ends with one of its kind that is at least as long."""
    if not fence:
        return mark
    return "" if mark.startswith(fence) else fence
