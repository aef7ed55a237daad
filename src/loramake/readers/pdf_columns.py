"""The words of a page -> its lines in the order in which they are read: column by column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from operator import attrgetter
from statistics import median

from loramake.readers.pdf_glyphs import Fonts, Word
from loramake.readers.pdf_lines import Line, line_of, parts_of, rows_of

_EDGE = 2  # rows at the top and at the bottom of a page that may be header or footer
_APART = 0.75  # times the size: how far a header stands from the text
_GUTTER = 6.0  # points: two columns are as far apart at least
_MARGIN = 0.15  # of the width: there is no gutter so near to the edge
_CROSSED = 0.45  # of all pieces: so many may lie across a gutter
_FEWEST = 3  # rows of running text in a column
_NARROWEST = 8.0  # times the size: a column
_FULL = 0.55  # of a column's width: as long is a row of running text
_RUNNING = 0.5  # of a column's rows: so many are as long
_WORDS = 3  # in a row of running text
_INDEXED = 10  # rows in a column of an index, of which half end with a page number
_ALONE = 8  # rows of both columns that have none of the other one on their level, if those are
_MANY_ALONE = 0.2  # of all
_DEEPEST = 3  # columns within columns
_SAME = 8.0  # points by which the gutters of two pages may differ
_FEWEST_ENDS = 3  # lines, or
_OFTEN = 0.1  # of all, that end within
_SAME_END = 2.0  # points of each other show where the margin is
_NEARLY = 0.8  # of the longest line's length


@dataclass(slots=True, eq=False)
class _Piece:
    """What no wide gap parts in a row, or a whole table."""

    row: int
    x0: float
    x1: float
    top: float
    bottom: float
    words: list[Word] = field(default_factory=list)
    table: Line | None = None


@dataclass(slots=True)
class Page:
    """The lines of a page; the first `head` and the last `foot` stand apart, as headers and footers do."""

    lines: list[Line]
    head: int = 0
    foot: int = 0


class Columns:
    """Finds the columns of one page after the other; where the gutter was is where it may be again."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._gutters: list[float] = []

    def page(self, words: Sequence[Word], tables: Iterable[Line] = (), turned: Iterable[Sequence[Word]] = ()) -> Page:
        """A page of these words, of tables that hold none of them, and of lines that are turned: those come last."""
        page = self._upright(words, tables)
        for others in turned:
            if len(others) > len(words):  # a page on its side
                page, others_page = self._upright(others, ()), page
            else:
                others_page = self._upright(others, ())
            end = len(page.lines) - page.foot
            page.lines[end:end] = others_page.lines
        return page

    def _upright(self, words: Iterable[Word], tables: Iterable[Line]) -> Page:
        rows = _rows(words, tables)
        head = _apart(rows)
        foot = _apart(rows[::-1][: len(rows) - head])
        body = [piece for row in rows[head : len(rows) - foot] for piece in row]
        lines = [line for region in self._regions(body, _DEEPEST) for line in self._lines(region)]
        first = [line for row in rows[:head] for line in self._lines(row)]
        last = [line for row in rows[len(rows) - foot :] for line in self._lines(row)]
        return Page([*first, *lines, *last], len(first), len(last))

    def _regions(self, pieces: list[_Piece], depth: int) -> Iterator[list[_Piece]]:
        """The pieces as parts of a single column each, in the order in which one reads them."""
        gutter = self._gutter(pieces) if depth else None
        if gutter is None:
            yield pieces
            return
        across = {piece.row for piece in pieces if piece.x0 < gutter < piece.x1}
        ordered = sorted(pieces, key=lambda piece: (piece.top, piece.x0))
        for is_across, band in groupby(ordered, lambda piece: piece.row in across):
            if is_across:
                yield list(band)
                continue
            sides: tuple[list[_Piece], list[_Piece]] = ([], [])
            for piece in band:
                sides[piece.x0 >= gutter].append(piece)
            for side in filter(None, sides):
                yield from self._regions(side, depth - 1)

    def _gutter(self, pieces: Sequence[_Piece]) -> float | None:
        """The middle of the gap between two columns of running text, in points; None if there is one column."""
        best, most = None, 0
        for left, right in _gaps(pieces):
            middle = (left + right) / 2
            sides = [piece for piece in pieces if piece.x1 <= right], [piece for piece in pieces if piece.x0 >= left]
            known = any(abs(middle - gutter) < _SAME for gutter in self._gutters)
            running = [self._running(side) if side else 0 for side in sides]
            columns = any(running) if known else min(running) >= _FEWEST or all(map(_is_index, sides))
            rows = max(min(running), _rows_alone(*sides))
            if all(sides) and (columns or rows >= _ALONE) and (best is None or rows > most):
                best, most = middle, rows
        self._gutters += [] if best is None else [best]
        return best

    def _running(self, side: Sequence[_Piece]) -> int:
        """How many rows of a would-be column are running text: wide, several words, no code; 0 if few of all are."""
        rows = _by_row(side)
        width = max(piece.x1 for piece in side) - min(piece.x0 for piece in side)
        full = sum(self._is_full(row, width) for row in rows)
        return full if width >= _NARROWEST * _size(side) and full >= _RUNNING * len(rows) else 0

    def _is_full(self, row: Sequence[_Piece], width: float) -> bool:
        words = [word for piece in row for word in piece.words]
        return (
            len(words) >= _WORDS
            and row[-1].x1 - row[0].x0 >= _FULL * width
            and not all(self._fonts.is_mono(word.font) for word in words)
        )

    def _lines(self, region: Sequence[_Piece]) -> Iterator[Line]:
        """The lines of a single column, downwards."""
        lines = [self._line(row) for row in _by_row(sorted(region, key=attrgetter("top")))]
        left = min((line.x0 for line in lines), default=0.0)
        right = margin(left, [line.x1 for line in lines if not line.pitch and not line.is_table])
        for line in lines:
            line.left, line.right = left, right
            yield line

    def _line(self, row: Sequence[_Piece]) -> Line:
        return row[0].table or line_of([word for piece in row for word in piece.words], self._fonts)


def margin(left: float, ends: Sequence[float]) -> float:
    """The x, in points, at which lines are broken; 0 where it does not show.

    That is the last one at which several lines end, as in justified text; else the end of the longest line, if most are
    nearly as long.
    """
    longest = sorted(ends, reverse=True)
    fewest = max(_FEWEST_ENDS, _OFTEN * len(ends))
    for number, end in enumerate(longest):
        if sum(end - other < _SAME_END for other in longest[number:]) >= fewest:
            return end
    full = sum(end - left > _NEARLY * (longest[0] - left) for end in longest)
    return longest[0] if ends and full >= max(_FEWEST, len(ends) / 2) else 0.0


def _rows(words: Iterable[Word], tables: Iterable[Line]) -> list[list[_Piece]]:
    rows = [[_piece(part, number) for part in parts_of(row)] for number, row in enumerate(rows_of(words))]
    for number, table in enumerate(tables, len(rows)):
        rows.append([_Piece(number, table.x0, table.x1, table.top, table.bottom, table=table)])
    return sorted(rows, key=lambda row: min(piece.top for piece in row))


def _piece(words: list[Word], row: int) -> _Piece:
    top, bottom = min(word.top for word in words), max(word.bottom for word in words)
    return _Piece(row, words[0].x0, max(word.x1 for word in words), top, bottom, words)


def _by_row(pieces: Iterable[_Piece]) -> list[list[_Piece]]:
    """The pieces of each row from left to right, the rows in the order of their first pieces."""
    rows: dict[int, list[_Piece]] = {}
    for piece in pieces:
        rows.setdefault(piece.row, []).append(piece)
    return [sorted(row, key=attrgetter("x0")) for row in rows.values()]


def _apart(rows: Sequence[Sequence[_Piece]]) -> int:
    """How many of the first rows, two at most, stand apart from the rest; all of so few."""
    if len(rows) <= _EDGE:
        return len(rows)
    space = median(_space(above, below) for above, below in pairwise(rows))
    for number, (row, inner) in enumerate(pairwise(rows[: _EDGE + 1]), 1):
        if row[0].table:
            return 0
        if _space(row, inner) > max(_APART * _size(row), 1.5 * space):
            return number
    return 0


def _space(one: Sequence[_Piece], other: Sequence[_Piece]) -> float:
    """The height between two rows, whichever is above, in points."""
    first, second = sorted((one, other), key=lambda row: row[0].top)
    return min(piece.top for piece in second) - max(piece.bottom for piece in first)


def _size(pieces: Sequence[_Piece]) -> float:
    return max((word.size for piece in pieces for word in piece.words[:1]), default=0.0)


def _gaps(pieces: Sequence[_Piece]) -> Iterator[tuple[float, float]]:
    """The gaps that few pieces lie across, away from the edges: where a gutter may be."""
    if not pieces:
        return
    left, right = min(piece.x0 for piece in pieces), max(piece.x1 for piece in pieces)
    steps = [0] * (int(right - left) + 3)
    for piece in pieces:
        steps[int(piece.x0 - left)] += 1
        steps[int(piece.x1 - left) + 1] -= 1
    crossing = list(accumulate(steps))
    inner = range(int(_MARGIN * len(crossing)), int((1 - _MARGIN) * len(crossing)))
    fewest = min((crossing[point] for point in inner), default=len(pieces))
    if fewest > _CROSSED * len(pieces):
        return
    for most in sorted({fewest + len(pieces) // 50, max(fewest, len(pieces) // 10)}):
        low = [point for point in inner if crossing[point] <= most]
        for _, run in groupby(enumerate(low), lambda item: item[1] - item[0]):
            points = [point for _, point in run]
            if len(points) >= _GUTTER:
                yield left + points[0], left + points[-1] + 1


def _rows_alone(left: Sequence[_Piece], right: Sequence[_Piece]) -> int:
    """How many rows of either side have none beside them, if those are many: the rows of a table are on one level."""
    rows = {piece.row for piece in left}, {piece.row for piece in right}
    alone = [len(rows[0] - rows[1]), len(rows[1] - rows[0])]
    return min(alone) if all(count >= _MANY_ALONE * len(side) for count, side in zip(alone, rows, strict=True)) else 0


def _is_index(side: Sequence[_Piece]) -> bool:
    """Whether most rows are words and a page number."""
    rows = [[word.text for piece in row for word in piece.words] for row in _by_row(side)]
    entries = sum(row[-1][-1].isdigit() and any(map(str.isalpha, "".join(row[:-1]))) for row in rows if row)
    return len(rows) >= _INDEXED and entries >= len(rows) / 2
