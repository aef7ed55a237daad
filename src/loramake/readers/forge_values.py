"""What the values in answers of GitHub and GitLab say, of their REST APIs, of GraphQL, and of their exports.

A value may be missing, null or of any other kind than it should be.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from loramake.readers.dates import iso_date

Object = dict[str, Any]

GHOST = "ghost"  # both services say so for an account that was deleted
_BOT = re.compile(
    r".*\[bot\]|app/.*|dependabot|renovate|(?:project|group)_\d+_bot\w*|service_account_\w+|gitlabduo"
    r"|(?:gitlab|alert|support|security|security-policy|automation|migration)-bot\d*",
    re.IGNORECASE,
)
_PLACE = re.compile(r"/(pull|pulls|issues|discussions|merge_requests|work_items)/(\d{1,18})(?:[/#?]|$)")
_PROJECT = re.compile(
    r"https?://[^/]+/(?:(?:api/v\d/)?repos/)?(.+?)(?:/-)?/(?:pulls?|issues|discussions|merge_requests|work_items)/"
)
_KINDS = {
    "pulls": "pull",
    "issues": "issue",
    "work_items": "issue",
    "discussions": "discussion",
    "merge_requests": "merge_request",
}
_LONGEST = 18  # digits


def field(item: Any, *names: str) -> Any:
    """The first value of an object that is not null, under `names`, written as here or in camelCase."""
    for name in names if isinstance(item, dict) else ():
        for key in (name, _camel(name)):
            if (value := item.get(key)) is not None:
                return value
    return None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def text(value: Any) -> str:
    """A text, or a number as one; "" for anything else."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", "").strip()
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def verbatim(value: Any) -> str:
    """A text whose white space says something: a diff."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def line(value: Any) -> str:
    """A text on one line."""
    return " ".join(text(value).split())


def number(value: Any) -> int | None:
    """A whole number that is not negative, which may be written as a text."""
    written = str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    written = written.strip().removesuffix(".0")
    return int(written) if written.isdecimal() and len(written) <= _LONGEST else None


def listed(value: Any) -> list[Any]:
    """The items of a list, or of a connection of GraphQL."""
    if isinstance(value, dict):
        if isinstance(value.get("nodes"), list):
            return list(value["nodes"])
        edges = value.get("edges")
        return [field(edge, "node") for edge in edges] if isinstance(edges, list) else []
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[Object]:
    """The objects among the items of a list."""
    return [item for item in listed(value) if isinstance(item, dict)]


def names(value: Any) -> list[str]:
    """What the items of a list are called: labels, branches, teams. Each once, in order."""
    return list(dict.fromkeys(found for item in listed(value) if (found := name(item))))


def name(value: Any) -> str:
    """What a label or a milestone is called; it may be the end of an address."""
    if isinstance(value, dict):
        return line(field(value, "name", "title", "label"))
    called = line(value)
    return unquote(called.rpartition("/")[2]) if called.startswith("https://") else called


def person(value: Any) -> str:
    """The account of a person; `ghost` if it was deleted."""
    if isinstance(value, dict):
        return line(field(value, "login", "username", "slug", "name")).removeprefix("app/") or GHOST
    return name(value) or GHOST


def is_bot(value: Any) -> bool:
    """Whether an account is a program's."""
    if isinstance(value, dict):
        kinds = {text(value.get(key)).lower() for key in ("type", "__typename")}
        if "bot" in kinds or value.get("is_bot") is True or value.get("bot") is True:
            return True
        return bool(_BOT.fullmatch(line(field(value, "login", "username"))))
    return isinstance(value, str) and ("/apps/" in value or bool(_BOT.fullmatch(name(value))))


def date(value: Any) -> str | None:
    """A date in ISO 8601."""
    return iso_date(value) if isinstance(value, str) else None


def moment(value: Any) -> float | None:
    """A date in seconds since 1970, to sort by; one without a zone counts as UTC."""
    try:
        found = datetime.fromisoformat(date(value) or "")
        return (found if found.tzinfo else datetime.fromisoformat(f"{found.isoformat()}+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None


def address(item: Any) -> str:
    """Where an item is to be seen by people, else where the API has it."""
    return line(field(item, "html_url", "web_url", "url"))


def place(url: str) -> tuple[str, int] | None:
    """The kind and the number in the address of a request, an issue or something in it: `("pull", 12)`."""
    found = _PLACE.search(url)
    return (_KINDS.get(found[1], found[1]), int(found[2])) if found else None


def project(url: str) -> str:
    """The project in an address: `owner/name`; "" if there is none."""
    found = _PROJECT.match(url[:2000])
    return found[1] if found else ""
