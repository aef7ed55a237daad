"""Lines of JSON in the cache that are known to be whole, without any promise of the file system.

The last line holds the number and the CRC-32 of those before it: a file that was half written when the power went, or
was damaged since, is not there.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from loramake.errors import SourceError

Row = dict[str, Any]

_BLOCK = 2**20
_LONGEST_END = 80  # bytes of the last line
_END = b'\n{"crc32":'


def keep(target: Path, rows: Iterable[Row], *, partial: Path, most: float) -> None:
    """Write `rows` to `target` by way of `partial`, a name in the same folder.

    Raises SourceError `too_big` beyond `most` bytes, and whatever `rows` raises; `target` is as before then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with partial.open("wb") as stream:
            _write(stream, rows, most)
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _write(stream: IO[bytes], rows: Iterable[Row], most: float) -> None:
    size = crc = 0
    for row in rows:
        line = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
        size += len(line)
        if size > most:
            raise SourceError("too_big", f"gives more than {most / 2**20:,.0f} MiB of text (limit.output_mb)")
        crc = zlib.crc32(line, crc)
        stream.write(line)
    stream.write(_last(crc, size))


def _last(crc: int, size: int) -> bytes:
    return f'{{"crc32":"{crc:08x}","bytes":{size}}}\n'.encode()


def head_of(path: Path) -> Row | None:
    """The first row of a file that is whole; None for any other, and where there is none."""
    try:
        with path.open("rb") as stream:
            head, end = stream.readline(), _end_of(stream)
            if end is None or not _is_sound(stream, *end):
                return None
        row = json.loads(head)
    except (OSError, ValueError):
        return None
    return row if isinstance(row, dict) else None


def _end_of(stream: IO[bytes]) -> tuple[int, bytes] | None:
    """Where the last line begins, and what it says."""
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - _LONGEST_END)
    stream.seek(start)
    tail = stream.read()
    place = tail.rfind(_END) + 1
    return (start + place, tail[place:]) if place else None


def _is_sound(stream: IO[bytes], size: int, last: bytes) -> bool:
    stream.seek(0)
    crc, left = 0, size
    while block := stream.read(min(_BLOCK, left)):
        crc, left = zlib.crc32(block, crc), left - len(block)
    return last == _last(crc, size)


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a file that is whole."""
    with path.open("rb") as stream:
        lines = iter(stream)
        last = next(lines)
        for line in lines:
            yield json.loads(last)
            last = line
