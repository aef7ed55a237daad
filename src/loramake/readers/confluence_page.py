"""A page of Confluence, as its REST API gives it.

https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/, and version 1, with whatever was expanded.
"""

from collections.abc import Callable, Iterator
from typing import Any

from loramake.errors import SourceError
from loramake.readers import adf, confluence_html, jira_markup, rich_text, storage
from loramake.readers.answers import Object, date_of, listed, mapping, objects, short
from loramake.readers.json_values import loads
from loramake.readers.marks import heading
from loramake.readers.parsed import Parsed

_DEEPEST_REPLY = 20


def document_of(item: Any) -> Parsed:
    """The document of one page. Raises SourceError `not_a_page`, `no_text`, `bad_json` or `too_deep`."""
    page = mapping(item)
    page = page["content"] if "body" not in page and isinstance(page.get("content"), dict) else page
    title = short(page.get("title"))
    if not title or not {"id", "body"} & page.keys():
        raise SourceError("not_a_page", "no title, or neither id nor body")
    blocks = rich_text.demoted(_body(page), 1) + _comments(page)
    if not blocks:
        raise SourceError("no_text", "nothing in the page's body")
    return Parsed(
        "\n\n".join([heading(1, title), *blocks]),
        part=short(page.get("id")),
        section=title,
        author=_author(page),
        date=_updated(page) or _created(page),
        meta=_meta(page, title),
    )


def _body(page: Object) -> list[str]:
    """The blocks of the first representation that has any."""
    body = mapping(page.get("body"))
    if isinstance(body.get("value"), str):
        body = {short(body.get("representation")) or "storage": body}
    for name, read in _REPRESENTATIONS.items():
        value = mapping(body.get(name)).get("value")
        if value and (blocks := read(value)):
            return blocks
    return []


def _adf(value: Any) -> list[str]:
    return adf.blocks_of(loads(value) if isinstance(value, str) else value)


def _written(read: Callable[[str], list[str]]) -> Callable[[Any], list[str]]:
    return lambda value: read(value) if isinstance(value, str) else []


_REPRESENTATIONS: dict[str, Callable[[Any], list[str]]] = {
    "storage": _written(storage.blocks_of),
    "atlas_doc_format": _adf,
    **dict.fromkeys(
        ("export_view", "view", "styled_view", "anonymous_export_view"), _written(confluence_html.blocks_of)
    ),
    "editor": _written(storage.blocks_of),
    "wiki": _written(jira_markup.blocks_of),
}


def _comments(page: Object) -> list[str]:
    blocks: list[str] = []
    for comment in _replies(page, 0):
        if said := _body(comment):
            author, date = _author(comment), (_created(comment) or "")[:10]
            who = f"**{author}**" if author else "**Comment**"
            blocks += [f"{', '.join(filter(None, [who, date]))}:", *rich_text.demoted(said, 2)]
    return [heading(2, "Comments"), *blocks] if blocks else []


def _replies(item: Object, depth: int) -> Iterator[Object]:
    """The comments on a page or a comment, each with the answers to it behind it."""
    places = [item.get(name) for name in ("comments", "footerComments", "inlineComments")]
    places += [mapping(item.get(name)).get("comment") for name in ("children", "descendants")]
    seen = set[str]()
    for place in places if depth < _DEEPEST_REPLY else ():
        for comment in objects(place if isinstance(place, list) else mapping(place).get("results")):
            if (name := short(comment.get("id"))) not in seen or not name:
                seen.add(name)
                yield comment
                yield from _replies(comment, depth + 1)


def _author(item: Object) -> str | None:
    """Who made it; version 2 of the API knows accounts by their number alone."""
    by = (mapping(item.get("history")).get("createdBy"), item.get("author"), mapping(item.get("version")).get("by"))
    people = (mapping(person) for person in by)
    names = (short(person.get("displayName")) or short(person.get("publicName")) for person in people)
    return next(filter(None, names), None)


def _updated(item: Object) -> str | None:
    version, last = mapping(item.get("version")), mapping(mapping(item.get("history")).get("lastUpdated"))
    return date_of(version.get("createdAt")) or date_of(version.get("when")) or date_of(last.get("when"))


def _created(item: Object) -> str | None:
    history = mapping(item.get("history"))
    return date_of(item.get("createdAt")) or date_of(history.get("createdDate")) or _updated(item)


def _meta(page: Object, title: str) -> dict[str, Any]:
    space, version, address = mapping(page.get("space")), mapping(page.get("version")), mapping(page.get("_links"))
    labels = page.get("labels") or mapping(page.get("metadata")).get("labels")
    above = [said for other in objects(page.get("ancestors")) if (said := short(other.get("title")))]
    ids = [short(other.get("id")) for other in objects(page.get("ancestors"))]
    values = {
        "id": short(page.get("id")),
        "type": short(page.get("type")),
        "status": short(page.get("status")),
        "space": short(space.get("key")) or short(page.get("spaceId")),
        "space_name": short(space.get("name")),
        "parent": short(page.get("parentId")) or next(reversed(ids), ""),
        "ancestors": above,
        "path": " > ".join(filter(None, [short(space.get("name")) or short(space.get("key")), *above, title])),
        "labels": listed(labels if isinstance(labels, list) else mapping(labels).get("results")),
        "version": version.get("number"),
        "created": _created(page),
        "author_id": short(page.get("authorId")),
        "url": "".join(short(address.get(name)) for name in ("base", "webui")),
    }
    return {name: value for name, value in values.items() if value not in (None, "", [])}
