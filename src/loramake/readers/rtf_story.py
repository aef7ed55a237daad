"""A stretch of an RTF file that is read for itself: the body, a note, a text box.

Its paragraphs and tables are put together here.
"""

from dataclasses import dataclass, field

from loramake.readers import rich_text
from loramake.readers.paragraphs import Paragraph, blocks_of
from loramake.readers.rich_text import Cell

_MOST_NESTED = 50  # tables inside one another


@dataclass(slots=True)
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    cell: list[Paragraph | list[str]] = field(default_factory=list)

    def blocks(self) -> list[str]:
        if self.cell:
            self.end_cell()
        return rich_text.table([*self.rows, *([self.row] if self.row else [])])

    def end_cell(self) -> None:
        self.row.append(Cell(blocks_of(self.cell)))
        self.cell = []

    def end_row(self, covered: list[bool]) -> None:
        if self.cell:
            self.end_cell()
        for cell, is_covered in zip(self.row, covered, strict=False):
            if is_covered:
                cell.blocks.clear()
        self.rows.append(self.row)
        self.row = []


class Story:
    """Takes words, and the ends of paragraphs, cells and rows, each with how many tables are around it."""

    def __init__(self) -> None:
        self._text, self._label = list[str](), list[str]()
        self._is_code: bool | None = None  # of all words of this paragraph, if there are any
        self._hanging: list[list[str]] = []
        self._flow: list[Paragraph | list[str]] = []
        self._tables: list[_Table] = []
        self._covered, self._next_is_covered = list[bool](), False

    @property
    def has_words(self) -> bool:
        """Whether a paragraph has begun."""
        return bool(self._text or self._label or self._hanging)

    def say(self, text: str, *, is_code: bool | None, is_label: bool = False) -> None:
        """More words of this paragraph, or of the label in front of it."""
        (self._label if is_label else self._text).append(text)
        if text.strip() and not is_label and is_code is not None:
            self._is_code = is_code and self._is_code is not False

    def hang(self, blocks: list[str]) -> None:
        """Blocks that come behind this paragraph."""
        self._hanging.append(blocks)

    def words(self) -> tuple[str, str, bool]:
        """Text and label of the paragraph that ends, and whether it is set like code."""
        text, label = "".join(self._text), "".join(self._label).strip()
        is_code = self._is_code is True
        self._text, self._label, self._is_code = [], [], None
        return text, label, is_code

    def end_paragraph(self, paragraph: Paragraph | None, nested: int) -> None:
        """The paragraph that its words make up; None for one that is left out."""
        self._nest(nested)
        hanging, self._hanging = self._hanging, []
        flow = self._tables[-1].cell if self._tables else self._flow
        flow += [*([paragraph] if paragraph else []), *hanging]

    def end_cell(self, nested: int) -> None:
        """The cell ends that the last paragraphs stood in."""
        self._nest(max(1, nested))
        self._tables[-1].end_cell()

    def end_row(self, nested: int) -> None:
        """The row ends that the last cells stood in."""
        self._nest(max(1, nested))
        self._tables[-1].end_row(self._covered)

    def shape(self, word: str) -> None:
        """A control word about the cells of the next row."""
        if word == "trowd":
            self._covered, self._next_is_covered = [], False
        elif word in ("clmrg", "clvmrg"):
            self._next_is_covered = True
        elif word == "cellx":
            self._covered.append(self._next_is_covered)
            self._next_is_covered = False

    def blocks(self) -> list[str]:
        """All of it."""
        self._nest(0)
        return blocks_of(self._flow)

    def _nest(self, nested: int) -> None:
        """Begin tables, or end them, until so many are open."""
        nested = min(nested, _MOST_NESTED)
        while len(self._tables) < nested:
            self._tables.append(_Table())
        while len(self._tables) > nested:
            done = self._tables.pop().blocks()
            (self._tables[-1].cell if self._tables else self._flow).append(done)
