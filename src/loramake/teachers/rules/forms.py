"""Filling a form by rule: the schema's properties from a passage's fields."""

import re
from collections.abc import Mapping
from typing import Any

from loramake.teachers.calls import Call
from loramake.teachers.rules.passage import plain

_FIELD_LINE = re.compile(
    r"^\s{0,3}(?:[-*+] )?(?:\*\*|__)?([\w][\w .&'’()/-]{0,60}?)(?:\*\*|__)?\s?:(?:\*\*|__)?[ \t]+(\S.*)$", re.MULTILINE
)
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


def fill(call: Call) -> dict[str, Any]:
    """The properties of the schema that the passage has a value for: its `meta` first, then its `Key: value` lines."""
    known = {_spelling(key): value for key, value in _lines(call.text)}
    known |= {_spelling(key): value for key, value in call.meta.items() if value is not None}
    found: dict[str, Any] = {}
    for name, part in call.schema.get("properties", {}).items():
        if not isinstance(part, Mapping):
            continue
        if _spelling(name) in known:
            found[name] = _fit(known[_spelling(name)], part)
        elif "default" in part:
            found[name] = part["default"]
    if found:
        nullable = (name for name, part in call.schema["properties"].items() if "null" in _kinds(part))
        found |= {name: None for name in nullable if name not in found}
    return found


def _lines(text: str) -> list[tuple[str, str]]:
    # Of two lines with one key the first one holds.
    return [(plain(key), plain(value)) for key, value in reversed(_FIELD_LINE.findall(text))]


def _spelling(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _kinds(part: Any) -> list[str]:
    kinds = part.get("type", []) if isinstance(part, Mapping) else []
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _fit(value: Any, part: Mapping[str, Any]) -> Any:
    """`value` in the type that the schema wants, where there is only one way to read it; else as it is."""
    if not isinstance(value, str):
        return value if "string" not in _kinds(part) or isinstance(value, bool | list | dict) else str(value)
    for option in part.get("enum", ()):
        if isinstance(option, str) and _spelling(option) == _spelling(value):
            return option
    kinds = _kinds(part)
    number = value.replace(",", "")
    if "integer" in kinds and re.fullmatch(r"[+-]?\d{1,18}", number):
        return int(number)
    if "number" in kinds and re.fullmatch(r"[+-]?\d{1,18}(?:\.\d{1,18})?", number):
        return float(number)
    if "boolean" in kinds and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    if "array" in kinds and "string" not in kinds:
        return [item.strip() for item in value.split(",") if item.strip()]
    return value
