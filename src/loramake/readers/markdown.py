"""Markdown: the text as it stands, and its YAML front matter in fields."""

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.marks import first_heading
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.model import Source

READER = f"markdown (PyYAML {yaml.__version__})"
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\n+|\Z)", re.DOTALL | re.MULTILINE)


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few of them can stand for billions of values."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read a .md file. Raises SourceError `empty`, `binary` or `no_text`."""
    fields, text = split_front_matter(decode(path.read_bytes()))
    if not text.strip():
        raise SourceError("no_text", "nothing but white space")
    parsed = Parsed(
        text,
        section=_text(fields.pop("title", None)) or first_heading(text),
        author=_names(fields.pop("author", None)),
        language=_text(fields.pop("language", None)),
        date=_date(fields),
        meta=fields,
    )
    return Reading(READER, [parsed])


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter's values, fit for JSON, and the text after it; what is not a YAML mapping stays text."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    try:
        values = yaml.load(found[1], _Loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        return {}, text
    return (_json(values), text[found.end() :]) if isinstance(values, dict) else ({}, text)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, set):
        return sorted(str(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value


def _text(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _names(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(name for item in value if (name := _text(item))) or None
    return _text(value)


def _date(fields: dict[str, Any]) -> str | None:
    """The date, taken out of `fields`; one that nobody can read stays there."""
    written = iso_date(fields.get("date")) if isinstance(fields.get("date"), str) else None
    if written:
        del fields["date"]
    return written
