"""GitHub: pull requests and issues with their comments and reviews (its REST API).

One list has both, and can be asked for what changed since a moment (`issues?since=`), oldest change first. It is read
in steps of that moment, not of page numbers: what changes on the way moves to the end of the list, and pages would skip
what moves up in its place. Where issues are turned off, the list of pull requests is read, newest change first.

Issues can be deleted or moved away. Their number tells (`search/issues`); only if it is not that of the snapshot, all
of them are listed.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from loramake.fetching.answer import Answer
from loramake.fetching.client import Client
from loramake.fetching.items import MOST_PAGES, Item, Known, Note, file_name
from loramake.recipe.source import Source

_NAME = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_SINCE, _PULLS_SINCE = "since", "pulls_since"
_OVERLAP = timedelta(minutes=10)  # its copies of the data lag behind each other
_LIMIT = 100
_DIFF = "application/vnd.github.diff"
_NO_DIFF = (403, 404, 406, 410, 422, 500, 503)  # too large, or its commits are gone


def connect(client: Client, source: Source) -> "GitHub":
    """The service behind `client`. Raises FetchError for a name that is no repository's."""
    assert source.fetch is not None
    repository = source.fetch.repository or ""
    if not _NAME.fullmatch(repository) or ".." in repository:
        raise client.error(f"'repository' is {repository or 'missing'}", "write it as owner/name")
    if client.address.host in ("github.com", "www.github.com"):
        raise client.error(f"{client.address.host} is for people", "the address is https://api.github.com")
    return GitHub(client, repository, with_diffs=source.diffs is not None)


SAMPLES = ("issue-1.json", "pull-123456.json")
MINE = re.compile(r"(issue|pull)-\d+\.json")


class GitHub:
    """Pull requests and issues of one repository."""

    def __init__(self, client: Client, repository: str, *, with_diffs: bool) -> None:
        self.client, self.repository, self.with_diffs = client, repository, with_diffs
        self.expected: int | None = None
        self._path = f"/repos/{repository}"
        self._subject = f"repository '{repository}'"
        self._has_issues = True

    def items(self, known: Known) -> Iterator[Item | Note]:
        """What has changed since the last time, oldest change first."""
        self._has_issues = self.client.get(self._path, self._subject).get("has_issues") is not False
        if not self._has_issues:
            yield from self._pulls_alone(known)
            return
        since = None if known.lost else known.notes.get(_SINCE)
        for rows in self._changes(_earlier(since) if since else None):
            for row in rows:
                yield from self._item(known, row)
            if rows:
                yield Note(_SINCE, rows[-1]["updated_at"])

    def gone(self, known: Known) -> Iterable[str]:
        """Issues that were deleted or moved away; a pull request stays for ever."""
        have = {name for name in known.names() if name.startswith("issue-")}
        if not self._has_issues or len(have) == self._count():
            return []
        there = {file_name("issue", str(int(row["number"]))) for row in self._all_issues()}
        # The list is long, and may change while it is read: whoever is not in it is asked for.
        return [name for name in have - there if self._is_gone(name)]

    def _changes(self, since: str | None) -> Iterator[list[dict[str, Any]]]:
        """Issues and pull requests that changed since a moment, a page at a time."""
        options: dict[str, Any] = {"state": "all", "sort": "updated", "direction": "asc", "per_page": _LIMIT}
        path, parameters = f"{self._path}/issues", options | ({"since": since} if since else {})
        for _ in range(MOST_PAGES):
            answer = self.client.answer(path, self._subject, parameters)
            rows: list[dict[str, Any]] = answer.value
            yield rows
            if not rows or answer.next is None:
                return
            newest = rows[-1]["updated_at"]
            if newest != since:
                since = newest
                path, parameters = f"{self._path}/issues", options | {"since": since}
            else:  # more than a page of the same second
                path, parameters = answer.next, {}
        raise self.client.error(f"{self.client.address.host} gives the same page again and again")

    def _pulls_alone(self, known: Known) -> Iterator[Item | Note]:
        since = "" if known.lost else known.notes.get(_PULLS_SINCE, "")
        start, newest = _earlier(since) if since else "", ""
        options = {"state": "all", "sort": "updated", "direction": "desc"}
        for row in self._paged(f"{self._path}/pulls", **options):
            if row["updated_at"] < start:
                break
            newest = newest or row["updated_at"]
            yield from self._item(known, row | {"pull_request": {}})
        if newest:
            yield Note(_PULLS_SINCE, newest)

    def _item(self, known: Known, row: dict[str, Any]) -> Iterator[Item]:
        number = str(int(row["number"]))
        name = file_name("pull" if row.get("pull_request") is not None else "issue", number)
        version = row["updated_at"]
        if known.has(name, version):
            yield Item(name, version)
        elif name.startswith("issue"):
            yield Item(name, version, {"issue": row, "comments": self._comments(row)})
        elif (pull := self.client.find(f"{self._path}/pulls/{number}")) is not None:
            yield Item(name, version, self._pull(pull, number))

    def _pull(self, pull: dict[str, Any], number: str) -> dict[str, Any]:
        path = f"{self._path}/pulls/{number}"
        value: dict[str, Any] = {
            "pull_request": pull,
            "comments": self._comments(pull),
            "reviews": list(self._paged(f"{path}/reviews")),
            "review_comments": list(self._paged(f"{path}/comments")) if pull.get("review_comments", 1) else [],
        }
        if self.with_diffs:
            value["diff"] = self._diff(path)
        return value

    def _comments(self, thing: dict[str, Any]) -> list[Any]:
        path = f"{self._path}/issues/{int(thing['number'])}/comments"
        return list(self._paged(path)) if thing.get("comments", 1) else []

    def _diff(self, path: str) -> str | None:
        answer = self.client.answer(path, self._subject, accept=_DIFF, fine=_NO_DIFF)
        return answer.text if answer.status < 300 else None

    def _count(self) -> int | None:
        """How many issues there are; None where that cannot be told."""
        query = {"q": f"repo:{self.repository} is:issue", "per_page": 1}
        answer = self.client.answer("/search/issues", "", query, fine=(403, 404, 410, 422))
        value = answer.value if answer.status < 300 else {}
        return None if value.get("incomplete_results") is not False else value.get("total_count")

    def _all_issues(self) -> Iterator[dict[str, Any]]:
        rows = self._paged(f"{self._path}/issues", state="all", sort="created", direction="asc")
        return (row for row in rows if row.get("pull_request") is None)

    def _is_gone(self, name: str) -> bool:
        path = f"{self._path}/issues/{name.removeprefix('issue-').removesuffix('.json')}"
        return self.client.answer(path, "", fine=(301, 404, 410)).status >= 300

    def _paged(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """All of a list, by the links from page to page. What is gone by now has nothing."""
        options: dict[str, Any] = {**parameters, "per_page": _LIMIT}
        following, seen = path, set[str]()
        while following not in seen:
            seen.add(following)
            answer: Answer = self.client.answer(following, self._subject, options, missing_is_fine=True)
            if answer.status >= 300:
                return
            yield from answer.value
            if answer.next is None:
                return
            following, options = answer.next, {}
        raise self.client.error(f"{self.client.address.host} gives the same page again and again")


def _earlier(moment: str) -> str:
    start = datetime.fromisoformat(moment) - _OVERLAP
    return start.strftime("%Y-%m-%dT%H:%M:%SZ")
