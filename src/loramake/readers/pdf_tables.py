"""The rules and the words of a page -> its tables, and the words outside of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, groupby, pairwise
from statistics import median
from typing import Any

from pdfminer.layout import LTCurve
from pdfplumber.table import CellGroup, TableFinder

from loramake.readers import marks
from loramake.readers.pdf_glyphs import Fonts, Word
from loramake.readers.pdf_lines import GAP, Line, line_of, parts_of, rows_of
from loramake.readers.pdf_rules import THIN, Ladder, Rule, ladders_of, rules_on, sides_of
from loramake.readers.pdf_words import Words

_MOST_CROSSINGS = 4000  # of rules
_UNRULED_ROWS = 4
_HEADER_ROWS = 4
_GUTTER = 0.8  # times the size: the room between two columns that have no rule between them

Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Ruled:
    """What TableFinder asks of a page."""

    edges: list[dict[str, Any]]


def tables_on(page: Any, shapes: Iterable[LTCurve], words: list[Word], fonts: Fonts) -> list[Line]:
    """The tables on a page of pdfplumber's. Their words are taken out of `words`."""
    across, down = rules_on(page, shapes)
    ladders = ladders_of(across)
    rules = [*across, *down, *sides_of(ladders, down)]
    found = []
    for box, rows in chain(_closed_tables(rules, words, fonts), _open_tables(ladders, words, fonts)):
        if _says_something(rows):
            words[:] = [word for word in words if not _is_in(word, box)]
            left, top, right, bottom = box
            found.append(Line(marks.pipe_table(rows), 0.0, top, bottom, left, right, is_table=True))
    return found


def _says_something(rows: Sequence[Sequence[str]]) -> bool:
    """Whether it is more than a frame: a table has two rows with two cells that hold something."""
    return sum(sum(map(bool, row)) >= 2 for row in rows) >= 2


def _closed_tables(rules: Sequence[Rule], words: list[Word], fonts: Fonts) -> Iterator[tuple[Box, list[list[str]]]]:
    """Tables with rules around their cells: three across and three downwards at least."""
    across = {round(rule.top / THIN) for rule in rules if rule.top == rule.bottom}
    down = {round(rule.x0 / THIN) for rule in rules if rule.x0 == rule.x1}
    if len(across) < 3 or len(down) < 3 or len(across) * len(down) > _MOST_CROSSINGS:
        return
    page: Any = _Ruled([rule.edge() for rule in rules])
    for table in TableFinder(page).tables:
        yield table.bbox, [row for ruled_row in table.rows for row in _closed_rows(ruled_row, words, fonts)]


def _closed_rows(row: CellGroup, words: Sequence[Word], fonts: Fonts) -> list[list[str]]:
    """What stands in the cells of a row; it is several rows if its cells hold equally many lines, and a good number."""
    inside = [word for word in words if _is_in(word, row.bbox)]
    cells = [rows_of(word for word in inside if _is_in(word, box)) if box else [] for box in row.cells]
    counts = [len(lines) for lines in cells if lines]
    if len(counts) > 1 and min(counts) == max(counts) >= _UNRULED_ROWS:
        return [[_said(lines[number : number + 1], fonts) for lines in cells] for number in range(counts[0])]
    return [[_said(lines, fonts) for lines in cells]]


def _said(rows: Iterable[Sequence[Word]], fonts: Fonts) -> str:
    return Words("").mend("\n".join(line_of(row, fonts).text.replace(GAP, " ") for row in rows))


def _is_in(word: Word, box: Box) -> bool:
    left, top, right, bottom = box
    return left <= (word.x0 + word.x1) / 2 <= right and top <= (word.top + word.bottom) / 2 <= bottom


def _open_tables(
    ladders: Iterable[Ladder], words: Sequence[Word], fonts: Fonts
) -> Iterator[tuple[Box, list[list[str]]]]:
    """Tables with rules above the header, below it and at the end, and none between columns, as books have them."""
    for ladder in ladders:
        left, right = ladder.left - THIN, ladder.right + THIN
        inside = [word for word in words if left <= word.x0 and word.x1 <= right]
        steps = [
            [parts_of(row) for row in rows_of(word for word in inside if _is_in(word, (left, top, right, bottom)))]
            for top, bottom in pairwise(ladder.tops)
        ]
        start = 0
        while start + 1 < len(steps):
            for end in range(len(steps), start + 1, -1) if 0 < len(steps[start]) <= _HEADER_ROWS else ():
                rows = _open_rows(steps[start], [row for step in steps[start + 1 : end] for row in step], fonts)
                if rows:
                    yield (left, ladder.tops[start], right, ladder.tops[end]), rows
                    start = end - 1
                    break
            start += 1


def _open_rows(
    header: Sequence[Sequence[Sequence[Word]]], body: Sequence[Sequence[Sequence[Word]]], fonts: Fonts
) -> list[list[str]]:
    """The cells, by the gaps that run through the body; [] where none does, or none parts the header."""
    gutters = _gutters(body) if body else []
    if not gutters or not any(len(row) > 1 and not any(_crosses(part, gutters) for part in row) for row in header):
        return []
    merged: list[list[list[Sequence[Word]]]] = []
    for number, row in enumerate([*header, *body]):
        cells: list[list[Sequence[Word]]] = [[] for _ in range(len(gutters) + 1)]
        for part in row:
            cells[sum(gutter < (part[0].x0 + part[-1].x1) / 2 for gutter in gutters)].append(part)
        if number > len(header) and _goes_on(cells):
            merged[-1] = [above + below for above, below in zip(merged[-1], cells, strict=True)]
        else:
            merged.append(cells)
    return [[_said(cell, fonts) for cell in row] for row in merged]


def _goes_on(cells: Sequence[Sequence[Sequence[Word]]]) -> bool:
    """Whether a row goes on with the one above: its first cell is empty, or all it has and in mid-sentence."""
    return not cells[0] or (not any(cells[1:]) and cells[0][0][0].text[0].islower())


def _gutters(rows: Sequence[Sequence[Sequence[Word]]]) -> list[float]:
    """The middles of the gaps that run through all rows."""
    parts = [part for row in rows for part in row]
    left, right = min(part[0].x0 for part in parts), max(part[-1].x1 for part in parts)
    steps = [0] * (int(right - left) + 3)
    for part in parts:
        steps[int(part[0].x0 - left)] += 1
        steps[int(part[-1].x1 - left) + 1] -= 1
    free = [point for point, count in enumerate(accumulate(steps[:-2])) if not count]
    runs = [[point for _, point in run] for _, run in groupby(enumerate(free), lambda item: item[1] - item[0])]
    size = median(part[0].size for part in parts)
    return [left + (run[0] + run[-1]) / 2 for run in runs if len(run) >= _GUTTER * size]


def _crosses(part: Sequence[Word], gutters: Sequence[float]) -> bool:
    return any(part[0].x0 < gutter < part[-1].x1 for gutter in gutters)
