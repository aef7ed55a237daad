"""PDF: pdfplumber for lines, headings and tables; pypdfium2 where pdfplumber fails or would take too long."""

import logging
import re
from collections import Counter
from contextlib import closing
from functools import partial
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
from pypdfium2 import PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.dates import iso_date
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.pdf_layout import Line, Words, text_of, unfolded
from loramake.recipe.model import Source
from loramake.records import PAGE_BREAK

_log = logging.getLogger(__name__)
PDFPLUMBER = f"pdfplumber {version('pdfplumber')}"
PYPDFIUM = f"pypdfium2 {version('pypdfium2')}"

_HEAD = 1024  # bytes in which the magic number may stand, as in other readers
_MOST_PAGES = 20_000
_SLOW_PAGES = 1000  # pdfplumber reads about 15 pages a second, pypdfium2 nearly 1000
_FEWEST_LETTERS = 5  # letters and digits on an average page; a scan has a stamp at most
_SPACES = {"x_tolerance_ratio": 0.15}  # of a character's size; the default of 3 points glues the words of TeX
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_HYPHEN = "\ufffe"  # what pdfium writes for a hyphen at a line's end, and the line's end with it
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")
_NO_TITLE = re.compile(r"untitled|microsoft word - .*|.*\.(?:docx?|pptx?|xlsx?|tex|dvi|indd|pdf|rtf|odt|html?)", re.I)
_NO_AUTHOR = {"anonymous", "unknown", "author", "user", "administrator", "(unspecified)"}


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read a .pdf file.

    Raises SourceError `empty`, `not_a_pdf`, `encrypted`, `damaged`, `no_pages`, `too_many_pages` or `no_text`.
    """
    _check_magic(path)
    pages, about = _survey(path)
    readers = [(PDFPLUMBER, _with_pdfplumber), (PYPDFIUM, _with_pypdfium)]
    texts = []
    for reader, text_with in readers[1:] if pages > _SLOW_PAGES else readers:
        text = text_with(path)
        if text is not None and _is_text(text):
            return Reading(reader, [_described(text, about)])
        texts.append(text)
    if any(text is not None for text in texts):
        raise SourceError("no_text", "next to no text on its pages; a scan needs OCR first")
    raise SourceError("damaged", "neither pdfplumber nor pdfium can open it")


def _check_magic(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise SourceError("empty", "the file has no bytes")
    if b"%PDF" not in head:
        raise SourceError("not_a_pdf", f"no %PDF in the first {_HEAD} bytes")


def _survey(path: Path) -> tuple[int, dict[str, str]]:
    """The number of pages, and what the file says about itself; 0 and nothing where pdfium cannot open it."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            pages, about = len(document), document.get_metadata_dict()
    except PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise SourceError("encrypted", "it opens with a password only") from None
        return 0, {}
    if not pages:
        raise SourceError("no_pages", "it opens, and has no pages")
    if pages > _MOST_PAGES:
        raise SourceError("too_many_pages", f"more than {_MOST_PAGES}")
    return pages, about


def _is_text(text: str) -> bool:
    pages = 1 + text.count(PAGE_BREAK)
    return sum(map(str.isalnum, text)) >= _FEWEST_LETTERS * pages


def _with_pdfplumber(path: Path) -> str | None:
    """The text, or None when pdfplumber gives up: by any exception, on the first page or the last."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with path.open("rb") as stream, pdfplumber.open(stream, raise_unicode_errors=False) as document:
            return text_of([_lines(page) for page in document.pages])
    except MemoryError:
        raise
    except Exception as error:
        _log.info("%s: pdfplumber gives up: %s", path, type(error).__name__)
        return None


def _lines(page: Any) -> list[Line]:
    """The lines and tables of a page, downwards. The page is closed: its characters would fill the memory."""
    tables = [(table.bbox, grid) for table in page.find_tables() if (grid := _grid(table))]
    words = page.filter(partial(_is_outside, [box for box, _ in tables])) if tables else page
    lines = [_line(found) for found in words.extract_text_lines(**_SPACES)]
    lines += [Line(marks.pipe_table(grid), 0.0, box[1], box[3], is_table=True) for box, grid in tables]
    page.close()
    return sorted((line for line in lines if line.text), key=attrgetter("top"))


def _line(found: dict[str, Any]) -> Line:
    sizes = Counter(round(2 * character["size"]) / 2 for character in found["chars"])
    size = max(sizes.items(), key=lambda item: (item[1], item[0]))[0]
    return Line(_readable(found["text"]), size, float(found["top"]), float(found["bottom"]))


def _readable(text: str) -> str:
    return unfolded(" ".join(_UNMAPPED.sub("", text).split()))


def _grid(table: Any) -> list[list[str]]:
    """The cells of a table; nothing if it is only a frame: a table has two rows with two cells that say something."""
    rows = [[_readable(Words("").mend(cell or "")) for cell in row] for row in table.extract(**_SPACES)]
    return rows if sum(sum(map(bool, row)) >= 2 for row in rows) >= 2 else []


def _is_outside(boxes: list[tuple[float, float, float, float]], thing: dict[str, Any]) -> bool:
    x, y = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
    return not any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _with_pypdfium(path: Path) -> str | None:
    """The text, or None when pdfium cannot open the file. A page that it cannot read is empty."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = [_pdfium_page(document, index) for index in range(len(document))]
    except PdfiumError:
        return None
    text = f"\n{PAGE_BREAK}\n".join(pages)
    return Words(text).mend(text)


def _pdfium_page(document: pypdfium2.PdfDocument, index: int) -> str:
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            text = text_page.get_text_range().replace("\r\n", "\n").replace(_HYPHEN, "-\n")
    except PdfiumError:
        return ""
    return marks.plain("\n".join(_readable(line) for line in text.split("\n")).strip())


def _described(text: str, about: dict[str, str]) -> Parsed:
    title = " ".join(about.get("Title", "").split())
    author = " ".join(about.get("Author", "").split())
    return Parsed(
        text,
        page=1,
        section=title if title and not _NO_TITLE.fullmatch(title) else marks.first_heading(text),
        author=author if author and author.lower() not in _NO_AUTHOR else None,
        date=_date(about.get("ModDate", "")) or _date(about.get("CreationDate", "")),
    )


def _date(written: str) -> str | None:
    """ISO 8601 from a date as in ISO 32000-1, 7.9.4: D:YYYYMMDDHHmmSSOHH'mm, its end left out at will."""
    found = _DATE.match(written)
    if not found:
        return None
    year, month, day, hour, minute, second, utc, sign, hours, minutes = found.groups()
    date = f"{year}-{month or '01'}-{day or '01'}"
    zone = "+00:00" if utc else f"{sign}{hours}:{minutes or '00'}" if sign else ""
    return iso_date(f"{date}T{hour}:{minute}:{second or '00'}{zone}" if hour else date)
