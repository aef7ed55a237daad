"""Word documents (.docx): the body's paragraphs, lists and tables, in their order."""

import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.dates import iso_date
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.model import Source

READER = f"python-docx {version('python-docx')}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES = 512 * 2**20
_ITEM, _CODE, _BLOCK = "item", "code", "block"
_CODE_STYLES = {"source code", "html preformatted", "code", "preformatted text"}
_HEADING = re.compile(r"heading (\d)")
_WRITTEN = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_STRUCK_OUT = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # repeats what stands beside it


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read a .docx file. Raises SourceError `empty`, `not_a_docx`, `encrypted`, `too_big`, `damaged` or `no_text`."""
    _check(path)
    try:
        document = docx.Document(str(path))
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError, AttributeError) as error:
        raise SourceError("damaged", f"the Word document cannot be opened ({type(error).__name__})") from error
    text = "\n\n".join(_joined(_blocks(document.element.body, document)))
    if not text.strip():
        raise SourceError("no_text", "nothing in the document's body")
    return Reading(READER, [_described(document, text)])


def _check(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise SourceError("empty", "the file has no bytes")
    if head == _OLE:
        raise SourceError("encrypted", "encrypted, or written by Word 97-2003")
    if not zipfile.is_zipfile(path):
        raise SourceError("not_a_docx", "not a ZIP archive, or cut off")
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
            raise SourceError("too_big", f"more than {_MOST_BYTES >> 20} MiB when unpacked")


def _described(document: WordDocument, text: str) -> Parsed:
    """Title, author and date as the file has them; python-docx would make them up if it had none."""
    section = marks.first_heading(text)
    if not any(rel.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for rel in document.part.package.rels.values()):
        return Parsed(text, section=section)
    core = document.core_properties
    return Parsed(
        text,
        section=core.title.strip() or section,
        author=core.author.strip() or None,
        date=iso_date(core.modified or core.created),
    )


def _blocks(body: Any, document: WordDocument) -> Iterator[tuple[str, str]]:
    """Kind and text of a body's blocks, those inside content controls too."""
    for element in body:
        if element.tag == qn("w:p"):
            yield from _paragraph(Paragraph(element, document._body))
        elif element.tag == qn("w:tbl"):
            yield _BLOCK, marks.pipe_table(_rows(element))
        elif element.tag == qn("w:sdt"):
            for content in element.iterchildren(qn("w:sdtContent")):
                yield from _blocks(content, document)


def _paragraph(paragraph: Paragraph) -> Iterator[tuple[str, str]]:
    """The paragraph, and those of the text boxes that hang on it."""
    element = paragraph._p
    name, text = _style(paragraph), _text(element)
    if name in _CODE_STYLES:
        yield _CODE, text
    elif not name.startswith("toc "):  # a table of contents repeats the headings
        yield _marked(text.strip(), name, element)
    for box in element.iter(qn("w:txbxContent")):
        if not any(above.tag == _FALLBACK for above in box.iterancestors()):
            yield from ((_BLOCK, marks.plain(_text(p).strip())) for p in box.iter(qn("w:p")))


def _marked(text: str, style: str, element: Any) -> tuple[str, str]:
    if not text:
        return _BLOCK, ""
    if found := _HEADING.match(style):
        return _BLOCK, marks.heading(int(found[1]), text)
    if style == "title":
        return _BLOCK, marks.heading(1, text)
    if depth := _depth(style, element):
        marker = "1. " if style.startswith("list number") else "- "
        return _ITEM, "  " * (depth - 1) + marker + text.replace("\n", "\n" + "  " * depth)
    return _BLOCK, marks.plain(text)


def _style(paragraph: Paragraph) -> str:
    """The name of the paragraph's style in lower case; of the heading style that it builds on, if there is one."""
    style: Any = paragraph.style
    first = (style.name or "").lower() if style is not None else ""
    for _ in range(8):
        if style is None:
            break
        if _HEADING.match((style.name or "").lower()):
            return str(style.name).lower()
        style = style.base_style
    return first


def _depth(style: str, element: Any) -> int:
    """How deep in lists a paragraph stands; 0 outside of any."""
    numbering = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if numbering is not None:
        level = numbering.find(qn("w:ilvl"))
        return 1 + min(8, int(level.get(qn("w:val"), 0))) if level is not None else 1
    found = re.match(r"list (?:bullet|number)\s*(\d?)", style)
    return int(found[1] or 1) if found else 0


def _text(element: Any) -> str:
    """The text of a paragraph as it reads with all changes accepted, without that of text boxes."""
    pieces: list[str] = []
    for child in element:
        if child.tag in _STRUCK_OUT or child.tag == _FALLBACK or child.tag == qn("w:txbxContent"):
            continue
        if child.tag == qn("w:t"):
            pieces.append(child.text or "")
        elif child.tag in _WRITTEN:
            pieces.append(_WRITTEN[child.tag])
        else:
            pieces.append(_text(child))
    return "".join(pieces)


def _rows(table: Any) -> Iterator[list[str]]:
    """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is table:
            yield [text for cell in row.iter(qn("w:tc")) if _owner(cell) is row for text in _cell(cell)]


def _owner(cell: Any) -> Any:
    return next(cell.iterancestors(qn("w:tr")))


def _cell(cell: Any) -> list[str]:
    goes_on = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    covered = goes_on is not None and goes_on.get(qn("w:val"), "continue") == "continue"
    text = "" if covered else " ".join(_text(p) for p in cell.iter(qn("w:p")))
    return [text, *[""] * (min(cell.grid_span, 200) - 1)]


def _joined(blocks: Iterator[tuple[str, str]]) -> Iterator[str]:
    """The blocks that hold anything; a list's items, and a listing's lines, make up one block."""
    for kind, run in groupby(blocks, key=itemgetter(0)):
        texts = [text for _, text in run]
        if kind == _CODE:
            code = "\n".join(texts).strip("\n")
            yield from [marks.fenced(code)] if code.strip() else []
        elif kind == _ITEM:
            yield "\n".join(texts)
        else:
            yield from filter(None, texts)
