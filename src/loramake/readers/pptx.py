"""Presentations (.pptx, .pptm): a slide is a page, with its title, text, tables, charts and the speaker's notes.

Left out are hidden slides, whose pages are empty, and what the margins of all slides repeat.
Format: PresentationML (ECMA-376, part 1, section 19).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pptx
from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.shapes.group import GroupShape

from loramake.errors import SourceError
from loramake.readers import drawings, marks, opc, packages, rich_text
from loramake.readers.opc import COMPATIBLE
from loramake.readers.paragraphs import blocks_of
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.readers.pptx_text import paragraphs
from loramake.readers.rich_text import Cell
from loramake.recipe.source import Source
from loramake.records import PAGE_BREAK

READER = f"python-pptx {pptx.__version__}"
_SLIDES = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_TITLES = {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE}
_REPEATED = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER}
_UNSOUND = (KeyError, ValueError, AttributeError, TypeError, IndexError, etree.XMLSyntaxError, PythonPptxError)


def read(path: Path, source: Source) -> Reading:
    """Read a .pptx or .pptm file; macros stay where they are.

    Raises SourceError `no_text`, `too_many_pages`, or what `packages.opened` and `Package.xml` raise.
    """
    with packages.opened(path, "pptx", source) as package:
        opc.main_part(package, "pptx", f"{_SLIDES}presentation")
        said = opc.properties(package)
        try:
            part = pptx.Presentation(opc.copied(package, _without_alternatives)).part
            listed = part._element.sldIdLst
            slides = [] if listed is None else [slide.rId for slide in listed]
        except _UNSOUND as error:
            raise SourceError("damaged", f"the presentation cannot be opened ({type(error).__name__})") from error
    if len(slides) > source.limit.pages:
        raise SourceError("too_many_pages", f"{len(slides):,} slides, more than {source.limit.pages:,} (limit.pages)")
    pages, hidden, refused = _pages(part, slides)
    text = PAGE_BREAK.join(pages)
    if not text.strip():
        raise SourceError("no_text", "nothing on the slides that are shown")
    section = said.title or next(filter(None, map(marks.first_heading, pages)), None)
    meta = {"hidden_slides": hidden} if hidden else {}
    parsed = Parsed(text, page=1, section=section, author=said.author, date=said.date, meta=meta)
    return Reading(READER, [parsed], refused)


def _pages(presentation: Any, slides: list[str]) -> tuple[list[str], list[int], list[Refused]]:
    """The text of each slide, the numbers of those that are hidden, and those that cannot be read."""
    pages: list[str] = []
    hidden: list[int] = []
    refused: list[Refused] = []
    for number, name in enumerate(slides, 1):
        pages.append("")
        try:
            slide = presentation.related_slide(name)
            if slide._element.get("show") in ("0", "false"):
                hidden.append(number)
            else:
                pages[-1] = "\n\n".join(_blocks(slide))
        except _UNSOUND as error:
            refused.append(Refused(f"slide {number}", f"damaged: {type(error).__name__}"))
    return pages, hidden, refused


def _without_alternatives(name: str, data: bytes) -> bytes:
    """A slide with what PowerPoint of today shows, where it says what older ones should show in its place."""
    if "/slides/" not in name or b"AlternateContent" not in data:
        return data
    root = packages.parsed_xml(data, name)
    for element in list(root.iter(f"{COMPATIBLE}AlternateContent")):
        place = element.getparent().index(element)
        choice = element.find(f"{COMPATIBLE}Choice")
        element.getparent()[place : place + 1] = [] if choice is None else list(choice)
    return bytes(etree.tostring(root))


def _blocks(slide: Any) -> list[str]:
    """Title, shapes in the order of reading, notes."""
    shapes = [shape for shape in slide.shapes if not _is_repeated(shape)]
    titles = [shape for shape in shapes if _is_title(shape)]
    blocks = [marks.heading(1, text) for shape in titles[:1] if (text := " ".join(shape.text_frame.text.split()))]
    blocks += _shapes([shape for shape in shapes if shape not in titles[:1]], slide)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        said = blocks_of(paragraphs(notes._txBody, []))
        blocks += ["Notes:", *said] if said else []
    return blocks


def _kind(shape: Any) -> Any | None:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _is_title(shape: Any) -> bool:
    return _kind(shape) in _TITLES and shape.has_text_frame


def _is_repeated(shape: Any) -> bool:
    return _kind(shape) in _REPEATED


def _shapes(shapes: list[Any], slide: Any) -> Iterator[str]:
    """The blocks of shapes, row by row and from left to right."""
    for shape in _in_order(shapes):
        if isinstance(shape, GroupShape):
            yield from _shapes(list(shape.shapes), slide)
        elif shape.has_text_frame:
            yield from blocks_of(paragraphs(shape.text_frame._txBody, _styles(shape, slide)))
        elif getattr(shape, "has_table", False):
            yield from rich_text.table(_rows(shape.table))
        else:
            yield from _drawn(shape, slide)


def _in_order(shapes: list[Any]) -> list[Any]:
    """By rows: a shape that begins above the middle of the first one of a row belongs to it."""
    rows: list[list[Any]] = []
    lowest = -1.0
    for shape in sorted(shapes, key=lambda shape: shape.top or 0):
        if rows and (shape.top or 0) < lowest:
            rows[-1].append(shape)
        else:
            rows.append([shape])
            lowest = (shape.top or 0) + (shape.height or 0) / 2
    return [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left or 0)]


def _styles(shape: Any, slide: Any) -> Iterator[Any]:
    """The lists of styles that a placeholder's text inherits from, nearest first; none for other shapes."""
    if not shape.is_placeholder:
        return
    base = shape._base_placeholder
    while base is not None:
        yield base._element.find(f"{_SLIDES}txBody/{drawings.DRAWING}lstStyle")
        base = getattr(base, "_base_placeholder", None)
    name = "titleStyle" if _kind(shape) in _TITLES else "bodyStyle"
    yield slide.slide_layout.slide_master._element.find(f"{_SLIDES}txStyles/{_SLIDES}{name}")


def _rows(table: Any) -> Iterator[list[Cell]]:
    """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
    for row in table.rows:
        yield [
            Cell([] if cell.is_spanned else blocks_of(paragraphs(cell.text_frame._txBody, []))) for cell in row.cells
        ]


def _drawn(shape: Any, slide: Any) -> Iterator[str]:
    """The blocks of charts and diagrams."""
    for name in drawings.parts_of(shape._element):
        part = slide.part.related_part(name)
        root = getattr(part, "_element", None)
        yield from drawings.blocks_of(packages.parsed_xml(part.blob, name) if root is None else root)
