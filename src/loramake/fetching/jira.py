"""Jira: issues with all their comments and their whole history, from its cloud or from a server of one's own.

All issues of the query are listed, each with the time of its last change, and those that the snapshot lacks are asked
for in bulk. So nothing depends on time zones, clocks or the order of pages, and what has left the query is seen too.

* Cloud (REST API v3): POST search/jql, by tokens; POST issue/bulkfetch, or the search again where it is not allowed.
  Both give 40 changes of an issue at most.
* Server and Data Center (REST API v2): POST search, by counting. Both page comments and changes of one issue.

An address at atlassian.net or api.atlassian.com is the cloud; any other is asked (GET serverInfo: `deploymentType`).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from loramake.fetching.client import Client
from loramake.fetching.items import MOST_PAGES, Item, Known, by_offset, file_name
from loramake.recipe.source import Source

_CLOUD = re.compile(r"(.+\.)?(atlassian\.net|jira\.com)|api\.atlassian\.com")
_QUOTED_OR_ORDER = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\border\s+by\b""", re.IGNORECASE)
_EVERYTHING = "project IS NOT EMPTY"  # the cloud wants some condition
_LISTED = 5000  # most keys in a page of the cloud; a server gives a thousand
_BULK = 50
_PAGE = 100
_EXPANDED_CHANGES = 40
SAMPLES = ("A-1.json", "ZEBRA_9-1234567.json")
MINE = re.compile(r"[A-Z][A-Z0-9_]*-\d+\.json")
_SUBJECT = "interface of Jira at this address"


def connect(client: Client, source: Source) -> "Jira":
    """The service behind `client`: which kind of Jira, its address tells, or it says itself."""
    assert source.fetch is not None
    query = without_order(source.fetch.query or _EVERYTHING)
    if _CLOUD.fullmatch(client.address.host):
        return Cloud(client, query)
    about = client.get("/rest/api/2/serverInfo", _SUBJECT)
    kind = about.get("deploymentType", "Server") if isinstance(about, dict) else "Server"
    return Cloud(client, query) if kind == "Cloud" else Server(client, query)


def without_order(query: str) -> str:
    """A query of JQL without the order that it asks for, since the list has its own."""
    for match in _QUOTED_OR_ORDER.finditer(query):
        if match[1] is None:
            return query[: match.start()].strip() or _EVERYTHING
    return query.strip()


class Jira:
    """What cloud and server have in common."""

    api = ""

    def __init__(self, client: Client, query: str) -> None:
        self.client, self.query = client, query
        self.expected: int | None = None
        self._listed: set[str] = set()
        self._names: dict[str, str] = {}

    def items(self, known: Known) -> Iterator[Item]:
        """Every issue; the ones that changed with all that belongs to them."""
        rows = {file_name(row["key"]): (_id(row), _updated(row)) for row in self._rows()}
        self._listed, self.expected = set(rows), len(rows)
        wanted = [id_ for name, (id_, updated) in rows.items() if not known.has(name, updated)]
        for name, (_, updated) in rows.items():
            if known.has(name, updated):
                yield Item(name, updated)
        self._names = self._custom_names() if wanted else {}
        for start in range(0, len(wanted), _BULK):
            for issue in self._issues(wanted[start : start + _BULK]):
                yield Item(file_name(issue["key"]), _updated(issue), self._whole(issue))

    def gone(self, known: Known) -> Iterable[str]:
        """What the query no longer finds: deleted, moved, or otherwise than it says."""
        return known.names() - self._listed

    def _rows(self) -> Iterator[dict[str, Any]]:
        """Every issue of the query, with its key, its id and the time of its last change."""
        raise NotImplementedError

    def _issues(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        """The issues of these ids that are still there."""
        raise NotImplementedError

    def _custom_names(self) -> dict[str, str]:
        """By which names people know the fields that they have added, whose ids are numbers."""
        fields = self.client.allowed(f"{self.api}/field") or []
        return {field["id"]: field["name"] for field in fields if str(field["id"]).startswith("customfield_")}

    def _whole(self, issue: dict[str, Any]) -> dict[str, Any]:
        """An issue with all comments and changes, oldest first, and the names of its fields that have none in them."""
        said = {name for name, value in issue["fields"].items() if value is not None}
        issue["names"] = {name: self._names[name] for name in sorted(said & self._names.keys())}
        comments = issue["fields"].get("comment")
        if isinstance(comments, dict) and not _is_complete(comments, comments.get("comments")):
            found = list(self._paged(issue, "comment", "comments", orderBy="created"))
            issue["fields"]["comment"] = comments | {"comments": found, "total": len(found), "maxResults": len(found)}
        changes = issue.get("changelog")
        changes = changes if isinstance(changes, dict) else {}
        histories = changes.get("histories")
        if not self._has_all_changes(changes):
            histories = self._changes(issue, histories)
        ordered = sorted(
            histories or [], key=lambda change: (str(change.get("created")), str(change.get("id")).zfill(20))
        )
        issue["changelog"] = {"histories": ordered, "total": len(ordered), "startAt": 0, "maxResults": len(ordered)}
        return issue

    def _has_all_changes(self, changes: dict[str, Any]) -> bool:
        return _is_complete(changes, changes.get("histories"))

    def _changes(self, issue: dict[str, Any], first: list[Any] | None) -> list[Any]:
        """The whole history of an issue; what the search gave of it, where a server cannot page it."""
        return list(self._paged(issue, "changelog", "values")) or first or []

    def _paged(self, issue: dict[str, Any], what: str, name: str, **more: str) -> Iterator[Any]:
        def ask(start: int) -> tuple[list[Any], bool]:
            path = f"{self.api}/issue/{_id(issue)}/{what}"
            page = self.client.find(path, startAt=start, maxResults=_PAGE, **more)
            return _page(page, name, start) if page else ([], False)

        return by_offset(ask)


class Cloud(Jira):
    """Jira of Atlassian's cloud."""

    api = "/rest/api/3"

    def _rows(self) -> Iterator[dict[str, Any]]:
        return self._search(f"{self.query} ORDER BY key ASC", {"fields": ["updated"], "maxResults": _LISTED})

    def _issues(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        body = {"issueIdsOrKeys": ids, "fields": ["*all"], "expand": ["changelog"]}
        page = self.client.allowed(f"{self.api}/issue/bulkfetch", body)
        if page is None:
            fields = {"fields": ["*all"], "expand": "changelog", "maxResults": _BULK}
            yield from self._search(f"id IN ({', '.join(ids)}) ORDER BY key ASC", fields)
            return
        yield from page["issues"]
        for error in page.get("issueErrors") or []:  # those that were too much for one answer
            if issue := self.client.find(f"{self.api}/issue/{_id(error)}", fields="*all", expand="changelog"):
                yield issue

    def _search(self, query: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        token: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            more = {"nextPageToken": token} if token else {}
            page = self.client.post(f"{self.api}/search/jql", _SUBJECT, {"jql": query, **body, **more})
            yield from page["issues"]
            token = page.get("nextPageToken")
            if page.get("isLast") is True or not token:
                return
            if token in seen:
                break
            seen.add(token)
        raise self.client.error(f"{self.client.address.host} gives the same page again and again")

    def _has_all_changes(self, changes: dict[str, Any]) -> bool:
        return super()._has_all_changes(changes) and len(changes["histories"]) < _EXPANDED_CHANGES


class Server(Jira):
    """Jira Server or Data Center."""

    api = "/rest/api/2"

    def _rows(self) -> Iterator[dict[str, Any]]:
        return by_offset(lambda start: self._search(f"{self.query} ORDER BY key ASC", start, 1000, ["updated"], []))

    def _issues(self, ids: list[str]) -> Iterator[dict[str, Any]]:
        query = f"id IN ({', '.join(ids)}) ORDER BY key ASC"
        return by_offset(lambda start: self._search(query, start, _BULK, ["*all"], ["changelog"]))

    def _search(
        self, query: str, start: int, most: int, fields: list[str], expand: list[str]
    ) -> tuple[list[Any], bool]:
        body = {"jql": query, "startAt": start, "maxResults": most, "fields": fields, "expand": expand}
        # An issue of the list may be deleted by the time that it is asked for.
        page = self.client.post(f"{self.api}/search", _SUBJECT, body | {"validateQuery": not expand})
        return _page(page, "issues", start)


def _id(issue: dict[str, Any]) -> str:
    return str(int(issue["id"]))  # it becomes part of addresses and queries


def _updated(issue: dict[str, Any]) -> str:
    return str(issue["fields"].get("updated") or "never")


def _is_complete(part: dict[str, Any], found: Any) -> bool:
    return isinstance(found, list) and isinstance(part.get("total"), int) and part["total"] <= len(found)


def _page(page: Any, name: str, start: int) -> tuple[list[Any], bool]:
    found = list(page[name])
    total = page.get("total")
    return found, start + len(found) < total if isinstance(total, int) else page.get("isLast") is False
