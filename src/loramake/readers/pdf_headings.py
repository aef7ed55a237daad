"""Which lines are headings, and of what level: by the file's outline where it has one, else by the size of the type."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loramake.readers.pdf_contents import LEADERS
from loramake.readers.pdf_lines import GAP, Line

_RATIO = 1.12  # times the body's size: as large is a heading
_LENGTH = 150  # characters
LINES = 3  # a heading that runs on for longer is a paragraph in large type
_MOST = 0.3  # of all characters; beyond it the large type is no sign of headings
_BOLD_SIZE = 0.85  # times the body's size: as large is a bold heading
_MOST_BOLD = 0.1  # of all characters; beyond it bold type is no sign of headings
_FEWEST = 3  # entries of the outline that stand on their pages; with fewer the outline tells nothing
_DEEPEST = 6
_NUMBERED = re.compile(rf"^(?:\d[\d.]*|[A-Z]\.?|[IVXL]+\.?){GAP}")  # a heading with its number apart
_NUMBER = re.compile(r"^\s*(?:(?:chapter|appendix|part|section)\s+)?(?:[A-Z]|[IVXL]+|\d+)(?:\.\d+)*[.:]?\s+", re.I)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a file's outline; `level` from 1, `page` from 0."""

    title: str
    level: int
    page: int


class Headings:
    """The headings of a document."""

    def __init__(self, pages: Sequence[Sequence[Line]], outline: Iterable[Bookmark] = ()) -> None:
        self._outlined: dict[int, int] = {}  # id of a line -> level
        self._first: set[int] = set()  # ids of lines that begin a title
        sizes: dict[float, Counter[int]] = {}
        said = [[_letters(line.text) for line in page] for page in pages]
        for bookmark in (bookmark for bookmark in outline if bookmark.page < len(pages)):
            lines = _entitled(pages[bookmark.page], said[bookmark.page], bookmark.title)
            self._first |= {id(line) for line in lines[:1]}
            for line in lines:
                level = self._outlined.setdefault(id(line), min(bookmark.level, _DEEPEST))
                sizes.setdefault(line.size, Counter())[level] += 1
        self._by_size = levels_by_size(pages)
        self._body = body_size(pages)
        self._bold = 0 if self._outlined else _level_of_bold(pages, self._by_size)
        if len(self._outlined) < _FEWEST:
            self._outlined.clear()
        elif self._by_size:
            known = {size: min(levels, key=lambda level: (-levels[level], level)) for size, levels in sizes.items()}
            self._by_size = {size: known.get(size, 0) or _level_beside(size, known) for size in self._by_size}

    def in_outline(self, line: Line) -> int:
        """The level of the heading that the line is, or is a part of, by the outline; 0 if it is none."""
        return self._outlined.get(id(line), 0)

    def begin_with(self, line: Line) -> bool:
        """Whether an entry of the outline begins with the line."""
        return id(line) in self._first

    def by_size(self, line: Line) -> int:
        """The level of the heading that the line is, or is a part of, by its size; 0 if it is none."""
        return self._by_size.get(line.size, 0) if _is_title(line) else 0

    def if_alone(self, line: Line) -> int:
        """The level of the heading that a bold line is, if nothing else stands close to it; 0 if it is none."""
        if not line.is_bold or line.size < _BOLD_SIZE * self._body or not _is_title(line):
            return 0
        is_sentence = line.text.endswith((".", ",", ";", ":"))
        return 0 if is_sentence or GAP in _NUMBERED.sub("", line.text) else self._bold


def _level_of_bold(pages: Sequence[Sequence[Line]], levels: dict[float, int]) -> int:
    """The level of bold lines no larger than the text, below all larger ones; 0 where they are too many."""
    total = bold = 0
    for page in pages:
        for line in page:
            total += len(line.text)
            bold += len(line.text) * line.is_bold
    return min(max(levels.values(), default=0) + 1, _DEEPEST) if bold <= _MOST_BOLD * total else 0


def _level_beside(size: float, known: dict[float, int]) -> int:
    """The level of headings of a size that the outline knows nothing of: that of the next smaller ones, or the last."""
    smaller = [known[other] for other in sorted(known, reverse=True) if other < size]
    return smaller[0] if smaller else min(max(known.values()) + 1, _DEEPEST)


def _entitled(page: Sequence[Line], said: Sequence[str], title: str) -> Sequence[Line]:
    """The lines of a page, whose letters are `said`, that say what an entry of the outline does; [] where none do."""
    wanted = _letters(title)
    found = [
        page[start : start + count]
        for start, letters in enumerate(said)
        if letters and wanted.startswith(letters) and not LEADERS.search(page[start].text)
        for count in range(1, LINES + 1)
        if "".join(said[start : start + count]) == wanted
    ]
    return max(found, key=lambda lines: (lines[0].size, lines[0].is_bold), default=[])


def _letters(text: str) -> str:
    """Letters and digits, without the number of a chapter or section."""
    return "".join(filter(str.isalnum, _NUMBER.sub("", text, count=1))).casefold()


def levels_by_size(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """The level of a heading by its size in points, 1 for the largest; {} where size says nothing about headings."""
    body, sizes = body_size(pages), _sizes(pages)
    large = {size for page in pages for line in page if (size := line.size) >= _RATIO * body and _is_title(line)}
    if not body or sum(sizes[size] for size in large) > _MOST * sizes.total():
        return {}
    return {size: min(level, _DEEPEST) for level, size in enumerate(sorted(large, reverse=True), 1)}


def body_size(pages: Sequence[Sequence[Line]]) -> float:
    """The size of most characters, in points; 0 without any."""
    return max(_sizes(pages).items(), key=lambda item: (item[1], -item[0]), default=(0.0, 0))[0]


def _sizes(pages: Sequence[Sequence[Line]]) -> Counter[float]:
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            if not line.is_table:
                sizes[line.size] += len(line.text)
    return sizes


def _is_title(line: Line) -> bool:
    """Whether the words could be a heading's: short, with letters, and no entry of a table of contents."""
    letters = sum(character.isalpha() for character in line.text)
    return not line.is_table and letters >= 2 and len(line.text) <= _LENGTH and not LEADERS.search(line.text)
