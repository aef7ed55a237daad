"""Documents that are ZIP archives of XML files: opened so that nothing they say of themselves has to be believed.

Formats: ZIP (APPNOTE.TXT 6.3), XML 1.0 without entities of a document's own.
"""

import mmap
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from lxml import etree

from loramake.errors import SourceError
from loramake.readers.planned import most_bytes, size_of
from loramake.recipe.source import Source

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what files of Office 97-2003 begin with, and encrypted ones of today
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream that holds the latter (MS-OFFCRYPTO 2.3.4.4)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)
_BLOCK = 2**16


class Package:
    """An archive whose members are found whatever the case of their names."""

    def __init__(self, archive: zipfile.ZipFile, most: int) -> None:
        self._archive, self._left = archive, most
        self._most, self._spent = most, set[str]()
        self._members = {_normal(info.filename): info for info in reversed(archive.infolist()) if not info.is_dir()}

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._members

    @property
    def names(self) -> list[str]:
        """The members' names as they are written, in the archive's order."""
        return [info.filename for info in reversed(self._members.values())]

    def read(self, name: str) -> bytes:
        """The bytes of a member.

        Raises SourceError `damaged`, `encrypted`, or `too_big` when all that was read grows beyond its limit.
        """
        info = self._members.get(_normal(name))
        if info is None:
            raise SourceError("damaged", f"there is no {name} in it")
        self._spend(info)
        try:
            return self._archive.read(info)
        except _UNREADABLE as error:
            raise SourceError("damaged", f"{name} cannot be unpacked ({type(error).__name__})") from error

    def xml(self, name: str) -> Any:
        """The root element of a member. Raises SourceError as `read` does, or `entities`."""
        return parsed_xml(self.read(name), name)

    def blocks(self, name: str) -> Generator[bytes, None, None]:
        """The bytes of a member, a few at a time. Raises SourceError as `read` does."""
        info = self._members[_normal(name)]
        self._spend(info)
        try:
            with self._archive.open(info) as stream:
                while block := stream.read(_BLOCK):
                    yield block
        except _UNREADABLE as error:
            raise SourceError("damaged", f"{name} cannot be unpacked ({type(error).__name__})") from error

    def check(self, names: Iterable[str]) -> None:
        """Raise SourceError, as `xml` would, if members are not fit to be read by somebody else."""
        for name in names:
            with closing(self.blocks(name)) as blocks:
                refuse_entities(blocks)

    def _spend(self, info: zipfile.ZipInfo) -> None:
        """What the archive says of a size is the most that can be read of the member."""
        if info.flag_bits & 1:
            raise SourceError("encrypted", "it opens with a password only")
        if info.filename not in self._spent:
            self._left -= info.file_size
            self._spent.add(info.filename)
        if self._left < 0:
            raise SourceError("too_big", f"more than {self._most >> 20:,} MiB when it is unpacked (limit.output_mb)")


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


@contextmanager
def opened(path: Path, kind: str, source: Source) -> Iterator[Package]:
    """The package at `path`, which should be a `kind`: docx, say.

    Raises SourceError `empty`, `encrypted`, `old_format`, `not_a_<kind>` or `damaged`.
    """
    with path.open("rb") as stream:
        head = stream.read(len(_OLE))
        if not head:
            raise SourceError("empty", "the file has no bytes")
        if head == _OLE:
            _refuse_ole(stream.fileno(), kind)
    if not zipfile.is_zipfile(path):
        raise SourceError(not_a(kind), "not a ZIP archive, or cut off")
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        raise SourceError("damaged", f"its ZIP archive cannot be opened ({type(error).__name__})") from error
    with archive:
        yield Package(archive, most_bytes(source, size_of(str(path))))


def _refuse_ole(file: int, kind: str) -> NoReturn:
    with mmap.mmap(file, 0, access=mmap.ACCESS_READ) as data:
        if data.find(_ENCRYPTED) >= 0:
            raise SourceError("encrypted", "it opens with a password only")
    raise SourceError("old_format", f"written by Office 97-2003, or cut off: save it as .{kind}")


def not_a(kind: str) -> str:
    """The reason of a file that is not what its suffix says."""
    return f"not_an_{kind}" if kind[0] in "aeiorx" else f"not_a_{kind}"


def parsed_xml(data: bytes, name: str) -> Any:
    """The root element of XML; nothing is looked up for it. Raises SourceError `entities` or `damaged`."""
    refuse_entities([data])
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("damaged", f"{name} is no sound XML") from error
    if root is None:
        raise SourceError("damaged", f"{name} is empty")
    return root


class _Begun(Exception):  # noqa: N818 - it is no error
    """The root element has begun."""


def refuse_entities(blocks: Iterable[bytes]) -> None:
    """Raise SourceError if a document type declares entities: a few of them can stand for billions of characters."""
    parser = expat.ParserCreate()
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = _begun
    try:
        for block in blocks:
            parser.Parse(block)
    except (_Begun, expat.ExpatError):
        pass


def _begun(_name: str, _attributes: dict[str, str]) -> NoReturn:
    raise _Begun


def _refuse(name: str, *_declared: Any) -> NoReturn:
    raise SourceError("entities", f"its XML declares an entity, '{name[:40]}', which may stand for anything")
