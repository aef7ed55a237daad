"""Word documents (.docx, .docm): paragraphs, lists, tables and notes in their order, with all changes accepted.

Left out are comments, which are about the text, what the margins of pages repeat, hidden text, and tables of contents.
Format: WordprocessingML (ECMA-376, part 1, section 17).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from loramake.errors import SourceError
from loramake.readers import drawings, marks, opc, packages, rich_text
from loramake.readers.docx_numbering import Numbering
from loramake.readers.docx_styles import (
    WORD,
    Styles,
    font,
    is_on,
    number,
    outline_level,
    value,
)
from loramake.readers.docx_text import Text, boxes
from loramake.readers.opc import COMPATIBLE, Relationship
from loramake.readers.packages import Package
from loramake.readers.paragraphs import Flow, Notes, Paragraph, blocks_of
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.rich_text import Cell
from loramake.readers.typefaces import is_typewriter
from loramake.recipe.source import Source

READER = f"docx (lxml {etree.__version__})"
_MOST_COLUMNS = 200
_P, _TABLE, _ROW, _CELL = (WORD + name for name in ("p", "tbl", "tr", "tc"))
_AROUND = {WORD + name for name in ("sdtContent", "customXml", "ins", "moveTo")} | {f"{COMPATIBLE}Choice"}
_SDT, _ALTERNATE = f"{WORD}sdt", f"{COMPATIBLE}AlternateContent"
_DELETED = ("del", "moveFrom")


def read(path: Path, source: Source) -> Reading:
    """Read a .docx or .docm file; macros stay where they are.

    Raises SourceError `no_text`, or what `packages.opened` and `Package.xml` raise.
    """
    with packages.opened(path, "docx", source) as package:
        name, root = opc.main_part(package, "docx", f"{WORD}document")
        document = _Document(package, name)
        text = "\n\n".join(document.blocks(root))
        if not text.strip():
            raise SourceError("no_text", "nothing in the document's body")
        said = opc.properties(package)
        section = said.title or marks.first_heading(text)
        return Reading(
            READER, [Parsed(text, section=section, author=said.author, date=said.date, meta=document.meta(root))]
        )


class _Document:
    """The parts of a document that say what its body means."""

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.related = opc.relationships(package, name)
        self.styles = Styles(self._part("styles"))
        self.numbering = Numbering(self._part("numbering"))
        self.text = Text(Notes())

    def _part(self, kind: str) -> Any | None:
        """The root of the part of a kind; None where there is none that can be read."""
        found = next((row for row in self.related.values() if row.kind == kind), None)
        return self._root(found) if found else None

    def _root(self, found: Relationship) -> Any | None:
        if found.is_elsewhere or found.target not in self.package:
            return None
        try:
            return opc.part(self.package, found.target)
        except SourceError as error:
            if error.reason == "damaged":
                return None
            raise

    def meta(self, root: Any) -> dict[str, int]:
        """How many comments, and documents of other formats inside of this one, were left out."""
        comments = self._part("comments")
        counts = {
            "comments": 0 if comments is None else len(comments.findall(f"{WORD}comment")),
            "imported_parts": sum(1 for _ in root.iter(f"{WORD}altChunk")),
        }
        return {name: count for name, count in counts.items() if count}

    def blocks(self, root: Any) -> list[str]:
        """The body's blocks, and those of its notes."""
        body = root.find(f"{WORD}body")
        blocks = [] if body is None else blocks_of(self._flow(body))
        return blocks + self._notes()

    def _notes(self) -> list[str]:
        notes, said = self.text.notes, {}
        for kind in ("footnote", "endnote"):
            part = self._part(f"{kind}s")
            for note in [] if part is None else part.findall(WORD + kind):
                said[f"{kind} {note.get(f'{WORD}id')}"] = note
        while unsaid := notes.unsaid():
            for name in unsaid:
                notes.say(name, blocks_of(self._flow(said[name])) if name in said else [])
        return notes.blocks()

    def _flow(self, parent: Any) -> Flow:
        """The paragraphs and tables in `parent`. One whose end was deleted goes on in the next."""
        begun = ""
        for element in _elements(parent):
            if element.tag == _TABLE:
                yield rich_text.table(self._rows(element))
                continue
            text = begun + self.text.of(element)
            begun = text if _goes_on(element) else ""
            if not begun:
                yield from self._paragraph(element, text)
            yield from self._hanging(element)
        yield from [Paragraph(begun)] if begun else []

    def _paragraph(self, element: Any, text: str) -> Iterator[Paragraph]:
        properties = element.find(f"{WORD}pPr")
        style = value(properties, "pStyle")
        if self.styles.name(style).startswith("toc "):  # a table of contents repeats the headings
            return
        if self._is_code(element, style):
            yield Paragraph(text, is_code=True)
        elif text.strip():
            outline = value(properties, "outlineLvl")
            level = outline_level(outline) if outline else self.styles.level(style)
            depth, label = self._place(properties, style)
            yield Paragraph(text, level, depth, label)

    def _place(self, properties: Any, style: str) -> tuple[int, str]:
        """How deep in lists a paragraph stands, and what is shown in front of it."""
        name, level = self.styles.numbering(style) or ("", 0)
        own = None if properties is None else properties.find(f"{WORD}numPr")
        if own is not None:
            name, level = value(own, "numId", name), number(value(own, "ilvl"), level)
        label = self.numbering.label(name, level) if name not in ("", "0") else None
        if label is None:
            return 0, ""
        written = self.styles.name(style)[-1:]  # List Bullet 2, say
        return max(level + 1, int(written) if written in "23456789" and written else 1), label

    def _is_code(self, element: Any, style: str) -> bool:
        """Whether a paragraph is a line of code, by its style or the typeface of all that it says."""
        if self.styles.is_code(style):
            return True
        if self.styles.typewritten:
            return False
        runs = [run for run in element.iter(f"{WORD}r") if "".join(run.itertext(f"{WORD}t")).strip()]
        return bool(runs) and all(map(self._is_typewritten, runs))

    def _is_typewritten(self, run: Any) -> bool:
        properties = run.find(f"{WORD}rPr")
        if own := font(properties):
            return is_typewriter(own)
        character = value(properties, "rStyle")
        return bool(character) and self.styles.is_typewriter(character)

    def _hanging(self, element: Any) -> Iterator[list[str]]:
        """The text boxes, charts and diagrams that hang on a paragraph."""
        for box in boxes(element):
            yield blocks_of(self._flow(box))
        for name in drawings.parts_of(element):
            found = self.related.get(name)
            root = self._root(found) if found else None
            yield [] if root is None else drawings.blocks_of(root)

    def _rows(self, table: Any) -> Iterator[list[Cell]]:
        """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
        for row in _inside(table, _ROW):
            properties = row.find(f"{WORD}trPr")
            if properties is not None and any(properties.find(WORD + name) is not None for name in _DELETED):
                continue
            before = min(number(value(properties, "gridBefore"), 0), _MOST_COLUMNS)
            yield [Cell([])] * before + [self._cell(cell) for cell in _inside(row, _CELL)]

    def _cell(self, cell: Any) -> Cell:
        properties = cell.find(f"{WORD}tcPr")
        width = number(value(properties, "gridSpan"), 1)
        if _is_covered(properties):
            return Cell([], width)
        return Cell(blocks_of(self._flow(cell)), width)


def _elements(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables in `parent`, whatever is around them."""
    for element in parent:
        if element.tag in (_P, _TABLE):
            yield element
        elif element.tag in _AROUND:
            yield from _elements(element)
        elif element.tag == _ALTERNATE:
            yield from _elements(element[:1])
        elif element.tag == _SDT and value(element, "sdtPr/docPartObj/docPartGallery") != "Table of Contents":
            yield from _elements(element)


def _inside(parent: Any, tag: str) -> Iterable[Any]:
    """The rows of a table, or the cells of a row, whatever is around them."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in _AROUND or element.tag == _SDT:
            yield from _inside(element, tag)


def _goes_on(paragraph: Any) -> bool:
    """Whether what follows is the same paragraph: its end was deleted, or it is that one's large first letter."""
    properties = paragraph.find(f"{WORD}pPr")
    if properties is None:
        return False
    ends = (properties.find(f"{WORD}rPr/{WORD}{name}") for name in _DELETED)
    frame = properties.find(f"{WORD}framePr")
    is_initial = frame is not None and frame.get(f"{WORD}dropCap", "none") != "none"
    return is_initial or any(end is not None for end in ends)


def _is_covered(properties: Any) -> bool:
    """Whether a cell belongs to the one above, or was deleted."""
    if properties is None:
        return False
    above = properties.find(f"{WORD}vMerge")
    goes_on = above is not None and above.get(f"{WORD}val", "continue") == "continue"
    return goes_on or properties.find(f"{WORD}cellDel") is not None or is_on(properties, "hMerge")
