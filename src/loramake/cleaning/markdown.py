"""The marks in a document's text that other work must respect: fenced code and headings."""

import re
from bisect import bisect_right
from dataclasses import dataclass

Span = tuple[int, int]

# Both begin with the end of the line before: searching for a character is several times quicker than for a line's edge.
_FENCE = re.compile(r"\n[ \t]*(`{3,}|~{3,})([^\n]*)")
_HEADING = re.compile(r"\n {0,3}(#{1,6})[ \t]+(\S[^\n]*)")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, from its first `#` to the end of its line; `path` holds the titles that lead to it, its own last."""

    start: int
    end: int
    level: int
    path: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the heading says."""
        return self.path[-1]


def fences(text: str) -> list[Span]:
    """The fenced blocks of `text`, from the opening line to the end of the closing one, in order.

    A fence that is never closed is text: one stray line must not turn the rest of a document into code.
    """
    if "```" not in text and "~~~" not in text:
        return []
    marks = list(_FENCE.finditer(_lines(text)))
    unclosed: dict[str, int] = {}
    spans: list[Span] = []
    number = 0
    while number < len(marks):
        closing = _closing(marks, number, unclosed)
        if closing:
            spans.append((marks[number].start(), marks[closing].end() - 1))
        number = (closing or number) + 1
    return spans


def _lines(text: str) -> str:
    """`text` with a line break before it, and one for each page break: offsets are one larger."""
    return "\n" + text.replace("\f", "\n")


def _closing(marks: list[re.Match[str]], opening: int, unclosed: dict[str, int]) -> int | None:
    """The number of the mark that closes `opening`; `unclosed` remembers what was looked for in vain."""
    mark, info = marks[opening][1], marks[opening][2]
    if (mark[0] == "`" and "`" in info) or len(mark) >= unclosed.get(mark[0], len(mark) + 1):
        return None
    for number in range(opening + 1, len(marks)):
        if marks[number][1].startswith(mark) and not marks[number][2].strip():
            return number
    unclosed[mark[0]] = len(mark)
    return None


def headings(text: str, code: list[Span]) -> list[Heading]:
    """The headings of `text` outside of `code`, in order."""
    found: list[Heading] = []
    above: list[tuple[int, str]] = []
    if "#" not in text:
        return found
    starts = [start for start, _ in code]
    for match in _HEADING.finditer(_lines(text)):
        block = bisect_right(starts, match.start()) - 1
        title = _title(match[2])
        if not title or (block >= 0 and match.start() < code[block][1]):
            continue
        level = len(match[1])
        above = [*(entry for entry in above if entry[0] < level), (level, title)]
        found.append(Heading(match.start(1) - 1, match.end() - 1, level, tuple(name for _, name in above)))
    return found


def _title(line: str) -> str:
    """A heading's words, without the `#`s that may close its line."""
    words = line.rstrip()
    bare = words.rstrip("#")
    return bare.rstrip() if bare != words and bare[-1:] in ("", " ", "\t") else words


def first_heading(text: str) -> str | None:
    """What the first heading of `text` says."""
    found = headings(text, fences(text))
    return found[0].title if found else None
