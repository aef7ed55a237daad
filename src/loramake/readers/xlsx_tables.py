"""The rows of a sheet -> the tables, and the words around them, that people see in it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from loramake.readers import marks, rich_text


class Row(NamedTuple):
    """The texts of its cells, of which the last one is not empty, and whether there are figures or dates among them."""

    cells: list[str]
    has_figures: bool


class _Area:
    """Rows that no empty one parts."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.begins_with_figures = False
        self.columns: set[int] = set()

    def add(self, row: Row) -> None:
        self.begins_with_figures = row.has_figures if not self.rows else self.begins_with_figures
        self.rows.append(row.cells)
        self.columns.update(place for place, cell in enumerate(row.cells) if cell)

    def goes_on_in(self, other: "_Area") -> bool:
        """Whether `other` is more of the same table: it begins with figures, and not with names of columns."""
        is_table = len(self.rows) > 1 and len(self.columns) > 1
        return is_table and other.begins_with_figures and other.columns <= self.columns

    def blocks(self) -> Iterator[str]:
        """What stands above a table, alone in its row; and the table."""
        columns = sorted(self.columns)
        rows = [[row[place] if place < len(row) else "" for place in columns] for row in self.rows]
        if len(columns) == 1:
            yield from rich_text.paragraph("\n".join(row[0] for row in rows))
            return
        while rows and sum(map(bool, rows[0])) == 1:
            yield from rich_text.paragraph("".join(rows.pop(0)))
        if len(rows) == 1:
            yield from rich_text.paragraph(_joined([cell for cell in rows[0] if cell]))
        elif rows:
            yield marks.pipe_table(rows)


def _joined(cells: list[str]) -> str:
    """A row that is no table: a name and what it stands for, say."""
    if len(cells) == 2:
        return f"{cells[0].rstrip(':')}: {cells[1]}"
    return " | ".join(cells)


def blocks_of(rows: Iterable[Row]) -> Iterator[str]:
    """The blocks of a sheet. A table goes on behind an empty row, unless names of columns begin a new one."""
    last = _Area()
    for area in _areas(rows):
        if last.goes_on_in(area):
            last.rows += area.rows
        else:
            yield from last.blocks()
            last = area
    yield from last.blocks()


def _areas(rows: Iterable[Row]) -> Iterator[_Area]:
    area = _Area()
    for row in rows:
        if row.cells:
            area.add(row)
        elif area.rows:
            yield area
            area = _Area()
    if area.rows:
        yield area
