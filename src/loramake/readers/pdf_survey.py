"""What pdfium tells of a PDF before it is read: its pages, its outline, its title, author and date."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pypdfium2
from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2.raw import FPDF_ERR_PASSWORD

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.pdf_headings import Bookmark

_MOST_BOOKMARKS = 10_000
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?")
_NO_TITLE = re.compile(r"untitled|microsoft word - .*|.*\.(?:docx?|pptx?|xlsx?|tex|dvi|indd|pdf|rtf|odt|html?)", re.I)
_NO_AUTHOR = {"anonymous", "unknown", "author", "user", "administrator", "(unspecified)"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file says about itself; of one that pdfium cannot open, nothing: it seems to have no pages."""

    pages: int = 0
    outline: list[Bookmark] = field(default_factory=list)
    title: str | None = None
    author: str | None = None
    date: str | None = None


def survey(path: Path, most_pages: int) -> Survey:
    """Look at a file. Raises SourceError `encrypted`, `no_pages` or `too_many_pages`."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            pages, about = len(document), document.get_metadata_dict()
            if pages > most_pages:
                raise SourceError("too_many_pages", f"{pages} of them, more than {most_pages}")
            outline = list(islice(_outline(document), _MOST_BOOKMARKS))
    except PdfiumError as error:
        if error.err_code == FPDF_ERR_PASSWORD:
            raise SourceError("encrypted", "it opens with a password only") from None
        return Survey()
    if not pages:
        raise SourceError("no_pages", "it opens, and has no pages")
    title, author = " ".join(about.get("Title", "").split()), " ".join(about.get("Author", "").split())
    return Survey(
        pages,
        outline,
        title if title and not _NO_TITLE.fullmatch(title) else None,
        author if author and author.lower() not in _NO_AUTHOR else None,
        date_of(about.get("ModDate", "")) or date_of(about.get("CreationDate", "")),
    )


def _outline(document: PdfDocument) -> Iterator[Bookmark]:
    for bookmark in document.get_toc():
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            yield Bookmark(bookmark.get_title(), bookmark.level + 1, page)


def date_of(written: str) -> str | None:
    """ISO 8601 from a date as in ISO 32000-1, 7.9.4: D:YYYYMMDDHHmmSSOHH'mm, its end left out at will."""
    found = _DATE.match(written)
    if not found:
        return None
    year, month, day, hour, minute, second, utc, sign, hours, minutes = found.groups()
    date = f"{year}-{month or '01'}-{day or '01'}"
    zone = "+00:00" if utc else f"{sign}{hours}:{minutes or '00'}" if sign else ""
    return iso_date(f"{date}T{hour}:{minute}:{second or '00'}{zone}" if hour else date)
