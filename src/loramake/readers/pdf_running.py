"""Headers and footers: the lines at the edges of pages that repeat from page to page."""

import re
from collections import Counter
from collections.abc import Sequence

from loramake.readers.pdf_columns import Page
from loramake.readers.pdf_headings import body_size
from loramake.readers.pdf_lines import GAP, Line

_NUMBERS = re.compile(r"\b(?:\d+|[ivxl]+)\b", re.IGNORECASE)
_SAME_PLACE = 4.0  # points
_FEWEST_PAGES = 3


def without_running_lines(pages: Sequence[Page]) -> list[list[Line]]:
    """The pages without headers and footers: lines that stand apart and repeat, page numbers aside, in the same place.

    Either on most pages; or, in type no larger than the body's, in a place where most pages have such a line, and half
    of these lines have a part that some other page has there too (titles that change with the chapter). Documents of
    fewer than three pages keep all their lines.
    """
    if len(pages) < _FEWEST_PAGES:
        return [page.lines for page in pages]
    body = body_size([page.lines for page in pages])
    edges = [line for page in pages for line in _edges(page)]
    texts, parts = Counter(map(_said, edges)), Counter(part for line in edges for part in _parts(line))
    small = [line for line in edges if line.size <= body]
    places = Counter(map(_place, small))
    repeated = Counter(_place(line) for line in small if any(parts[part] > 1 for part in _parts(line)))
    running = {place for place, count in places.items() if count > len(pages) / 2 and repeated[place] >= count / 2}
    dropped = {id(line) for line in edges if texts[_said(line)] > len(pages) / 2}
    dropped |= {id(line) for line in small if _place(line) in running}
    return [[line for line in page.lines if id(line) not in dropped] for page in pages]


def _edges(page: Page) -> Sequence[Line]:
    """The lines that stand apart at the top and at the bottom."""
    return [*page.lines[: page.head], *page.lines[len(page.lines) - page.foot :]]


def _said(line: Line) -> tuple[str, int]:
    return _NUMBERS.sub("0", line.text), _place(line)


def _parts(line: Line) -> set[tuple[str, int]]:
    """What stands between the wide gaps of a line, and where."""
    return {(_NUMBERS.sub("0", part), _place(line)) for part in line.text.split(GAP)}


def _place(line: Line) -> int:
    return round(line.top / _SAME_PLACE)
