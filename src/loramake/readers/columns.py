"""Columnar tables: Parquet, and Arrow's IPC files (Feather) and streams, which data sets of Hugging Face are, too.

The formats: https://parquet.apache.org/docs/file-format, https://arrow.apache.org/docs/format/Columnar.html
"""

import os
from collections.abc import Callable, Collection, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

# Arrow's own allocator reserves a gigabyte of addresses at once, which is as much as a reader may have.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from loramake.errors import SourceError
from loramake.readers.json_values import loads

PYARROW = f"pyarrow {pa.__version__}"

Row = dict[str, Any]
Choice = Callable[[list[str]], Collection[str]]

_ROWS = 64  # that are held as Python's values at once
_BUFFER = 2**20
_SUFFIXES = (".parquet", ".arrow")
_BEGINNINGS = (b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")


def is_columnar(path: Path) -> bool:
    """Whether a file is one of these, by its beginning or its name.

    Raises SourceError `empty`, `old_format` or `encrypted`.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise SourceError("empty", "the file has no bytes")
    if head.startswith(b"FEA1"):
        raise SourceError("old_format", "the first version of Feather; write it again as Arrow or Parquet")
    if head.startswith(b"PARE"):
        raise SourceError("encrypted", "its columns open with a key only")
    return head.startswith(_BEGINNINGS) or path.suffix.lower() in _SUFFIXES


def rows_of(path: Path, choose: Choice) -> Iterator[Row | SourceError]:
    """The rows as JSON values and Decimals, or why one is no use: `bad_value`, or `damaged` for a batch of them.

    Times are ISO 8601, in UTC where they have a zone; labels of a data set are their names; bytes are left out. Of the
    nested columns those are read that `choose` takes of all names. Raises SourceError `no_columns` if it takes none,
    and `damaged`, at the row where it comes to that.
    """
    with path.open("rb") as stream:
        is_parquet = stream.read(4) == b"PAR1" or path.suffix.lower() == ".parquet"
    try:
        with pa.OSFile(str(path)) as file:
            yield from (_parquet if is_parquet else _arrow)(file, choose)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _damaged(error) from None


def _damaged(error: Exception) -> SourceError:
    return SourceError("damaged", (str(error).strip() or type(error).__name__).split("\n")[0][:200])


def _parquet(file: Any, choose: Choice) -> Iterator[Row | SourceError]:
    table = pq.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER)
    schema = table.schema_arrow
    labels = _labels(schema)
    names = [schema.names[place] for place in _columns(schema, choose)]
    for batch in table.iter_batches(batch_size=_ROWS, columns=names, use_threads=False):
        yield from _rows(batch, labels)


def _arrow(file: Any, choose: Choice) -> Iterator[Row | SourceError]:
    is_file = file.read(6) == b"ARROW1"
    file.seek(0)
    reader = ipc.open_file(file) if is_file else ipc.open_stream(file)
    labels, columns = _labels(reader.schema), _columns(reader.schema, choose)
    for batch in (reader.get_batch(number) for number in range(reader.num_record_batches)) if is_file else reader:
        chosen = batch.select(columns)
        try:
            chosen.validate(full=True)  # offsets that lead out of a buffer would read what is not the file's
        except pa.ArrowInvalid as error:
            yield SourceError("damaged", f"{batch.num_rows} rows: {_damaged(error).what}")
        else:
            yield from _rows(chosen, labels)


def _columns(schema: Any, choose: Choice) -> list[int]:
    """The places of the columns to read."""
    chosen = choose(list(schema.names))
    if not chosen:
        raise SourceError(
            "no_columns", f"none of those that the source names; there are {', '.join(schema.names)[:200]}"
        )
    kinds = [(name, getattr(kind, "storage_type", kind)) for name, kind in zip(schema.names, schema.types, strict=True)]
    return [
        place
        for place, (name, kind) in enumerate(kinds)
        if name in chosen or not (pa.types.is_nested(kind) or _is_bytes(kind))
    ]


def _is_bytes(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return any(test(kind) for test in tests)


def _labels(schema: Any) -> dict[str, list[str]]:
    """The names of the classes that whole numbers stand for, as `datasets` notes them in a schema."""
    try:
        features = loads(schema.metadata[b"huggingface"].decode())["info"]["features"]
        return {
            name: list(map(str, feature["names"]))
            for name, feature in features.items()
            if feature.get("_type") == "ClassLabel"
        }
    except (SourceError, KeyError, TypeError, AttributeError, ValueError):
        return {}


def _rows(batch: Any, labels: dict[str, list[str]]) -> Iterator[Row | SourceError]:
    """The rows of a batch."""
    columns = [
        column.cast(fit, safe=False) if (fit := _fit(kind)) != kind else column for column, kind in _typed(batch)
    ]
    fitted = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    for start in range(0, fitted.num_rows, _ROWS):
        part = fitted.slice(start, _ROWS)
        try:
            rows: list[Row | SourceError] = part.to_pylist()
        except (ValueError, OverflowError, pa.ArrowException):
            rows = [_alone(part, number) for number in range(part.num_rows)]
        for row in rows:
            yield row if isinstance(row, SourceError) else _named(row, labels)


def _typed(batch: Any) -> Iterator[tuple[Any, Any]]:
    return zip(batch.columns, batch.schema.types, strict=True)


def _alone(batch: Any, number: int) -> Row | SourceError:
    """One row of a batch that has some which Python has no values for: bytes that are no UTF-8, the year 30000."""
    row = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            row[name] = column[number].as_py()
        except (ValueError, OverflowError, pa.ArrowException) as error:
            return SourceError("bad_value", f"column '{name[:100]}': {type(error).__name__}")
    return row


def _fit(kind: Any) -> Any:
    """The type for Python's values: no finer than microseconds, and in UTC if it has a zone."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us" if kind.unit == "ns" else kind.unit, "UTC" if kind.tz else None)
    if pa.types.is_time64(kind):
        return pa.time64("us")
    if pa.types.is_duration(kind):
        return pa.duration("us" if kind.unit == "ns" else kind.unit)
    if pa.types.is_struct(kind):
        return pa.struct(
            [kind.field(place).with_type(_fit(kind.field(place).type)) for place in range(kind.num_fields)]
        )
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_fit(kind.value_type)))
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_fit(kind.value_type)))
    return kind


def _named(row: Row, labels: dict[str, list[str]]) -> Row:
    """A row as JSON has it."""
    plain = {name: _plain(value) for name, value in row.items()}
    for name, names in labels.items():
        number = plain.get(name)
        if isinstance(number, int):
            plain[name] = names[number] if 0 <= number < len(names) else None
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        pairs = value and all(isinstance(item, tuple) and len(item) == 2 for item in value)  # a map
        return {str(key): _plain(item) for key, item in value} if pairs else [_plain(item) for item in value]
    return None if isinstance(value, bytes) else value
