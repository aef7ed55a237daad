"""The CSV export of Jira: rows -> issues as the REST API gives them.

https://confluence.atlassian.com/jirasoftwareserver/working-with-search-results-939938731.html. A field that holds
several values has a column for each, all of the same name.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers.answers import Object, date_of
from loramake.readers.jira_issue import Issue
from loramake.readers.long_texts import open_text

_LONGEST_CELL = 16 * 2**20  # characters
_DELIMITERS = ",;\t|^"
_NUMBER = {"issue key", "work item key", "key"}
_FIELDS = {
    "summary": "summary",
    "description": "description",
    "environment": "environment",
    "issue type": "issuetype",
    "work type": "issuetype",
    "work item type": "issuetype",
    "status": "status",
    "priority": "priority",
    "resolution": "resolution",
    "reporter": "reporter",
    "creator": "creator",
    "assignee": "assignee",
    "created": "created",
    "updated": "updated",
    "resolved": "resolutiondate",
    "due date": "duedate",
    "security level": "security",
    "original estimate": "timeoriginalestimate",
    "time spent": "timespent",
    "votes": "votes",
}
_LISTS = {
    "labels": "labels",
    "component/s": "components",
    "components": "components",
    "fix version/s": "fixVersions",
    "fix versions": "fixVersions",
    "affects version/s": "versions",
    "affects versions": "versions",
    "sprint": "sprint",
    "sub-tasks": "subtasks",
}
_LINK = re.compile(r"(Outward|Inward) (?:issue|work item) link \((.+)\)", re.IGNORECASE)
_CUSTOM = re.compile(r"Custom field \((.+)\)", re.IGNORECASE)
_WRITTEN = re.compile(r"([^;\n]{6,40});([^;\n]{0,200});(.*)", re.DOTALL)


def items_of(path: Path) -> Iterator[tuple[Issue | SourceError, int | None]]:
    """The issues of a file. What follows a bad row is lost.

    Raises SourceError `empty`, `binary`, `too_big`, or `not_jira` if no column has the issues' keys.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with open_text(path) as text:
        head = text.readline()
        delimiter = max(_DELIMITERS, key=lambda mark: len(_cells(head, mark)))
        columns = [cell.strip() for cell in _cells(head, delimiter)]
        if not any(column.lower() in _NUMBER for column in columns):
            raise SourceError("not_jira", f"no column 'Issue key'; there are {', '.join(columns)[:200]}")
        try:
            for cells in csv.reader(text, delimiter=delimiter, strict=True):
                if any(cells):
                    yield _issue(columns, cells), None
        except csv.Error as error:
            yield SourceError("bad_row", f"{error}; what follows is lost"), None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _issue(columns: list[str], cells: list[str]) -> Issue | SourceError:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return SourceError("bad_row", f"{len(cells)} cells in {len(columns)} columns")
    fields: Object = {}
    key, custom = "", list[str]()
    for column, cell in zip(columns, cells, strict=False):
        name = column.lower()
        if not cell.strip():
            continue
        if name in _NUMBER:
            key = key or cell.strip()
        elif found := _CUSTOM.fullmatch(column):
            custom += [found[1]] if found[1] not in custom else []
            _add(fields, found[1], cell)
        else:
            _set(fields, column, cell)
    if not key:
        return SourceError("not_an_issue", "no key")
    return Issue(key, {**fields, **{name: _one(fields[name]) for name in custom}}, custom=tuple(custom))


def _set(fields: Object, column: str, cell: str) -> None:
    name = column.lower()
    if name in _FIELDS:
        fields.setdefault(_FIELDS[name], cell)
    elif name in _LISTS:
        _add(fields, _LISTS[name], {"key": cell.strip()} if name == "sub-tasks" else cell.strip())
    elif name == "project key":
        fields["project"] = {"key": cell.strip()}
    elif name in ("parent", "parent key") and re.fullmatch(r"[A-Z][A-Z0-9_]+-\d+", cell.strip()):
        fields["parent"] = {"key": cell.strip()}
    elif name in ("comment", "comments"):
        fields.setdefault("comment", {"comments": []})["comments"].append(_comment(cell))
    elif name == "attachment":
        _add(fields, "attachment", {"filename": [*cell.split(";"), "", ""][2] or cell})
    elif found := _LINK.fullmatch(column):
        way, kind = found[1].lower(), found[2]
        _add(fields, "issuelinks", {"type": {"name": kind}, f"{way}Issue": {"key": cell.strip()}})
    else:
        fields.setdefault(column, cell)


def _add(fields: Object, name: str, value: Any) -> None:
    fields.setdefault(name, []).append(value)


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _comment(cell: str) -> Object:
    """`17/Feb/24 10:05 AM;ada;words` -> who wrote it, when, and what."""
    found = _WRITTEN.fullmatch(cell)
    if found is None or date_of(found[1].strip()) is None:
        return {"body": cell}
    return {"created": found[1].strip(), "author": found[2].strip(), "body": found[3]}
