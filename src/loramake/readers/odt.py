"""OpenDocument texts (.odt): paragraphs, lists, tables and notes in their order, with all changes accepted.

Left out are comments, what the margins of pages repeat, what is hidden, and indexes.
Format: OpenDocument 1.3, part 3.
"""

import posixpath
import re
from collections.abc import Iterator
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from lxml import etree

from loramake.errors import SourceError
from loramake.readers import marks, mathml, packages, rich_text
from loramake.readers.dates import iso_date
from loramake.readers.odt_styles import DRAW, HEADINGS, MANIFEST, META, OFFICE, TABLE, TEXT, Counts, Styles, number
from loramake.readers.packages import Package
from loramake.readers.paragraphs import Flow, Notes, Paragraph, blocks_of
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.rich_text import Cell
from loramake.recipe.source import Source

READER = f"odt (lxml {etree.__version__})"
_CONTENT, _STYLES, _META, _MANIFEST = "content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MOST_REPEATS = 200
_INDEXES = {
    TEXT + name
    for name in (
        *("table-of-content", "alphabetical-index", "illustration-index", "table-index", "object-index"),
        *("user-index", "bibliography", "tracked-changes", "sequence-decls", "variable-decls", "user-field-decls"),
    )
}
_SILENT = {f"{TEXT}{name}" for name in ("ruby-text", "note-citation", "soft-page-break", "meta-field-decl")} | {
    f"{OFFICE}annotation",
    f"{OFFICE}annotation-end",
}
_ROWS = {TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group")}
_POWER = re.compile(r"[+\-−]?\d+")
_SPACE = re.compile(r"[ \t\r\n]+")
_SPACES = re.compile(" {2,}")
_HARD = "\0"  # a space that is meant, until the others are reduced to one
_FRAMES = {DRAW + name for name in ("frame", "g", "custom-shape", "rect", "ellipse", "polygon", "path", "line")}

_HOLDING = _FRAMES | _SILENT | {f"{TEXT}note-body"}


def read(path: Path, source: Source) -> Reading:
    """Read an .odt file.

    Raises SourceError `encrypted`, `no_text`, or what `packages.opened` and `Package.xml` raise.
    """
    with packages.opened(path, "odt", source) as package:
        _refuse_encrypted(package)
        body = package.xml(_CONTENT).find(f"{OFFICE}body/{OFFICE}text") if _CONTENT in package else None
        if body is None:
            raise SourceError(packages.not_a("odt"), "a ZIP archive that holds no text document, or a damaged one")
        text = "\n\n".join(_Document(package, body).blocks())
        if not text.strip():
            raise SourceError("no_text", "nothing in the document's body")
        return Reading(READER, [_described(package, body, text)])


def _refuse_encrypted(package: Package) -> None:
    if _MANIFEST in package:
        for data in package.xml(_MANIFEST).iter(f"{MANIFEST}encryption-data"):
            if data.getparent().get(f"{MANIFEST}full-path") in (_CONTENT, "encrypted-package"):
                raise SourceError("encrypted", "it opens with a password only")


def _described(package: Package, body: Any, text: str) -> Parsed:
    root = package.xml(_META) if _META in package else etree.Element("none")
    said = {element.tag: " ".join("".join(element.itertext()).split()) for element in root.iter("{*}*")}
    comments = sum(1 for _ in body.iter(f"{OFFICE}annotation"))
    return Parsed(
        text,
        section=said.get(f"{_DC}title") or marks.first_heading(text),
        author=said.get(f"{META}initial-creator") or said.get(f"{_DC}creator") or None,
        date=iso_date(said.get(f"{_DC}date")) or iso_date(said.get(f"{META}creation-date")),
        meta={"comments": comments} if comments else {},
    )


class _Document:
    """The body of a text, and the parts that say what it means."""

    def __init__(self, package: Package, body: Any) -> None:
        self.package, self.body = package, body
        roots = [package.xml(_STYLES)] if _STYLES in package else []
        self.styles = Styles([*roots, body.getroottree().getroot()])
        self.notes, self._numbers = Notes(), count()
        self.headings: Counts = {}
        self.lists: dict[str, Counts] = {}

    def blocks(self) -> list[str]:
        """The body's blocks, and those of its notes."""
        return blocks_of(self._flow(self.body)) + self.notes.blocks()

    def _flow(self, parent: Any) -> Flow:
        """The paragraphs and tables in `parent`."""
        for element in parent:
            if element.tag == f"{TEXT}h":
                yield from self._heading(element)
            elif element.tag == f"{TEXT}p":
                yield from self._paragraph(element)
            elif element.tag == f"{TEXT}list":
                yield from self._list(element, 1, "", self._counts(element))
            elif element.tag == f"{TABLE}table":
                yield rich_text.table(self._rows(element))
            elif element.tag in _FRAMES:
                yield from self._frame(element)
            elif element.tag not in _INDEXES | _SILENT and element.get(f"{TEXT}display") != "none":
                yield from self._flow(element)

    def _heading(self, element: Any) -> Flow:
        level = number(element.get(f"{TEXT}outline-level"), 1)
        text = self._text(element)
        if text.strip():
            numbered = element.get(f"{TEXT}is-list-header") != "true"
            label = self.styles.label(HEADINGS, level, self.headings, _start(element)) if numbered else ""
            yield Paragraph(text, level=level, label=label)
        yield from self._hanging(element)

    def _paragraph(self, element: Any, depth: int = 0, label: str = "") -> Flow:
        style = element.get(f"{TEXT}style-name", "")
        if self.styles.is_hidden("paragraph", style):
            return
        text = self._text(element)
        if self.styles.is_code(style) or self._is_typewritten(element):
            yield Paragraph(text, is_code=True)
        else:
            level = 1 if self.styles.name(style) == "title" else 0
            yield Paragraph(text, level, depth, label)
        yield from self._hanging(element)

    def _is_typewritten(self, element: Any) -> bool:
        """Whether all that a paragraph says is set like code."""
        spans = [child for child in element if child.tag == f"{TEXT}span"]
        around = [element.text, *(child.tail for child in element)]
        return bool(spans) and not any((text or "").strip() for text in around) and all(map(self._is_code, spans))

    def _is_code(self, span: Any) -> bool:
        return self.styles.is_typewritten("text", span.get(f"{TEXT}style-name", ""))

    def _list(self, element: Any, depth: int, style: str, counts: Counts) -> Flow:
        """The items of a list; what follows the first paragraph of one has no label of its own."""
        style = element.get(f"{TEXT}style-name", style)
        for item in element:
            if item.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            is_labelled = item.tag == f"{TEXT}list-item"
            for child in item:
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, depth + 1, style, counts)
                elif child.tag == f"{TEXT}p":
                    own = item.get(f"{TEXT}style-override", style)
                    label = self.styles.label(own, depth, counts, _start(item)) if is_labelled else ""
                    yield from self._paragraph(child, depth, label)
                    is_labelled = False
                else:
                    yield from self._flow([child])

    def _counts(self, element: Any) -> Counts:
        """How far a list has counted that begins here, or goes on with one before."""
        before, style = element.get(f"{TEXT}continue-list"), element.get(f"{TEXT}style-name", "")
        if before is None and element.get(f"{TEXT}continue-numbering") == "true":
            before = style
        counts = self.lists.get(before, {}) if before else {}
        self.lists[element.get(_ID, "")] = self.lists[style] = counts
        return counts

    def _text(self, element: Any) -> str:
        """What a paragraph says, in one or more lines."""
        lines = "".join(self._inside(element)).split("\n")
        return "\n".join(_SPACES.sub(" ", line).strip(" ").replace(_HARD, " ") for line in lines)

    def _inside(self, element: Any) -> Iterator[str]:
        yield _SPACE.sub(" ", element.text or "")
        for child in element:
            yield from self._written(child)
            yield _SPACE.sub(" ", child.tail or "")

    def _written(self, element: Any) -> Iterator[str]:
        if element.tag == f"{TEXT}s":
            yield _HARD * min(number(element.get(f"{TEXT}c"), 1), _MOST_REPEATS)
        elif element.tag == f"{TEXT}tab":
            yield "\t"
        elif element.tag == f"{TEXT}line-break":
            yield "\n"
        elif element.tag == f"{TEXT}note":
            yield self._note(element)
        elif element.tag in _FRAMES:
            yield from self._equations(element)
        elif element.tag == f"{TEXT}span":
            yield from self._span(element)
        elif element.tag not in _SILENT:
            yield from self._inside(element)

    def _span(self, element: Any) -> Iterator[str]:
        style = element.get(f"{TEXT}style-name", "")
        if not self.styles.is_hidden("text", style):
            text = "".join(self._inside(element))
            yield rich_text.raised(text) if _POWER.fullmatch(text) and self.styles.is_raised(style) else text

    def _note(self, element: Any) -> str:
        name = str(next(self._numbers))
        mark = self.notes.mark(name)
        body = element.find(f"{TEXT}note-body")
        self.notes.say(name, [] if body is None else blocks_of(self._flow(body)))
        return mark

    def _objects(self, frame: Any) -> Iterator[Any]:
        """The bodies of the objects inside a frame: equations and charts."""
        for element in frame.iter(f"{DRAW}object"):
            yield from element.findall(f"{_MATH}math")
            name = posixpath.join(posixpath.normpath(element.get(_HREF, "") or "."), _CONTENT)
            if name in self.package:
                yield self.package.xml(name)

    def _equations(self, frame: Any) -> Iterator[str]:
        return (mathml.linear(root) for root in self._objects(frame) if root.tag == f"{_MATH}math")

    def _hanging(self, paragraph: Any) -> Flow:
        """What hangs on a paragraph: text boxes and charts."""
        for frame in paragraph.iter(*_FRAMES):
            around = {above.tag for above in takewhile(lambda above: above is not paragraph, frame.iterancestors())}
            if not around & _HOLDING:
                yield from self._frame(frame)

    def _frame(self, frame: Any) -> Flow:
        for child in frame:
            if child.tag == f"{DRAW}text-box" or child.tag in _FRAMES:
                yield from self._flow(child)
            elif child.tag == f"{TEXT}p" or child.tag == f"{TEXT}list":
                yield from self._flow([child])
        for root in self._objects(frame):
            for table in root.iter(f"{TABLE}table"):
                yield rich_text.table(self._rows(table))

    def _rows(self, table: Any) -> Iterator[list[Cell]]:
        """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
        for row in table:
            if row.tag in _ROWS:
                yield from self._rows(row)
            elif row.tag == f"{TABLE}table-row":
                cells = [cell for element in row for cell in self._cells(element)]
                yield from [cells] * _repeats(row, "rows")

    def _cells(self, element: Any) -> list[Cell]:
        if element.tag == f"{TABLE}covered-table-cell":
            return [Cell([])] * _repeats(element, "columns")
        if element.tag == f"{TABLE}table-cell":
            return [Cell(blocks_of(self._flow(element)))] * _repeats(element, "columns")
        return []


def _start(element: Any) -> int | None:
    """The number that an item says it has."""
    written = element.get(f"{TEXT}start-value") or element.get(f"{TEXT}restart-numbering")
    return number(written, 1) if written and written != "false" else None


def _repeats(element: Any, what: str) -> int:
    return min(max(1, number(element.get(f"{TABLE}number-{what}-repeated"), 1)), _MOST_REPEATS)
