"""PDF without its layout: the text as pypdfium2 or pypdf give it, lines as they stand."""

import logging
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
from pypdf import PdfReader
from pypdfium2 import PdfDocument, PdfiumError

from loramake.readers import marks
from loramake.readers.pdf_glyphs import UNMAPPED
from loramake.readers.pdf_lines import unfolded
from loramake.readers.pdf_words import Words
from loramake.records import PAGE_BREAK

_log = logging.getLogger(__name__)
_HYPHEN = "\ufffe"  # what pdfium writes for a hyphen at a line's end, and the line's end with it
_NUMBERS = re.compile(r"\d+")
_FEWEST_PAGES = 3  # fewer cannot tell what repeats


@dataclass(frozen=True, slots=True)
class Text:
    """What a library made of a file.

    `found` is the number of letters and digits in it, running lines included; `dropped` counts what is left out, by
    what it is.
    """

    text: str
    pages: int
    found: int
    dropped: dict[str, int] = field(default_factory=dict)

    @property
    def letters(self) -> int:
        """How many letters and digits are left."""
        return letters_in(self.text)


def letters_in(text: str) -> int:
    """How many letters and digits there are."""
    return sum(map(str.isalnum, text))


def with_pypdfium(path: Path) -> Text | None:
    """The text, or None when pdfium cannot open the file. A page that it cannot read is empty."""
    try:
        with pypdfium2.PdfDocument(path) as document:
            return _tidied([_pdfium_page(document, index) for index in range(len(document))])
    except PdfiumError:
        return None


def _pdfium_page(document: PdfDocument, index: int) -> str:
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            text: str = text_page.get_text_range()
    except PdfiumError:
        return ""
    return text.replace("\r\n", "\n").replace(_HYPHEN, "-\n")


def with_pypdf(path: Path) -> Text | None:
    """The text, or None when pypdf gives up: by any exception, on the first page or the last."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with PdfReader(path) as document:
            return _tidied([page.extract_text() for page in document.pages])
    except MemoryError:
        raise
    except Exception as error:
        _log.info("%s: pypdf gives up: %s", path, type(error).__name__)
        return None


def _tidied(pages: Sequence[str]) -> Text:
    """The pages without headers, footers and hyphens at the ends of lines."""
    lines = [[line for raw in page.split("\n") if (line := _tidy(raw))] for page in pages]
    count = sum(map(len, lines))
    found = sum(letters_in(line) for page in lines for line in page)
    lines = _without_running_lines(lines)
    text = f"\n{PAGE_BREAK}\n".join(marks.plain("\n".join(page)) for page in lines)
    words = Words(text)
    running = count - sum(map(len, lines))
    return Text(words.mend_across_pages(words.mend(text)), len(pages), found, {"running_lines": running})


def _tidy(line: str) -> str:
    return " ".join(unfolded(UNMAPPED.sub("", line)).split())


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """The pages without their first and last line, if most pages have the same one there, page numbers aside."""
    if len(pages) < _FEWEST_PAGES:
        return pages
    for end in (0, -1):
        seen = Counter(_NUMBERS.sub("0", page[end]) for page in pages if page)
        for page in pages:
            if page and seen[_NUMBERS.sub("0", page[end])] > len(pages) / 2:
                del page[end]
    return pages
