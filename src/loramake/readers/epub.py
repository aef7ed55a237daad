"""Books (.epub, of EPUB 2 and 3): the chapters in the order of reading, with notes at the end.

Left out is what only leads through the book: its navigation, contents and cover.
Formats: EPUB 3.3 and OPF 2.0.1; OCF 3.3 for what is encrypted.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import bs4
from bs4 import BeautifulSoup, Tag

from loramake.errors import SourceError
from loramake.readers import marks, mathml, packages
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.html_blocks import blocks_of
from loramake.readers.packages import Package
from loramake.readers.paragraphs import Notes
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.recipe.source import Source

READER = f"epub (beautifulsoup4 {bs4.__version__})"
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}
_LEADING = {"toc", "cover", "nav", "landmarks", "loi", "lot", "page-list"}
_FONTS_ALONE = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}  # they are only mangled
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_DECLARED = re.compile(rb"<\?xml\b[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})")
_CLOSED = re.compile(r"<([A-Za-z][\w:-]*)((?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)/>")
_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
}
_CALLS = {"noteref", "doc-noteref", "footnote-ref"}
_NOTES = {"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"}
_HOLD_NOTES = {"aside", "div", "li", "p", "section", "dd"}
_BACK = {"backlink", "doc-backlink", "footnote-back"}
_LANGUAGE = re.compile(r"([A-Za-z]{2})\b")


@dataclass(frozen=True, slots=True)
class _Book:
    """`chapters` are names of members, in the order of reading."""

    title: str | None
    author: str | None
    date: str | None
    language: str | None
    chapters: list[str]


def read(path: Path, source: Source) -> Reading:
    """Read an .epub file.

    Raises SourceError `encrypted`, `no_text`, `too_many_pages`, or what `packages.opened` and `Package.xml` raise.
    """
    with packages.opened(path, "epub", source) as package:
        book = _book(package)
        if len(book.chapters) > (most := source.limit.pages):
            raise SourceError("too_many_pages", f"{len(book.chapters):,} chapters, more than {most:,} (limit.pages)")
        _refuse_encrypted(package, book.chapters)
        blocks, refused = _blocks(package, book.chapters)
    if not blocks and not refused:
        raise SourceError("no_text", "no words in its chapters")
    text = "\n\n".join(blocks)
    section = book.title or marks.first_heading(text)
    parsed = Parsed(text, section=section, author=book.author, date=book.date, language=book.language)
    return Reading(READER, [parsed] if blocks else [], refused)


def _book(package: Package) -> _Book:
    if _CONTAINER not in package:
        raise SourceError(packages.not_a("epub"), "a ZIP archive that holds no book, or a damaged one")
    roots = [root.get("full-path", "") for root in _found(package.xml(_CONTAINER), "rootfile")]
    name = next((root for root in roots if root in package), None)
    if name is None:
        raise SourceError("damaged", "the list of its chapters is missing")
    root = package.xml(name)
    return _Book(
        next(_said(root, "title"), None),
        ", ".join(_said(root, "creator")) or None,
        _date(root),
        next((found[1].lower() for said in _said(root, "language") if (found := _LANGUAGE.match(said))), None),
        list(_chapters(root, posixpath.dirname(name))),
    )


def _found(root: Any, name: str) -> Iterator[Any]:
    """The elements of a name, in whatever namespace: those of EPUB 2 have several."""
    return (element for element in root.iter() if isinstance(element.tag, str) and element.tag.split("}")[-1] == name)


def _said(root: Any, name: str) -> Iterator[str]:
    """What the metadata say under a name of Dublin Core."""
    for element in _found(root, name):
        if "purl.org/dc/elements" in element.tag.lower() and (text := " ".join("".join(element.itertext()).split())):
            yield text


def _date(root: Any) -> str | None:
    """That of publication; EPUB 2 may have others, too."""
    dates = [element for element in _found(root, "date") if "purl.org/dc/elements" in element.tag]
    dates.sort(key=lambda element: not any(value == "publication" for value in element.attrib.values()))
    return next((date for element in dates if (date := iso_date("".join(element.itertext()).strip()))), None)


def _chapters(root: Any, folder: str) -> Iterator[str]:
    leading = {_place(folder, row.get("href", "")) for row in _found(root, "reference") if row.get("type") in _LEADING}
    items = {row.get("id", ""): row for row in _found(root, "item")}
    seen = set(leading)
    for row in _found(root, "itemref"):
        item = items.get(row.get("idref", ""))
        if item is None or item.get("media-type") not in _PAGES or "nav" in item.get("properties", "").split():
            continue
        name = _place(folder, item.get("href", ""))
        if name not in seen:
            seen.add(name)
            yield name


def _place(folder: str, href: str) -> str:
    """The member that a relative address names."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(href.partition("#")[0]))).lstrip("/")


def _refuse_encrypted(package: Package, chapters: list[str]) -> None:
    if _ENCRYPTION not in package:
        return
    for data in _found(package.xml(_ENCRYPTION), "EncryptedData"):
        methods = {method.get("Algorithm") for method in _found(data, "EncryptionMethod")}
        places = {_place("", reference.get("URI", "")) for reference in _found(data, "CipherReference")}
        if not methods & _FONTS_ALONE and places & set(chapters):
            raise SourceError("encrypted", "its chapters are locked (DRM)")


def _blocks(package: Package, chapters: list[str]) -> tuple[list[str], list[Refused]]:
    """The blocks of all chapters, and the chapters that cannot be read."""
    notes, blocks, refused = Notes(), list[str](), list[Refused]()
    for name in chapters:
        try:
            blocks += _chapter(package.read(name), name, notes)
        except SourceError as error:
            if error.reason not in ("damaged", "binary", "empty"):
                raise
            refused.append(Refused(f"chapter {name}", f"{error.reason}: {error.what}"))
    return blocks + notes.blocks(), refused


def _chapter(data: bytes, name: str, notes: Notes) -> list[str]:
    declared = _DECLARED.search(data[:200])
    markup = decode(data, declared=declared[1].decode("ascii") if declared else None)
    soup = BeautifulSoup(_as_html(markup), "lxml")
    for link in soup.find_all("a"):
        if _words(link) & _CALLS and "#" in (href := str(link.get("href") or "")):
            link.replace_with(notes.mark(_target(name, href)))
    for math in soup.find_all("math"):
        math.replace_with(_equation(math))
    called = set(notes.unsaid())
    for tag in soup.find_all(id=True):
        if not tag.decomposed and (place := f"{name}#{tag['id']}") in called and tag.name in _HOLD_NOTES:
            notes.say(place, _note(tag))
            tag.decompose()
    for aside in soup.find_all("aside"):
        aside.name = "div" if _words(aside) & _NOTES else aside.name
    return blocks_of(soup.body or soup)


def _target(name: str, href: str) -> str:
    file, _, place = href.partition("#")
    return f"{_place(posixpath.dirname(name), file) if file else name}#{unquote(place)}"


def _note(tag: Tag) -> list[str]:
    """What a note says, without the way back."""
    for link in tag.find_all("a"):
        if _words(link) & _BACK:
            link.decompose()
    return blocks_of(tag)


def _equation(math: Tag) -> str:
    try:
        return mathml.linear(packages.parsed_xml(str(math).encode(), "an equation"))
    except SourceError:
        return math.get_text()


def _words(tag: Tag) -> set[str]:
    """What a tag says of its part in the book."""
    said = (tag.get("epub:type"), tag.get("role"), tag.get("class"))
    return {word for value in said for word in (value if isinstance(value, list) else str(value or "").split())}


def _as_html(markup: str) -> str:
    """XHTML as a parser of HTML understands it: `<title/>` would begin a title that never ends."""
    markup = _CLOSED.sub(_opened, _DECLARATION.sub("", markup, count=1))
    return markup if "<html" in markup[:4096].lower() else f"<html>{markup}</html>"


def _opened(tag: re.Match[str]) -> str:
    return tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>"
