"""Tables: .csv, .tsv, .parquet and .arrow, one document a row, by the fields that the source names."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from loramake.errors import SourceError
from loramake.readers import columns, delimited
from loramake.readers.conversations import FIELDS
from loramake.readers.parsed import Parsed, Refused, Stream
from loramake.readers.records import made_of, refused, stream
from loramake.recipe.source import Source

READER = f"tables ({columns.PYARROW})"


def read(path: Path, source: Source) -> Stream:
    """Read the rows of a table, one after another.

    Raises SourceError `empty`, `binary`, `too_big`, `no_header`, `no_columns` (that the source names), `damaged`,
    `old_format`, `encrypted` or `no_records`. A row that is bad is refused alone, under its number from 1, the header
    not counted: `bad_row`, `bad_value`, `too_big`, or as any record.
    """
    return stream(READER, _columnar(path, source) if columns.is_columnar(path) else _delimited(path, source))


def _delimited(path: Path, source: Source) -> Iterator[Parsed | Refused]:
    table = delimited.rows_of(path, partial(_named, source=source))
    for number, (place, row) in enumerate(table, 1):
        yield refused(number, row) if isinstance(row, SourceError) else made_of(row, source, number, place)


def _columnar(path: Path, source: Source) -> Iterator[Parsed | Refused]:
    number = 0
    try:
        for number, row in enumerate(columns.rows_of(path, partial(_named, source=source)), 1):
            yield refused(number, row) if isinstance(row, SourceError) else made_of(row, source, number)
    except SourceError as error:
        if not number:
            raise
        yield refused(number + 1, error)


def _named(names: list[str], source: Source) -> set[str]:
    """The columns that the source names, whole or by their first part; none if the text is in none of them."""
    text = _among(names, source.text or FIELDS)
    return text | _among(names, filter(None, (source.id, source.author, source.date))) if text else set()


def _among(names: list[str], fields: Iterable[str]) -> set[str]:
    return {name for field in fields for name in (field, field.partition(".")[0]) if name in names}
