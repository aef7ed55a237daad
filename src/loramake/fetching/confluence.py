"""Confluence: pages with labels, ancestors and comments, from its cloud or from a server of one's own.

All pages of the spaces are listed without their bodies; those whose version or place has changed are asked for. New
comments change no version: a search finds them, and the pages that they belong to are asked for again. A label that is
put on or taken off, and a comment that is deleted, are seen when the page itself changes.

* Cloud (REST API v2): api/v2/spaces, spaces/ID/pages, pages/ID, footer-comments, by cursors.
* Server and Data Center (REST API v1): rest/api/content, by counting.

An address at atlassian.net or api.atlassian.com is the cloud; any other is, if it has api/v2/spaces.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from loramake.fetching.client import Client
from loramake.fetching.items import MOST_PAGES, Item, Known, Note, by_offset, file_name
from loramake.files import digest
from loramake.recipe.source import Source

_CLOUD = re.compile(r"(.+\.)?atlassian\.net|api\.atlassian\.com")
SAMPLES = ("7.json", "1234567890.json")
MINE = re.compile(r"\d+\.json")
_SUBJECT = "interface of Confluence at this address"
_COMMENTS_SINCE = "comments_since"
# Dates of a search are those of the account's time zone, and its index lags.
_OVERLAP = timedelta(hours=26)
_LIMIT = 250
_SERVER_LIMIT = 100


def connect(client: Client, source: Source) -> "Confluence":
    """The service behind `client`: which kind of Confluence, its address tells, or what it answers."""
    assert source.fetch is not None
    spaces = source.fetch.spaces
    if _CLOUD.fullmatch(client.address.host):
        if not client.address.path.endswith("/wiki"):
            client.address = client.address.below(f"{client.address.path}/wiki")
        return Cloud(client, spaces)
    return Cloud(client, spaces) if _is_cloud(client) else Server(client, spaces)


def _is_cloud(client: Client) -> bool:
    # A server has nothing there: a page that says so, or one to log in.
    answer = client.answer("/api/v2/spaces", "", {"limit": 1}, accept="*/*", fine=(301, 302, 303, 307, 308, 404, 410))
    with suppress(ValueError):
        return answer.status < 300 and "results" in answer.value
    return False


class Confluence:
    """What cloud and server have in common."""

    def __init__(self, client: Client, spaces: list[str] | None) -> None:
        self.client, self.keys = client, spaces
        self.expected: int | None = None
        self._pages: dict[str, dict[str, Any]] = {}

    def items(self, known: Known) -> Iterator[Item | Note]:
        """Every page; the ones that changed with their bodies."""
        began = datetime.now(UTC)
        since = known.notes.get(_COMMENTS_SINCE)
        commented = self._commented(known, since) if since else set()
        if not since:
            yield Note(_COMMENTS_SINCE, began.isoformat())
        spaces = self._spaces()
        self._pages = {_id(row): row for space in spaces.values() for row in self._rows(space)}
        self.expected = len(self._pages)
        for id_, row in self._pages.items():
            frame = {"ancestors": self._ancestors(row), "space": self._space(row, spaces)}
            yield from self._page(known, row, frame, again=id_ in commented)
        yield Note(_COMMENTS_SINCE, began.isoformat())

    def gone(self, known: Known) -> Iterable[str]:
        """Pages that no space has any more."""
        return known.names() - {file_name(id_) for id_ in self._pages}

    def _page(self, known: Known, row: dict[str, Any], frame: dict[str, Any], *, again: bool) -> Iterator[Item]:
        name, number = file_name(_id(row)), row["version"]["number"]
        version = f"{number} {digest(frame)}"
        if known.has(name, version) and not again:
            yield Item(name, version)
            return
        before = known.read(name) if str(known.version(name)).partition(" ")[0] == str(number) and not again else None
        page = before if isinstance(before, dict) else self._whole(_id(row))
        if page is not None:
            yield Item(name, f"{page['version']['number']} {digest(frame)}", page | frame)

    def _commented(self, known: Known, since: str) -> set[str]:
        """Pages with a comment that is newer than the snapshot's."""
        start = (datetime.fromisoformat(since) - _OVERLAP).strftime("%Y/%m/%d %H:%M")
        spaces = f"space IN ({', '.join(_quoted(key) for key in self.keys)}) AND " if self.keys else ""
        query = f'{spaces}type = comment AND lastmodified >= "{start}"'
        found: dict[str, dict[str, int]] = {}
        for comment in self._search(query):
            page = str((comment.get("container") or {}).get("id", ""))
            found.setdefault(page, {})[str(comment["id"])] = (comment.get("version") or {}).get("number", 0)
        return {page for page, comments in found.items() if not comments.items() <= self._kept(known, page).items()}

    def _kept(self, known: Known, page: str) -> dict[str, int]:
        """The versions of the comments that the snapshot has of a page."""
        kept = known.read(file_name(page)) if known.version(file_name(page)) else None
        comments = kept.get("comments", []) if isinstance(kept, dict) else []
        return {str(comment["id"]): (comment.get("version") or {}).get("number", 0) for comment in comments}

    def _search(self, query: str) -> Iterator[dict[str, Any]]:
        path, parameters = "/rest/api/content/search", {"cql": query, "expand": "container,version"}
        if self.client.allowed(f"{path}?{urlencode(parameters | {'limit': '1'})}") is None:
            host = self.client.address.host
            self.client.say(f"{host} does not let this key search: new comments are seen when their page changes")
            return iter(())
        return self._follow(path, **parameters)

    def _follow(self, path: str, **parameters: str) -> Iterator[dict[str, Any]]:
        """All of a list. Of the link to the next page the query is taken: what stands before it differs by gateway."""
        query: list[tuple[str, str]] = [*parameters.items(), ("limit", str(_LIMIT))]
        seen = set[tuple[tuple[str, str], ...]]()
        for _ in range(MOST_PAGES):
            answer = self.client.answer(path, _SUBJECT, query)
            page = answer.value
            yield from page["results"]
            link = (page.get("_links") or {}).get("next") or answer.next
            following = parse_qsl(urlsplit(link or "").query)
            if not following:
                return
            if tuple(following) in seen:
                break
            seen.add(tuple(following))
            query = following
        raise self.client.error(f"{self.client.address.host} gives the same page again and again")

    def _spaces(self) -> dict[str, dict[str, Any]]:
        """The spaces that are wanted, by what their pages call them. Raises FetchError when one is not there."""
        spaces = {str(space["id"]): space for space in self._all_spaces()}
        missing = sorted(set(self.keys or []) - {str(space["key"]) for space in spaces.values()})
        if missing:
            raise self.client.error(
                f"{self.client.address.host} has no space '{missing[0]}', or does not show it to this account",
                "'spaces' wants keys as they stand in the address of a page; the key needs the right to read them",
            )
        return spaces

    def _space(self, row: dict[str, Any], spaces: dict[str, dict[str, Any]]) -> dict[str, Any]:
        space = spaces[str(row["spaceId"])]
        return {"key": space["key"], "name": space.get("name")}

    def _all_spaces(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def _rows(self, space: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The pages of a space, without their bodies."""
        raise NotImplementedError

    def _ancestors(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """What stands above a page, from the top."""
        raise NotImplementedError

    def _whole(self, id_: str) -> dict[str, Any] | None:
        """A page with its body, labels and comments; None if it is gone."""
        raise NotImplementedError


class Cloud(Confluence):
    """Confluence of Atlassian's cloud."""

    def __init__(self, client: Client, spaces: list[str] | None) -> None:
        super().__init__(client, spaces)
        self._folders: dict[str, dict[str, Any]] = {}
        self._people: dict[str, str | None] = {}

    def _all_spaces(self) -> Iterator[dict[str, Any]]:
        wanted = {"keys": ",".join(self.keys)} if self.keys else {}
        return self._follow("/api/v2/spaces", **wanted)

    def _rows(self, space: dict[str, Any]) -> Iterator[dict[str, Any]]:
        return self._follow(f"/api/v2/spaces/{_id(space)}/pages", status="current", sort="id")

    def _ancestors(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        above: list[dict[str, Any]] = []
        seen = {_id(row)}
        while (parent := str(row.get("parentId") or "")) and parent not in seen:
            seen.add(parent)
            row = self._pages.get(parent) or self._folder(parent, str(row.get("parentType")))
            if row:
                above.append({"id": parent, "title": row.get("title")})
        return above[::-1]

    def _folder(self, id_: str, kind: str) -> dict[str, Any]:
        """A folder that pages stand in; nothing for what cannot be asked for."""
        if kind != "folder":
            return {}
        if id_ not in self._folders:
            self._folders[id_] = self.client.find(f"/api/v2/folders/{int(id_)}") or {}
        return self._folders[id_]

    def _whole(self, id_: str) -> dict[str, Any] | None:
        path = f"/api/v2/pages/{id_}"
        options = {"body-format": "storage", "include-labels": "true"}
        page: dict[str, Any] | None = self.client.find(path, **options)
        if page is None:
            return None
        labels = page.get("labels") or {}
        if "results" not in labels or (labels.get("meta") or {}).get("hasMore"):
            labels = {"results": list(self._follow(f"{path}/labels"))}
        comments = list(self._comments(f"{path}/footer-comments", set()))
        self._name_authors([page, *comments])
        return page | {"labels": {"results": labels["results"]}, "comments": comments}

    def _name_authors(self, things: list[dict[str, Any]]) -> None:
        """Put the names of people beside the numbers of their accounts, which is all that pages and comments have."""
        accounts = [str(thing.get("authorId") or thing["version"].get("authorId") or "") for thing in things]
        unknown = sorted(set(accounts) - self._people.keys() - {""})[:_LIMIT]
        if unknown:
            found = self.client.allowed("/api/v2/users-bulk", {"accountIds": unknown}) or {"results": []}
            self._people |= dict.fromkeys(unknown)
            self._people |= {one["accountId"]: one.get("displayName") for one in found["results"]}
        for thing, account in zip(things, accounts, strict=True):
            if name := self._people.get(account):
                thing["author"] = {"displayName": name}

    def _comments(self, path: str, seen: set[str]) -> Iterator[dict[str, Any]]:
        """Comments, each followed by the replies to it."""
        for comment in list(self._follow(path, **{"body-format": "storage"})):
            if _id(comment) not in seen:
                seen.add(_id(comment))
                yield comment
                yield from self._comments(f"/api/v2/footer-comments/{_id(comment)}/children", seen)


class Server(Confluence):
    """Confluence Server or Data Center."""

    def _all_spaces(self) -> Iterator[dict[str, Any]]:
        wanted = {"spaceKey": self.keys} if self.keys else {}
        return self._paged("/rest/api/space", **wanted)

    def _rows(self, space: dict[str, Any]) -> Iterator[dict[str, Any]]:
        pages = self._paged(
            "/rest/api/content", type="page", status="current", spaceKey=space["key"], expand="version,ancestors"
        )
        return (page | {"spaceId": space["id"]} for page in pages)

    def _ancestors(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"id": _id(above), "title": above.get("title")} for above in row.get("ancestors") or []]

    def _whole(self, id_: str) -> dict[str, Any] | None:
        path = f"/rest/api/content/{id_}"
        expand = "body.storage,version,history,metadata.labels"
        page: dict[str, Any] | None = self.client.find(path, expand=expand)
        if page is None:
            return None
        labels = (page.pop("metadata", None) or {}).get("labels") or {}
        if labels.get("size", 0) >= labels.get("limit", _SERVER_LIMIT):
            labels = {"results": list(self._paged(f"{path}/label"))}
        comments = self._paged(
            f"{path}/child/comment", location="footer", depth="all", expand="body.storage,version,history"
        )
        return page | {"labels": {"results": labels.get("results", [])}, "comments": list(comments)}

    def _paged(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        def ask(start: int) -> tuple[list[Any], bool]:
            page = self.client.get(path, _SUBJECT, **parameters, start=start, limit=_SERVER_LIMIT)
            return _page_of(page)

        return by_offset(ask)


def _page_of(page: dict[str, Any]) -> tuple[list[Any], bool]:
    # A page may be shorter than was asked for, and not the last: only its links know.
    return list(page["results"]), "next" in (page.get("_links") or {})


def _id(thing: dict[str, Any]) -> str:
    return str(int(thing["id"]))  # it becomes part of addresses


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
