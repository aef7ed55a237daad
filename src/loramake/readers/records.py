"""Records in .json and .jsonl: one document each, by the fields that the source names."""

import json
import math
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.recipe.model import Source

READER = "records"


def read(path: Path, source: Source) -> Reading:
    """Read the records of a file. Raises SourceError `empty`, `binary`, `bad_json`, `no_list` or `no_records`.

    A record that is bad is refused alone, as `bad_json`, `not_a_record` or `no_text`, under its number from 1.
    """
    is_list = path.suffix.lower() == ".json"
    reading = Reading(READER)
    for number, row in enumerate(_list(path, source) if is_list else _lines(path), 1):
        try:
            reading.parsed.append(parse_record(row if is_list else _loads(row), source, number))
        except SourceError as error:
            reading.refused.append(Refused(str(number), f"{error.reason}: {error.what}"))
    if not reading.parsed and not reading.refused:
        raise SourceError("no_records", "the list is empty")
    return reading


def _list(path: Path, source: Source) -> list[Any]:
    value = _loads(decode(path.read_bytes()))
    if source.at is not None:
        value = _at(value, source.at)
        if not isinstance(value, list):
            raise SourceError("no_list", f"no list under '{source.at}'")
    return value if isinstance(value, list) else [value]


def _lines(path: Path) -> list[str]:
    """The lines of a file, each with its own fate: one that is no UTF-8 spoils no other."""
    data = path.read_bytes()
    text = decode(data) if not data or b"\0" in data else data.decode("utf-8-sig", "surrogateescape")
    return [line for line in text.split("\n") if line.strip()]


def _loads(text: str) -> Any:
    """The value of `text`; NaN and infinities are null, which JSON has instead."""
    try:
        text.encode("utf-8")
        return json.loads(text, parse_constant=lambda _: None)
    except UnicodeEncodeError:
        raise SourceError("bad_json", "not UTF-8") from None
    except json.JSONDecodeError as error:
        raise SourceError("bad_json", f"{error.msg}, line {error.lineno} column {error.colno}") from None
    except (ValueError, RecursionError):
        raise SourceError("bad_json", "a number too long, or nested too deeply") from None


def parse_record(record: Any, source: Source, number: int) -> Parsed:
    """The document of one record. Raises SourceError `not_a_record` or `no_text`."""
    if not isinstance(record, dict):
        raise SourceError("not_a_record", f"{_kind(record)} in place of an object")
    texts = source.text or []
    text = "\n\n".join(said for name in texts if (said := _said(_at(record, name))))
    if not text:
        raise SourceError("no_text", f"nothing in {', '.join(texts)}")
    when = _at(record, source.date) if source.date else None
    date = iso_date(when)
    named = {*texts, source.id, source.author, source.date if date or when is None else None}
    return Parsed(
        text,
        part=(_said(_at(record, source.id)) if source.id else "") or str(number),
        author=(_said(_at(record, source.author)) if source.author else "") or None,
        date=date,
        meta={name: value for name, value in record.items() if name not in named and _is_scalar(value)},
    )


def _at(value: Any, name: str) -> Any:
    """What stands under `name`: a key as it is written, or keys with dots between them."""
    if isinstance(value, dict) and name in value:
        return value[name]
    first, dot, rest = name.partition(".")
    return _at(value.get(first), rest) if dot and isinstance(value, dict) else None


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(said for item in value if not isinstance(item, list) and (said := _said(item)))
    return str(value).strip() if _is_scalar(value) and not isinstance(value, bool) else ""


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "a truth value"}
    return names.get(type(value), "null")
