"""Texts too long to hold: their encoding, and the text piece by piece or line by line."""

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from loramake.errors import SourceError
from loramake.readers.decoding import decode

LONGEST = 32 * 2**20  # characters, or bytes, that are held at once
TOO_LONG = f"more than {LONGEST >> 20} MiB"
UTF_8 = {"utf-8": 0, "utf-8-sig": 3}  # bytes of the mark
_PIECE = 2**20
_HEAD = 2**16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MANY_NULS = 0.1  # the share that tells UTF-16, or no text at all, from a text with a few stray ones


def open_text(path: Path) -> TextIO:
    """The text of a file, with its newlines as they stand. UTF-8, and what bears a mark, is never held as a whole.

    Raises SourceError `empty`, `binary`, or `too_big` for a long text in another encoding, which has to be guessed.
    """
    encoding = encoding_of(path)
    if encoding is not None and (encoding not in UTF_8 or _is_utf8(path)):
        return path.open(encoding=encoding, errors="replace", newline="")
    if path.stat().st_size > LONGEST:
        raise SourceError("too_big", f"{TOO_LONG} that are not UTF-8; save it as UTF-8")
    return io.StringIO(decode(path.read_bytes()), newline="")


def encoding_of(path: Path) -> str | None:
    """The encoding, by how a file begins: that of its mark, UTF-8, or None when the bytes cannot be UTF-8.

    Raises SourceError `empty` or `binary`.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise SourceError("empty", "the file has no bytes")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if head.count(0) > _MANY_NULS * len(head):
        decode(head)
        return None
    if plain := head.decode("utf-8", "ignore").replace("\0", ""):
        decode(plain.encode())
    return "utf-8"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while piece := stream.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def byte_lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file, each with the byte at which it begins; None in place of one that is too long to hold."""
    place = 0
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST):
            start, place = place, place + len(line)
            if len(line) < LONGEST or line.endswith(b"\n"):
                yield start, line
                continue
            while line and not line.endswith(b"\n"):
                line = stream.readline(_PIECE)
                place += len(line)
            yield start, None


def text_lines(stream: TextIO) -> Iterator[str | None]:
    """The lines of a text; None in place of one that is too long to hold."""
    while line := stream.readline(LONGEST):
        if len(line) < LONGEST or line.endswith(("\n", "\r")):
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = stream.readline(_PIECE)
        yield None
