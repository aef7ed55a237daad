"""Compressed files (.gz, .zst, .bz2, .xz): their bytes, one after the other, and never more than were allowed.

Formats: RFC 1952 (gzip), RFC 8878 (Zstandard), bzip2 1.0, The .xz File Format 1.2. A file may be several of them, one
behind the other; zeros may fill it up.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from loramake.errors import SourceError

_AT_ONCE = 2**10  # bytes; gzip makes 1 MiB of them at most, Zstandard 32 MiB
_WINDOW = 2**27  # bytes that a decompressor may want to remember; the most that the usual programs use
_BLOCK = 2**20


_DECOMPRESSORS: dict[str, Callable[[], Any]] = {
    ".gz": lambda: zlib.decompressobj(zlib.MAX_WBITS | 16),
    ".zst": lambda: zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj(),
    ".bz2": bz2.BZ2Decompressor,
    ".xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_WINDOW),
}
_DAMAGED = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)


def compression_of(path: str) -> str:
    """How a file is compressed, by its suffix; "" if it is not."""
    return next((suffix for suffix in _DECOMPRESSORS if path[-4:].lower().endswith(suffix)), "")


def unpack(packed: Path, compression: str, target: Path, most: int) -> None:
    """Write what is in a compressed file to `target`. Raises SourceError as `blocks` does."""
    with target.open("wb") as stream:
        for block in blocks(packed, compression, most):
            stream.write(block)


def blocks(path: Path, compression: str, most: int) -> Iterator[bytes]:
    """The bytes that a file holds; of a file with the `compression` "" those that it has.

    Raises SourceError `empty`, `damaged`, `truncated`, `trailing_bytes`, or `too_big` beyond `most` bytes.
    """
    size = 0
    for block in _unpacked(path, compression) if compression else _read(path, _BLOCK):
        size += len(block)
        if size > most:
            raise SourceError("too_big", f"more than {most >> 20:,} MiB when it is unpacked (limit.output_mb)")
        yield block
    if not size:
        raise SourceError("empty", "the file has no bytes")


def _unpacked(path: Path, compression: str) -> Iterator[bytes]:
    decompressor, is_first, is_begun = _DECOMPRESSORS[compression](), True, False
    for data in _read(path, _AT_ONCE):
        rest = data
        while rest := rest if is_begun or is_first else rest.lstrip(b"\0"):
            try:
                yield from _pieces(decompressor, rest)
            except _DAMAGED as error:
                raise _why(error, is_first=is_first, is_begun=is_begun) from None
            is_begun, rest = True, b""
            if decompressor.eof:
                rest = decompressor.unused_data
                decompressor, is_first, is_begun = _DECOMPRESSORS[compression](), False, False
    if is_begun:
        raise SourceError("truncated", "the compressed data ends in the middle")


def _pieces(decompressor: Any, data: bytes) -> Iterator[bytes]:
    """What `data` stands for, in pieces: 40 bytes of bzip2 may be 45 MB."""
    if not isinstance(decompressor, bz2.BZ2Decompressor | lzma.LZMADecompressor):
        yield decompressor.decompress(data)
        return
    yield decompressor.decompress(data, _BLOCK)
    while not (decompressor.eof or decompressor.needs_input):
        yield decompressor.decompress(b"", _BLOCK)


def _why(error: Exception, *, is_first: bool, is_begun: bool) -> SourceError:
    if "emory" in str(error):
        return SourceError("too_big", f"needs more than {_WINDOW >> 20} MiB of memory to be unpacked")
    if is_begun or is_first:
        return SourceError("damaged", "the compressed data is broken, or of another kind")
    return SourceError("trailing_bytes", "bytes follow the compressed data that are not part of it")


def _read(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(size):
            yield block
