"""Records in .json and .jsonl: one document each, by the fields that the source names."""

import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers.conversations import conversation_of
from loramake.readers.dates import iso_date
from loramake.readers.json_values import loads, records_of
from loramake.readers.long_texts import TOO_LONG, UTF_8, byte_lines, encoding_of, open_text, text_lines
from loramake.readers.parsed import Parsed, Refused, Stream
from loramake.recipe.source import Source
from loramake.records import MESSAGES, dialogue

READER = "records"


def read(path: Path, source: Source) -> Stream:
    """Read the records of a file, one after another. Raises SourceError `empty`, `binary`, `no_list` or `no_records`.

    Values of a .json file that stand in no list are records, too. A record that is bad is refused alone, under its
    number from 1: `bad_json`, `too_deep`, `too_big`, `not_a_record`, `no_text`, `no_conversation` or
    `bad_conversation`. What follows a bad one in a .json file is lost; when the first is bad, that is the file's fate.
    """
    parts = _listed(path, source) if path.suffix.lower() == ".json" else _in_lines(path, source)
    return stream(READER, parts)


def stream(reader: str, parts: Iterator[Parsed | Refused]) -> Stream:
    """A stream of `parts`. Raises SourceError `no_records` if there is none, and what the first one raises."""
    first = next(parts, None)
    if first is None:
        raise SourceError("no_records", "the list is empty")
    return Stream(reader, chain([first], parts))


def _listed(path: Path, source: Source) -> Iterator[Parsed | Refused]:
    number = 0
    with open_text(path) as text:
        try:
            for number, row in enumerate(records_of(text, source.at), 1):
                yield made_of(row, source, number)
        except SourceError as error:
            if not number:
                raise
            yield refused(number + 1, error)


def _in_lines(path: Path, source: Source) -> Iterator[Parsed | Refused]:
    number = 0
    for offset, line in _lines(path):
        if line is not None and not line.strip():
            continue
        number += 1
        try:
            row = loads(_utf8(line))
        except SourceError as error:
            yield refused(number, error)
        else:
            yield made_of(row, source, number, offset)


def _lines(path: Path) -> Iterator[tuple[int | None, str | bytes | None]]:
    """The lines of a file with their places. UTF-8 is decoded later, so that a line that is none spoils no other."""
    if encoding_of(path) in UTF_8:
        yield from byte_lines(path)
        return
    with open_text(path) as text:
        for line in text_lines(text):
            yield None, line


def _utf8(line: str | bytes | None) -> str:
    if line is None:
        raise SourceError("too_big", f"{TOO_LONG} in one line")
    try:
        return (line.decode("utf-8") if isinstance(line, bytes) else line).strip()
    except UnicodeDecodeError:
        raise SourceError("bad_json", "not UTF-8") from None


def made_of(record: Any, source: Source, number: int, offset: int | None = None) -> Parsed | Refused:
    """The document of one record, or why it gives none."""
    try:
        return parse_record(record, source, number, offset)
    except SourceError as error:
        return refused(number, error)


def refused(number: int, error: SourceError) -> Refused:
    """Record `number`, which is refused."""
    return Refused(str(number), f"{error.reason}: {error.what}")


def parse_record(record: Any, source: Source, number: int, offset: int | None = None) -> Parsed:
    """The document of one record, whose fields are JSON values or Decimals.

    Raises SourceError `not_a_record`, `no_text`, `no_conversation` or `bad_conversation`.
    """
    if not isinstance(record, dict):
        raise SourceError("not_a_record", f"{_kind(record)} in place of an object")
    text, used, beside = _conversation(record, source) if source.conversations else _text(record, source)
    when = field_of(record, source.date) if source.date else None
    date = iso_date(float(when) if isinstance(when, Decimal) else when)
    named = {*used, source.id, source.author, source.date if date or when is None else None}
    others = {name: _plain(value) for name, value in record.items() if name not in named and _is_scalar(value)}
    return Parsed(
        text,
        part=(_said(field_of(record, source.id)) if source.id else "") or str(number),
        offset=offset,
        author=(_said(field_of(record, source.author)) if source.author else "") or None,
        date=date,
        meta={**others, **beside},
    )


def _text(record: dict[str, Any], source: Source) -> tuple[str, set[str], dict[str, Any]]:
    """What a record says, in which fields, and nothing beside it."""
    names = source.text or []
    text = "\n\n".join(said for name in names if (said := _said(field_of(record, name))))
    if not text:
        raise SourceError("no_text", f"nothing in {', '.join(names)}")
    return text, set(names), {}


def _conversation(record: dict[str, Any], source: Source) -> tuple[str, set[str], dict[str, Any]]:
    """A conversation as a text, in which fields it is, and its messages."""
    assert source.conversations is not None, "the caller has looked"
    messages, used = conversation_of(record, source.conversations)
    return dialogue(messages), used, {MESSAGES: messages}


def field_of(value: Any, name: str) -> Any:
    """What stands under `name`: a key as it is written, or keys with dots between them."""
    if isinstance(value, dict) and name in value:
        return value[name]
    first, dot, rest = name.partition(".")
    return field_of(value.get(first), rest) if dot and isinstance(value, dict) else None


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(said for item in value if not isinstance(item, list) and (said := _said(item)))
    return str(value).strip() if _is_scalar(value) and not isinstance(value, bool) else ""


def _is_scalar(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def _plain(value: Any) -> Any:
    """A scalar as JSON has it; a Decimal that is too large for a float is its digits."""
    if not isinstance(value, Decimal):
        return value
    number = float(value)
    return number if math.isfinite(number) else str(value)


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", int: "a number", Decimal: "a number", bool: "a truth value"}
    return names.get(type(value), "null")
