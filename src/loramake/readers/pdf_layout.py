"""Lines on pages, with their sizes and places -> text with headings, paragraphs and whole words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from loramake.readers import marks
from loramake.records import PAGE_BREAK

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_UNFOLD = str.maketrans(_LIGATURES)
_NUMBERS = re.compile(r"\b(?:\d+|[ivxl]+)\b", re.IGNORECASE)
_SPLIT_WORD = re.compile(r"([^\W\d_]+)[-\u00ad\u2010]\n([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEADERS = re.compile(r"(?:\. ?){4,}")

_EDGE = 2  # lines at the top and at the bottom of a page that may be header or footer
_APART = 0.75  # times the size: how far a header stands from the text
_SAME_PLACE = 4.0  # points
_HEADING_RATIO = 1.12  # times the body's size
_HEADING_LENGTH = 150  # characters
_HEADING_LINES = 3  # a heading that runs on for longer is a paragraph in large type
_MOST_HEADINGS = 0.3  # of all characters; beyond it the large type is no sign of headings


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a whole table as a pipe table. All lengths are points, downwards from the page's top."""

    text: str
    size: float
    top: float
    bottom: float
    is_table: bool = False


def unfolded(text: str) -> str:
    """`text` with its ligatures as letters (NFKC, of these code points alone)."""
    return text.translate(_UNFOLD)


def text_of(pages: Sequence[Sequence[Line]]) -> str:
    """The text of a document, its pages parted by PAGE_BREAK on a line of its own."""
    pages = without_running_lines(pages)
    words = Words("\n".join(line.text for page in pages for line in page))
    levels = heading_levels(pages)
    space = _line_space(pages)
    return f"\n{PAGE_BREAK}\n".join(words.mend("\n".join(_rendered(page, levels, space, words))) for page in pages)


class Words:
    """The words of a document, which tell whether a hyphen at a line's end belongs to the word."""

    def __init__(self, text: str) -> None:
        self._seen = {*_WORD.findall(_SPLIT_WORD.sub(" ", text).lower())}

    def mend(self, text: str) -> str:
        """`text` without the hyphens that merely part a word at a line's end, and with its lines joined there.

        A hyphen stays if the compound stands elsewhere, or if its parts do and the whole word does not:
        `docu-\\nment` becomes `document`, `well-\\nknown` becomes `well-known`.
        """
        return _SPLIT_WORD.sub(self._mended, text)

    def _mended(self, split: re.Match[str]) -> str:
        first, second = split[1].lower(), split[2].lower()
        if not split[2][0].islower():
            return split[0]
        is_compound = f"{first}-{second}" in self._seen or (
            first + second not in self._seen and {first, second} <= self._seen
        )
        return f"{split[1]}-{split[2]}" if is_compound else split[1] + split[2]


def without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without headers and footers: lines at the edge that repeat, numbers aside, in the same place.

    Either on most pages; or on two at least, in a place where most pages have a line no larger than the body's
    (chapter titles that change as the pages go by). Documents of fewer than three pages keep all their lines.
    """
    if len(pages) < 3:
        return [list(page) for page in pages]
    body, space = _body_size(pages), _line_space(pages)
    edges = [_edges(page, space) for page in pages]
    texts = Counter(text for edge in edges for text in {_fingerprint(line) for line in edge})
    places = Counter(place for edge in edges for place in {_place(line) for line in edge if line.size <= body})

    def runs(line: Line) -> bool:
        repeated = texts[_fingerprint(line)]
        often = places[_place(line)] > len(pages) / 2 and line.size <= body
        return repeated > len(pages) / 2 or (often and repeated >= 2)

    return [
        [line for line in page if line not in edge or not runs(line)] for page, edge in zip(pages, edges, strict=True)
    ]


def _edges(page: Sequence[Line], space: float) -> set[Line]:
    """The lines at the top and at the bottom of a page that stand apart from the rest."""
    return {*_edge(page, space), *_edge(page[::-1], space)}


def _edge(page: Sequence[Line], space: float) -> Sequence[Line]:
    for number, (line, inner) in enumerate(pairwise(page[: _EDGE + 1]), 1):
        if line.is_table:
            return []
        if max(_gap(line, inner), _gap(inner, line)) > max(_APART * line.size, 1.5 * space):
            return page[:number]
    return page if len(page) <= _EDGE else []


def _fingerprint(line: Line) -> tuple[str, int]:
    return _NUMBERS.sub("0", line.text), _place(line)


def _place(line: Line) -> int:
    return round(line.top / _SAME_PLACE)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size of most characters, in points; 0 without any."""
    return max(_sizes(pages).items(), key=lambda item: (item[1], -item[0]), default=(0.0, 0))[0]


def _sizes(pages: Sequence[Sequence[Line]]) -> Counter[float]:
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            if not line.is_table:
                sizes[line.size] += len(line.text)
    return sizes


def heading_levels(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """The level of a heading by its size in points, 1 for the largest; {} where size says nothing about headings."""
    body, sizes = _body_size(pages), _sizes(pages)
    large = {
        size for page in pages for line in page if (size := line.size) >= _HEADING_RATIO * body and _is_title(line)
    }
    if not body or sum(sizes[size] for size in large) > _MOST_HEADINGS * sizes.total():
        return {}
    return {size: min(level, 6) for level, size in enumerate(sorted(large, reverse=True), 1)}


def _is_title(line: Line) -> bool:
    """Whether the words could be a heading's: short, with letters, and no entry of a table of contents."""
    letters = sum(character.isalpha() for character in line.text)
    return not line.is_table and letters >= 2 and len(line.text) <= _HEADING_LENGTH and not _LEADERS.search(line.text)


def _line_space(pages: Sequence[Sequence[Line]]) -> float:
    """The usual space between two lines, in points."""
    return median([gap for page in pages for above, below in pairwise(page) if (gap := _gap(above, below)) >= 0] or [0])


def _gap(above: Line, below: Line) -> float:
    return below.top - above.bottom


def _rendered(page: Sequence[Line], levels: dict[float, int], space: float, words: Words) -> Iterator[str]:
    """The lines of a page, with an empty one between two paragraphs, and around headings and tables."""
    above: Line | None = None
    for block in _blocks(page, levels, space):
        first = block[0]
        level = levels.get(first.size, 0) if _is_title(first) and len(block) <= _HEADING_LINES else 0
        if above is not None:
            yield ""
        if level:
            yield marks.heading(level, words.mend("\n".join(line.text for line in block)))
        else:
            yield from (line.text if line.is_table else marks.plain(line.text) for line in block)
        above = block[-1]


def _blocks(page: Sequence[Line], levels: dict[float, int], space: float) -> Iterator[list[Line]]:
    """Runs of lines that stand close together and are of one kind: a paragraph, a heading or a table."""
    block: list[Line] = []
    for line in page:
        if block and not _go_together(block[-1], line, levels, space):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _go_together(above: Line, below: Line, levels: dict[float, int], space: float) -> bool:
    if above.is_table or below.is_table:
        return False
    if levels.get(above.size) != levels.get(below.size):
        return False
    return _gap(above, below) <= space + 0.4 * min(above.size, below.size)
