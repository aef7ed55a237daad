"""GitLab: merge requests and issues of a project with their discussions (its REST API, v4).

Both lists are asked for what changed since a moment (`updated_after`), oldest change first, in steps of that moment:
what changes on the way moves to the end, and page numbers would skip what moves up in its place. What is gone is looked
for only when a list has another length (`X-Total`) than the snapshot.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from loramake.fetching.answer import Answer
from loramake.fetching.client import Client
from loramake.fetching.items import MOST_PAGES, Item, Known, Note, file_name
from loramake.recipe.source import Source

_NAME = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+|\d+")
_OVERLAP = timedelta(minutes=10)  # its copies of the data lag behind each other
_LIMIT = 100
# What a list is called, what an item of it is called, and how its file begins.
_LISTS = {"merge_requests": ("merge_request", "merge-request"), "issues": ("issue", "issue")}


def connect(client: Client, source: Source) -> "GitLab":
    """The service behind `client`. Raises FetchError for a name that is no project's."""
    assert source.fetch is not None
    project = source.fetch.repository or ""
    if not _NAME.fullmatch(project) or ".." in project:
        raise client.error(f"'repository' is {project or 'missing'}", "write it as group/name")
    if not re.search(r"/api/v\d$", client.address.path):
        client.address = client.address.below(f"{client.address.path}/api/v4")
    return GitLab(client, project, with_diffs=source.diffs is not None)


SAMPLES = ("issue-1.json", "merge-request-123456.json")
MINE = re.compile(r"(issue|merge-request)-\d+\.json")


class GitLab:
    """Merge requests and issues of one project."""

    def __init__(self, client: Client, project: str, *, with_diffs: bool) -> None:
        self.client, self.with_diffs = client, with_diffs
        self.expected: int | None = None
        self._path = f"/projects/{quote(project, safe='')}"
        self._subject = f"project '{project}'"
        self._lists: list[str] = []

    def items(self, known: Known) -> Iterator[Item | Note]:
        """What has changed since the last time, oldest change first."""
        project = self.client.get(self._path, self._subject)
        self._lists = [name for name in _LISTS if _is_on(project, name)]
        for list_ in self._lists:
            since = None if known.lost else known.notes.get(f"{list_}_since")
            for rows in self._steps(list_, "updated", _earlier(since) if since else None):
                for row in rows:
                    yield from self._item(known, list_, row)
                if rows:
                    yield Note(f"{list_}_since", rows[-1]["updated_at"])

    def gone(self, known: Known) -> Iterable[str]:
        """What was deleted or moved away."""
        for list_ in self._lists:
            _, prefix = _LISTS[list_]
            have = {name for name in known.names() if name.startswith(f"{prefix}-")}
            if len(have) == self._count(list_):
                continue
            there = {_file(prefix, row) for rows in self._steps(list_, "created", None) for row in rows}
            # The list is long, and may change while it is read: whoever is not in it is asked for.
            yield from (name for name in have - there if self._is_gone(list_, prefix, name))

    def _place(self, list_: str) -> str:
        return f"{self._path}/{list_}"

    def _steps(self, list_: str, moment: str, since: str | None) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list from a moment on: of when things were `created` or `updated`, oldest first."""
        options = _every(list_) | {"order_by": f"{moment}_at", "sort": "asc", "per_page": _LIMIT}
        path, parameters = self._place(list_), options | ({f"{moment}_after": since} if since else {})
        for _ in range(MOST_PAGES):
            answer = self.client.answer(path, self._subject, parameters)
            rows: list[dict[str, Any]] = answer.value
            yield rows
            if not rows or answer.next is None:
                return
            newest = rows[-1][f"{moment}_at"]
            if newest != since:
                since = newest
                path, parameters = self._place(list_), options | {f"{moment}_after": since}
            else:  # more than a page of the same moment
                path, parameters = answer.next, {}
        raise self.client.error(f"{self.client.address.host} gives the same page again and again")

    def _item(self, known: Known, list_: str, row: dict[str, Any]) -> Iterator[Item]:
        called, prefix = _LISTS[list_]
        name, version = _file(prefix, row), row["updated_at"]
        if known.has(name, version):
            yield Item(name, version)
            return
        path = f"{self._place(list_)}/{int(row['iid'])}"
        discussions = list(self._paged(f"{path}/discussions")) if row.get("user_notes_count", 1) else []
        value = {called: row, "discussions": discussions}
        if self.with_diffs and list_ == "merge_requests":
            value["changes"] = self._diffs(path)
        yield Item(name, version, value)

    def _diffs(self, path: str) -> list[Any]:
        """What a merge request changes, file by file; servers before 15.7 have it at another place."""
        found = self._pages(f"{path}/diffs")
        if found is None:
            return list((self.client.find(f"{path}/changes") or {}).get("changes", []))
        return [diff for page in found for diff in page]

    def _count(self, list_: str) -> int | None:
        """How long a list is; None where that is not told, which is so above 10,000."""
        answer = self.client.answer(self._place(list_), self._subject, _every(list_) | {"per_page": 1})
        total = answer.headers.get("X-Total", "")
        return int(total) if total.isdecimal() else None

    def _is_gone(self, list_: str, prefix: str, name: str) -> bool:
        number = name.removeprefix(f"{prefix}-").removesuffix(".json")
        return self.client.find(f"{self._place(list_)}/{number}") is None

    def _paged(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """All of a list. What is gone by now has nothing."""
        for page in self._pages(path, **parameters) or []:
            yield from page

    def _pages(self, path: str, **parameters: Any) -> Iterator[list[dict[str, Any]]] | None:
        """The pages of a list, by the links from one to the next; None if there is no such list."""
        first = self.client.answer(path, self._subject, {**parameters, "per_page": _LIMIT}, missing_is_fine=True)
        return None if first.status >= 300 else self._following(first)

    def _following(self, answer: Answer) -> Iterator[list[dict[str, Any]]]:
        seen = set[str]()
        while True:
            yield answer.value
            if answer.next is None:
                return
            if answer.next in seen:
                raise self.client.error(f"{self.client.address.host} gives the same page again and again")
            seen.add(answer.next)
            answer = self.client.answer(answer.next, self._subject)


def _is_on(project: dict[str, Any], list_: str) -> bool:
    """Whether a project has such a list at all."""
    return project.get(f"{list_}_enabled") is not False and project.get(f"{list_}_access_level") != "disabled"


def _every(list_: str) -> dict[str, Any]:
    return {"state": "all", "scope": "all"} if list_ == "merge_requests" else {"scope": "all"}


def _file(prefix: str, row: dict[str, Any]) -> str:
    return file_name(prefix, str(int(row["iid"])))


def _earlier(moment: str) -> str:
    return (datetime.fromisoformat(moment) - _OVERLAP).isoformat()
