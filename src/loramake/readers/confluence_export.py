"""A page of the HTML export of a Confluence space."""

import re

from bs4 import BeautifulSoup, Tag

from loramake.errors import SourceError
from loramake.readers import confluence_html, rich_text
from loramake.readers.answers import date_of
from loramake.readers.marks import first_heading, heading
from loramake.readers.parsed import Parsed

_DAY = re.compile(r"\bon ([A-Z][a-z]{2})[a-z]* (\d{1,2}), (\d{4})")


def document_of(markup: str) -> Parsed:
    """The document of one file. Raises SourceError `index_page` or `no_text`."""
    soup = BeautifulSoup(markup, "lxml")
    main = soup.find(id="main-content")
    if isinstance(main, Tag) and "pageSection" in (main.get("class") or ()):
        raise SourceError("index_page", "it lists the pages of a space, and is none")
    space, *above = [_text(item) for item in soup.select("#breadcrumbs li")] or [""]
    title = _title(soup, space)
    blocks = confluence_html.blocks_in(main if isinstance(main, Tag) else soup.body or soup)
    blocks = rich_text.demoted(blocks, 1) + _comments(soup)
    if not blocks:
        raise SourceError("no_text", "nothing in the page's main content")
    text = "\n\n".join([heading(1, title), *blocks] if title else blocks)
    author, editor = soup.select_one(".page-metadata .author"), soup.select_one(".page-metadata .editor")
    meta = {
        "space_name": space,
        "ancestors": above,
        "path": " > ".join(filter(None, [space, *above, title])),
        "editor": _text(editor),
        "attachments": [_text(link) for link in soup.select(".greybox a[href^='attachments/']") if _text(link)],
    }
    return Parsed(
        text,
        section=title or first_heading(text),
        author=_text(author) or None,
        date=_date(_text(soup.select_one(".page-metadata"))),
        meta={name: value for name, value in meta.items() if value},
    )


def _text(tag: Tag | None) -> str:
    return " ".join(tag.get_text().split()) if tag is not None else ""


def _title(soup: BeautifulSoup, space: str) -> str:
    """The title without the name of the space, which stands before it."""
    title = _text(soup.select_one("#title-text")) or _text(soup.find("title"))
    return title.removeprefix(f"{space} : ") if space else title


def _date(said: str) -> str | None:
    """The day of the last change, as an export in English says it."""
    found = _DAY.findall(said)
    return date_of("{1} {0} {2}".format(*found[-1])) if found else None


def _comments(soup: BeautifulSoup) -> list[str]:
    title = soup.find(id="comments", class_="pageSectionTitle")
    section = title.find_parent(class_="pageSection") if isinstance(title, Tag) else None
    if not isinstance(section, Tag) or not isinstance(title, Tag):
        return []
    title.decompose()
    blocks = confluence_html.blocks_in(section)
    return [heading(2, "Comments"), *rich_text.demoted(blocks, 2)] if blocks else []
