"""An issue of Jira: what its fields say in short.

Fields are as the REST API gives them, https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/.
"""

import math
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from loramake.errors import SourceError
from loramake.readers.answers import Object, date_of, listed, mapping, objects, short

_CUSTOM = re.compile(r"customfield_\d+")
_LONGEST = 200  # characters of a custom field that is a value, not a text


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: its fields by their ids, `names` by which people know those, and the ids of the `custom` ones."""

    key: str
    fields: Object
    histories: list[Object] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    custom: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Any) -> Self:
        """The issue in one object of the API. Raises SourceError `not_an_issue`."""
        if not isinstance(item, dict):
            raise SourceError("not_an_issue", "no object")
        fields = item["fields"] if isinstance(item.get("fields"), dict) else item
        key = short(item.get("key")) or short(item.get("id"))
        if not key or (fields is item and "summary" not in item):
            raise SourceError("not_an_issue", "no key, or no fields")
        names = {name: said for name, said in mapping(item.get("names")).items() if isinstance(said, str)}
        custom = tuple(name for name in fields if _CUSTOM.fullmatch(name))
        return cls(key, fields, objects(mapping(item.get("changelog")).get("histories")), names, custom)

    def said(self, name: str) -> str:
        """What a field says, in short."""
        return short(self.fields.get(name))

    def person(self, name: str) -> str | None:
        """The name of the person in a field."""
        return self.said(name) or None

    def date(self, name: str) -> str | None:
        """A field's date in ISO 8601."""
        return date_of(self.fields.get(name))

    def inside(self, name: str, within: str) -> list[Object]:
        """The objects in a field such as `comment`, which holds a list of them under `within`."""
        value = self.fields.get(name)
        return objects(value if isinstance(value, list) else mapping(value).get(within))

    @property
    def links(self) -> list[tuple[str, Object]]:
        """The issues that this one is linked with, and how: `blocks`, `is blocked by`."""
        found = []
        for link in objects(self.fields.get("issuelinks")):
            kind = mapping(link.get("type"))
            for way, other in (("outward", link.get("outwardIssue")), ("inward", link.get("inwardIssue"))):
                if isinstance(other, dict):
                    found.append((short(kind.get(way)) or short(kind.get("name")), other))
        return found

    def meta(self) -> dict[str, Any]:
        """What a later task may ask for."""
        values: dict[str, Any] = {
            "key": self.key,
            "project": short(mapping(self.fields.get("project")).get("key")) or self.key.rpartition("-")[0],
            "type": self.said("issuetype"),
            **{name: self.said(name) for name in ("status", "resolution", "priority")},
            **{name: listed(self.fields.get(name)) for name in ("labels", "components")},
            "fix_versions": listed(self.fields.get("fixVersions")),
            **{name: self.said(name) for name in ("assignee", "reporter")},
            **{name: self.date(name) or self.said(name) for name in ("created", "updated")},
            "resolved": self.date("resolutiondate"),
            "due": self.date("duedate"),
            "parent": short(mapping(self.fields.get("parent")).get("key")),
            "subtasks": [short(other.get("key")) for other in objects(self.fields.get("subtasks"))],
            "links": [{"type": kind, "key": short(other.get("key"))} for kind, other in self.links],
            "comments_left_out": self._left_out(),
        }
        values = {**{name: _value(self.fields[name]) for name in self.custom}, **values}
        return {name: value for name, value in values.items() if value not in (None, "", [], 0) or value is False}

    def _left_out(self) -> int:
        """How many comments the answer does not hold, which a search gives a few of at a time."""
        total = mapping(self.fields.get("comment")).get("total")
        return max(0, total - len(self.inside("comment", "comments"))) if isinstance(total, int) else 0


def _value(value: Any) -> Any:
    """A custom field as a JSON value; None for a text, or for what says nothing."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal | float):
        return (int(value) if value == int(value) else float(value)) if math.isfinite(value) else None
    if isinstance(value, list):
        return [said for said in listed(value) if _is_short(said)]
    said = short(value)
    return said if _is_short(said) else None


def _is_short(said: str) -> bool:
    return 0 < len(said) <= _LONGEST and "\n" not in said
