"""The members of an archive, one after the other, as it has them: nothing of it is believed.

Formats: ZIP (APPNOTE.TXT 6.3), tar (POSIX.1-2001 ustar and pax, and GNU's).
"""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader, RawIOBase
from operator import attrgetter
from pathlib import Path
from stat import S_IFMT, S_ISREG
from typing import Any, Self

from loramake.errors import SourceError
from loramake.readers.compressed import blocks, compression_of

_BLOCK = 2**20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_LOCAL_HEADER = 30  # bytes in front of a member at the least
_COMPRESSION = {".tgz": ".gz", ".tbz": ".bz2", ".tbz2": ".bz2", ".txz": ".xz"}
_NO_FILE = "not_a_file: a link, a pipe or a device"


class BadMemberError(Exception):
    """A member that cannot be unpacked, while others can."""


@dataclass(frozen=True, slots=True)
class Member:
    """`blocks` gives the bytes, as long as it is this member's turn; `refused` is why nobody should have them."""

    name: str
    blocks: Callable[[], Iterable[bytes]]
    refused: str = ""


def members_of(archive: Path, name: str, most: int) -> Iterator[Member]:
    """The members of the archive that is called `name`, without its folders.

    Raises SourceError `empty`, `damaged`, `truncated`, `trailing_bytes`, `overlapping_members`, or `too_big` when a
    compressed archive has more than `most` bytes in all.
    """
    kind = kind_of(name)
    return _in_zip(archive) if kind == "zip" else _in_tar(archive, kind.removeprefix("tar"), most)


def kind_of(name: str) -> str:
    """`zip`, `tar`, or `tar.gz` and the like."""
    name = name.lower()
    if name.endswith(".zip"):
        return "zip"
    short = next((kind for suffix, kind in _COMPRESSION.items() if name.endswith(suffix)), "")
    return f"tar{short or compression_of(name)}"


def _in_zip(path: Path) -> Iterator[Member]:
    if not path.stat().st_size:
        raise SourceError("empty", "the file has no bytes")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise SourceError("damaged", "no ZIP archive, or cut off") from None
    with archive:
        _check_apart(archive)
        for info in archive.infolist():
            if not info.is_dir():
                name = info.orig_filename if "\0" in info.orig_filename else info.filename
                yield Member(name, partial(_zip_blocks, archive, info), _why_not(info))


def _check_apart(archive: zipfile.ZipFile) -> None:
    """Raise SourceError if members share bytes: only bombs are made so."""
    end = 0
    for info in sorted(archive.infolist(), key=attrgetter("header_offset")):
        if info.header_offset < end:
            raise SourceError("overlapping_members", "its members share their bytes, as those of bombs do")
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _why_not(info: zipfile.ZipInfo) -> str:
    kind = S_IFMT(info.external_attr >> 16)
    if kind and not S_ISREG(kind):
        return _NO_FILE
    if info.flag_bits & 1:
        return "encrypted: it opens with a password only"
    return "" if info.compress_type in _METHODS else f"unknown_compression: method {info.compress_type}"


def _zip_blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    left = info.file_size
    try:
        with archive.open(info) as stream:
            while block := stream.read(_BLOCK):
                left -= len(block)
                yield block
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise BadMemberError(type(error).__name__) from None
    if left:
        raise BadMemberError("shorter than it says")


def _in_tar(path: Path, compression: str, most: int) -> Iterator[Member]:
    stream = BufferedReader(_Blocks(blocks(path, compression, most)), _BLOCK)
    with _named(), tarfile.open(fileobj=stream, mode="r|", tarinfo=_Info, encoding="utf-8") as archive:
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined] # it would keep them all
            if not info.isdir():
                yield Member(info.name, partial(_tar_blocks, archive, info), "" if info.isreg() else _NO_FILE)
        _check_end(archive.fileobj)


@contextmanager
def _named() -> Iterator[None]:
    """What `tarfile` raises, under our names."""
    try:
        yield
    except tarfile.TarError as error:
        if "unexpected end" in str(error):
            raise _cut_off() from None
        raise SourceError("damaged", "a broken tar archive") from None


def _cut_off() -> SourceError:
    return SourceError("truncated", "the archive ends in the middle")


class _Blocks(RawIOBase):
    """A stream of blocks of bytes."""

    def __init__(self, given: Iterator[bytes]) -> None:
        self.given, self.rest = given, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.rest:
            block = next(self.given, None)
            if block is None:
                return 0
            self.rest = memoryview(block)
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size


class _Info(tarfile.TarInfo):
    """A header. A broken one behind a good one is told, and not taken for the end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except (tarfile.EmptyHeaderError, tarfile.TruncatedHeaderError):  # type: ignore[attr-defined]
            raise _cut_off() from None
        except tarfile.HeaderError:
            raise SourceError("damaged", "no tar archive, or a broken one") from None


def _tar_blocks(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    with _named():
        stream = archive.extractfile(info)
        while stream is not None and (block := stream.read(_BLOCK)):
            yield block


def _check_end(stream: Any) -> None:
    """Raise SourceError if anything but zeros follows the end of a tar archive: it may be another one."""
    while block := stream.read(_BLOCK):
        if block.strip(b"\0"):
            raise SourceError("trailing_bytes", "bytes follow the end of the archive")
