"""PDF: pdfplumber for places and type, which tell lines, columns, headings and tables; else pypdfium2, else pypdf."""

import logging
from collections.abc import Callable, Iterable
from importlib.metadata import version
from itertools import accumulate
from os import SEEK_END
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import LIT

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.pdf_columns import Columns, Page
from loramake.readers.pdf_glyphs import Fonts, printed_on
from loramake.readers.pdf_layout import text_of
from loramake.readers.pdf_plain import Text, letters_in, with_pypdf, with_pypdfium
from loramake.readers.pdf_running import without_running_lines
from loramake.readers.pdf_survey import Survey, survey
from loramake.readers.pdf_tables import tables_on
from loramake.recipe.source import Source

_log = logging.getLogger(__name__)
PDFPLUMBER = f"pdfplumber {version('pdfplumber')}"
PYPDFIUM = f"pypdfium2 {version('pypdfium2')}"
PYPDF = f"pypdf {version('pypdf')}"

_HEAD = 1024  # bytes in which the magic number may stand, as in other readers
_TAIL = 2048  # bytes in which the end of a file without a head says what it is
_MOST_LETTERS = 2_500_000  # of a file; pdfplumber reads some 50,000 a second, pypdfium2 two million
_MOST_CONTENT = 20_000_000  # bytes of a file's pages, drawings included; pdfplumber reads some 500,000 a second
_FEWEST_LETTERS = 5  # letters and digits on an average page; a scan has a stamp at most
_MOST_OF_IT = 0.6  # of the letters that pdfium finds: with fewer, pdfplumber has missed something


def read(path: Path, source: Source) -> Reading:
    """Read a .pdf file.

    Raises SourceError `empty`, `not_a_pdf`, `encrypted`, `damaged`, `no_pages`, `too_many_pages` or `no_text`.
    """
    _check_magic(path)
    about = survey(path, source.limit.pages)
    plain = with_pypdfium(path)
    readers: list[tuple[str, Callable[[], Text | None]]] = [
        (PDFPLUMBER, lambda: _with_pdfplumber(path, about, source.limit.pages)),
        (PYPDFIUM, lambda: plain),
        (PYPDF, lambda: with_pypdf(path)),
    ]
    if source.pdf == "fast" or (plain and plain.found > _MOST_LETTERS):
        readers[:2] = readers[1::-1]
    found = []
    for reader, text_with in readers:
        text = text_with()
        found.append(text)
        if text is None or text.letters < max(_FEWEST_LETTERS * text.pages, 1):
            continue
        if reader != PDFPLUMBER or not plain or text.found >= _MOST_OF_IT * plain.found:
            return Reading(reader, [_parsed(text, about)])
    if any(text and not text.pages for text in found):
        raise SourceError("no_pages", "no page can be found in it")
    if any(found):
        raise SourceError("no_text", "next to no text on its pages; a scan needs OCR first")
    raise SourceError("damaged", "neither pdfplumber nor pdfium nor pypdf can open it")


def _check_magic(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(-min(_TAIL, path.stat().st_size), SEEK_END)
        tail = stream.read()
    if not head:
        raise SourceError("empty", "the file has no bytes")
    if b"%PDF" not in head and b"startxref" not in tail:
        raise SourceError("not_a_pdf", f"no %PDF in the first {_HEAD} bytes")


def _with_pdfplumber(path: Path, about: Survey, most_pages: int) -> Text | None:
    """The text, or None when it would take too long, or pdfplumber gives up: by any exception, on whatever page."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with path.open("rb") as stream, pdfplumber.open(stream, raise_unicode_errors=False) as document:
            if len(document.pages) > most_pages:
                raise SourceError("too_many_pages", f"{len(document.pages)} of them, more than {most_pages}")
            if any(total > _MOST_CONTENT for total in accumulate(map(_content_of, document.pages))):
                return None
            return _laid_out(document.pages, about)
    except (MemoryError, SourceError):
        raise
    except Exception as error:
        _log.info("%s: pdfplumber gives up: %s", path, type(error).__name__)
        return None


def _content_of(page: Any) -> int:
    """How many bytes tell what is on a page, forms included: its figures, mostly."""
    forms = resolve1((resolve1(page.page_obj.resources) or {}).get("XObject")) or {}
    streams = map(resolve1, (*page.page_obj.contents, *forms.values()))
    return sum(len(s.get_data()) for s in streams if isinstance(s, PDFStream) and s.get("Subtype") is not LIT("Image"))


def _laid_out(pages: Iterable[Any], about: Survey) -> Text:
    fonts, lost = Fonts(), 0
    columns = Columns(fonts)
    read: list[Page] = []
    for page in pages:
        printed = printed_on(page, fonts)
        tables = tables_on(page, printed.shapes, printed.words, fonts)
        read.append(columns.page(printed.words, tables, printed.turned))
        lost += printed.lost
        page.close()  # its characters would fill the memory
    lines = without_running_lines(read)
    running = sum(len(page.lines) for page in read) - sum(map(len, lines))
    found = sum(letters_in(line.text) for page in read for line in page.lines)
    return Text(text_of(lines, about.outline), len(read), found, {"running_lines": running, "unmapped_glyphs": lost})


def _parsed(text: Text, about: Survey) -> Parsed:
    return Parsed(
        text.text,
        page=1,
        section=about.title or marks.first_heading(text.text),
        author=about.author,
        date=about.date,
        meta={"pages": text.pages, **{name: count for name, count in text.dropped.items() if count}},
    )
