"""HTML -> the main content's text, with headings, lists, tables and code marked."""

import re
from pathlib import Path

import bs4
from bs4 import BeautifulSoup, Tag

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.html_blocks import blocks_of
from loramake.readers.marks import first_heading
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source

READER = f"beautifulsoup4 {bs4.__version__}"
_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_HEAD = 4096  # bytes that are searched for the declared encoding


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read an .html file. Raises SourceError `empty`, `binary` or `no_text`."""
    data = path.read_bytes()
    declared = _DECLARED.search(data[:_HEAD])
    markup = decode(data, declared=declared[1].decode("ascii") if declared else None)
    soup = BeautifulSoup(_as_page(markup), "lxml")
    text = _main_text(soup)
    if not text:
        raise SourceError("no_text", "no text in the page's body")
    parsed = Parsed(
        text,
        section=_title(soup) or first_heading(text),
        author=_meta(soup, "author"),
        date=iso_date(_meta(soup, "date")),
        language=_language(soup),
    )
    return Reading(READER, [parsed])


def _as_page(markup: str) -> str:
    """`markup` without an XML declaration, which speaks of bytes that are decoded by now, and within <html>."""
    markup = _XML_DECLARATION.sub("", markup, count=1)
    return markup if "<html" in markup[:_HEAD].lower() else f"<html>{markup}</html>"


def _main_text(soup: BeautifulSoup) -> str:
    """The text of the main content; that of the whole body where there is none, or nothing in it."""
    marked = [tag for tag in soup.descendants if isinstance(tag, Tag) and _is_content(tag)]
    mains = [tag for tag in marked if tag.name != "article" or tag.get("role") == "main"]
    articles = [tag for tag in marked if tag.name == "article"]
    for content in (*mains[:1], *(articles if len(articles) == 1 else []), soup.body, soup):
        if content is not None and (text := "\n\n".join(blocks_of(content))):
            return text
    return ""


def _is_content(tag: Tag) -> bool:
    return tag.name in ("main", "article") or tag.attrs.get("role") == "main"


def _title(soup: BeautifulSoup) -> str | None:
    title = soup.head.find("title") if soup.head else None
    return " ".join(title.get_text().split()) or None if title else None


def _meta(soup: BeautifulSoup, name: str) -> str | None:
    tag = soup.head.find("meta", attrs={"name": name}) if soup.head else None
    return " ".join(str(tag.get("content") or "").split()) or None if isinstance(tag, Tag) else None


def _language(soup: BeautifulSoup) -> str | None:
    """The primary subtag of <html lang>, as in BCP 47: `en` of `en-GB`."""
    page = soup.find("html")
    found = re.match(r"\s*([A-Za-z]{2,3})\b", str(page.get("lang") or "")) if isinstance(page, Tag) else None
    return found[1].lower() if found else None
