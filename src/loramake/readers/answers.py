"""What the values in answers of Atlassian's services say."""

import re
from decimal import Decimal
from typing import Any

from loramake.readers.dates import iso_date

Object = dict[str, Any]

_SAYS = ("displayName", "value", "name", "key", "accountId")  # of a person, an option, a status, a project
_SPRINT = re.compile(r"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@\w+\[(?:\w+=[^,\]]*,)*?name=([^,\]]*)")
_DEEPEST_OPTION = 8
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EXPORTED = re.compile(
    r"(\d{1,2})[/ .-]([A-Za-z]{3})[a-z]*[/ .-](\d{4}|\d\d)(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s*([AaPp])[Mm])?)?"
)


def mapping(value: Any) -> Object:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Object]:
    """The objects in `value`, if it is a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def listed(value: Any) -> list[str]:
    """What the items of a list say, each in short."""
    return [said for item in value if (said := short(item))] if isinstance(value, list) else []


def short(value: Any) -> str:
    """What a value says in few words: a text, a number, a person, an option with those below it, or a list of them."""
    if isinstance(value, list):
        return ", ".join(listed([item for item in value if not isinstance(item, list)]))
    if isinstance(value, dict):
        return " > ".join(_options(value))
    if isinstance(value, str):
        sprint = _SPRINT.match(value)
        return sprint[1] if sprint else value.strip()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _options(value: Object) -> list[str]:
    """An option, and the one that is chosen below it, and so on."""
    said = []
    for _ in range(_DEEPEST_OPTION):
        said += [str(value[name]) for name in _SAYS if isinstance(value.get(name), str | int) and value[name] != ""][:1]
        value = mapping(value.get("child"))
    return said


def date_of(value: Any) -> str | None:
    """A date in ISO 8601, from how the API or an export in English writes it: `17/Feb/24 10:05 AM`."""
    found = _EXPORTED.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[2].lower() not in _MONTHS:
        return iso_date(float(value) if isinstance(value, Decimal) else value)
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    day = f"{year:04}-{_MONTHS.index(found[2].lower()) + 1:02}-{int(found[1]):02}"
    if found[4] is None:
        return iso_date(day)
    hour = int(found[4]) % 12 + 12 * (found[7].lower() == "p") if found[7] else int(found[4])
    return iso_date(f"{day}T{hour:02}:{found[5]}:{found[6] or '00'}")
