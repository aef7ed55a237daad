"""Tables of contents: their entries, without the page numbers that mean nothing in a text."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from loramake.readers.pdf_lines import Line

LEADERS = re.compile(r"(?:\s?[.·…]){4,}\s?")  # dots that lead to a page number
_PAGE_NUMBER = re.compile(r"(?:(?:\s?[.·…])+)?\s*\b(\d{1,4}|[ivxlc]+)$")
_FEWEST = 5  # entries
_FALLING = 0.2  # of the page numbers: a list of prices falls and rises
_SAME_END = 3.0  # points


def contents_in(page: Sequence[Line]) -> range:
    """Where a table of contents stands in the lines of a page: entries with leaders to page numbers that rise."""
    led = [(number, _PAGE_NUMBER.search(line.text)) for number, line in enumerate(page) if LEADERS.search(line.text)]
    numbered = [number for number, found in led if found]
    pages = [int(found[1]) for _, found in led if found and found[1].isdigit()]
    falling = sum(below < above for above, below in pairwise(pages))
    if len(numbered) < _FEWEST or falling > _FALLING * len(pages):
        return range(0)
    first, right = numbered[0], max(page[number].x1 for number in numbered)
    while first and _is_entry(page[first - 1], right):
        first -= 1
    return range(first, numbered[-1] + 1)


def _is_entry(line: Line, right: float) -> bool:
    """Whether the line ends with a page number at the right edge."""
    return abs(line.x1 - right) < _SAME_END and _PAGE_NUMBER.search(line.text) is not None and not line.is_table


def entries(lines: Sequence[Line]) -> Iterator[str]:
    """The titles, each with the line breaks in it, without leaders and page numbers."""
    right = max(line.x1 for line in lines)
    title: list[str] = []
    for line in lines:
        is_last = _is_entry(line, right)
        title.append(_PAGE_NUMBER.sub("", line.text) if is_last else line.text)
        if is_last:
            yield "\n".join(title)
            title = []
    if title:
        yield "\n".join(title)
