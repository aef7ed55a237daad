"""Delimited text: CSV (RFC 4180) and tab-separated values -> rows by the names of their columns."""

import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TextIO

from loramake.errors import SourceError
from loramake.readers.long_texts import UTF_8, open_text, text_lines

Row = dict[str, str]
Choice = Callable[[list[str]], Collection[str]]

_LONGEST_ROW = 16 * 2**20  # characters
_DELIMITERS = (",", ";", "\t", "|")
_A_NAME = re.compile(r"[^\W\d][\w .-]{0,39}")  # the first row of a table without a header may be anything

csv.field_size_limit(_LONGEST_ROW)


def rows_of(path: Path, choose: Choice) -> Iterator[tuple[int | None, Row | SourceError]]:
    """The rows below the header, without empty cells, each with the byte at which it begins; or why one is no use.

    The delimiter is the one that makes most columns of which `choose` takes some, of all names; a .tsv has tabs, and a
    first line `sep=;` says it, too. A bad row (`bad_row`, `too_big`) spoils no other: reading goes on in the line after
    its first.

    Raises SourceError `empty`, `binary`, `too_big`, `no_header` or `no_columns`.
    """
    with open_text(path) as text:
        lines = _Lines(text)
        delimiter, columns = _header(lines, choose, "\t" if path.suffix.lower() == ".tsv" else "".join(_DELIMITERS))
        for place, cells in _rows(lines, delimiter, len(columns)):
            if isinstance(cells, SourceError):
                yield place, cells
            elif any(cell.strip() for cell in cells):
                yield place, _row(columns, cells)


def _row(columns: list[str], cells: list[str]) -> Row | SourceError:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return SourceError("bad_row", f"{len(cells)} cells in {len(columns)} columns")
    return {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}


class _Lines:
    """Lines with their places, and with a memory of those that the present row has taken."""

    def __init__(self, text: TextIO) -> None:
        self._fresh = text_lines(text)
        self._next = UTF_8.get(text.encoding or "")
        self._again: deque[tuple[int | None, str | None]] = deque()
        self.taken: list[tuple[int | None, str | None]] = []
        self._size = 0

    def begin(self) -> None:
        """Begin a row."""
        self.taken, self._size = [], 0

    def peek(self) -> str:
        """The next line that is not blank, which stays; "" after the last."""
        for line in self:
            if line.strip():
                self.take_back(len(self.taken) - 1)
                return line
            self.begin()
        return ""

    def take_back(self, first: int) -> None:
        """Have what the present row has taken read again, but for the `first` lines of it."""
        self._again.extendleft(reversed(self.taken[first:]))

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        place, line = self._again.popleft() if self._again else self._read()
        self.taken.append((place, line))
        self._size += len(line or "")
        if line is None or self._size > _LONGEST_ROW:
            raise SourceError("too_big", f"more than {_LONGEST_ROW >> 20} MiB in one row; is a quote never closed?")
        return line

    def _read(self) -> tuple[int | None, str | None]:
        place, line = self._next, next(self._fresh)
        if place is not None:
            self._next = None if line is None else place + len(line.encode("utf-8", "surrogatepass"))
        return place, line


def _header(lines: _Lines, choose: Choice, delimiters: str) -> tuple[str, list[str]]:
    """The delimiter, and the names of the columns."""
    said = lines.peek().rstrip("\r\n")
    if said[:-1].lower() == "sep=":
        delimiters = said[-1]
        lines.begin()
        next(lines)
        lines.peek()
    found: list[tuple[int, int, int, str, list[str]]] = []
    for delimiter in delimiters:
        cells = _cells(lines, delimiter)
        lines.take_back(0)
        if isinstance(cells, list):
            names = [cell.strip() for cell in cells]
            found.append((len(choose(names)), len(names), -len(found), delimiter, names))
    if not found:
        raise SourceError("no_header", "the first row is no list of columns")
    chosen, *_, delimiter, names = max(found)
    if not chosen:
        there = ", ".join(name for name in names if _A_NAME.fullmatch(name))[:200]
        raise SourceError("no_columns", f"none of those that the source names; there are {there or 'no names'}")
    _cells(lines, delimiter)
    return delimiter, names


def _rows(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[int | None, list[str] | SourceError]]:
    """The cells of each row, with the place of its first line."""
    while (cells := _cells(lines, delimiter)) is not None:
        place, line = lines.taken[0]
        if isinstance(cells, SourceError):
            lines.take_back(1)
            plain = (line or "").rstrip("\r\n").split("\t")
            if delimiter == "\t" and len(plain) == width:
                cells = plain  # many programs write tabs and never quote
        yield place, cells


def _cells(lines: _Lines, delimiter: str) -> list[str] | SourceError | None:
    """The cells of the next row, or why it has none; None after the last."""
    lines.begin()
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True))
    except StopIteration:
        return None
    except csv.Error as error:
        return SourceError("bad_row", str(error))
    except SourceError as error:
        return error
