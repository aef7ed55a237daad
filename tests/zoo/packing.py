"""Archives with whatever members, and ways to break them."""

import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

_LOCAL, _CENTRAL = b"PK\3\4", b"PK\1\2"
_MODES = {".gz": "w:gz", ".tgz": "w:gz", ".bz2": "w:bz2", ".xz": "w:xz"}


def zipped(path: Path, members: Mapping[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP archive; members are given by name, or with more about them."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name) if isinstance(name, str) else name
            archive.writestr(info, content, method, compresslevel=1)
    return path


def tarred(path: Path, members: Mapping[str | tarfile.TarInfo, bytes]) -> Path:
    """A tar archive, compressed as its suffix says."""
    mode: str = _MODES.get(path.suffix.lower(), "w")
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            if isinstance(name, str):
                info.size, info.type = len(content), tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(content))
    return path


def packed(path: Path, members: Mapping[str, bytes]) -> Path:
    """An archive of the kind that its suffix says."""
    return zipped(path, members) if path.suffix == ".zip" else tarred(path, members)


def called(name: str) -> zipfile.ZipInfo:
    """A member under a name that no honest program would give it."""
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    return info


def with_field(path: Path, place: int, value: bytes) -> Path:
    """A ZIP archive whose first member has `value` at `place` of both headers, counted as in the local one."""
    data = bytearray(path.read_bytes())
    for mark, more in ((_LOCAL, 0), (_CENTRAL, 2)):
        start = data.index(mark) + place + more
        data[start : start + len(value)] = value
    path.write_bytes(data)
    return path


def with_shared_bytes(path: Path) -> Path:
    """A ZIP archive whose second member stands where the first one does."""
    data = path.read_bytes()
    second = data.index(_CENTRAL, data.index(_CENTRAL) + 1)
    path.write_bytes(data[: second + 42] + bytes(4) + data[second + 46 :])
    return path


def sparse(path: Path, name: str, size: int) -> Path:
    """A tar archive in GNU's format, with one member that is a hole of `size` bytes."""
    info = tarfile.TarInfo(name)
    info.size, info.type = 0, tarfile.GNUTYPE_SPARSE
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    for start, value in ((386, 0), (398, 0), (483, size)):
        header[start : start + 12] = tarfile.itn(value, 12, tarfile.GNU_FORMAT)  # type: ignore[attr-defined]
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(bytes(header) + bytes(1024))
    return path


def replaced(path: Path, old: bytes, new: bytes) -> Path:
    """A file with other bytes in one place."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def cut(path: Path, size: int) -> Path:
    """A file without its end: `size` bytes of it, or without `-size` bytes."""
    path.write_bytes(path.read_bytes()[:size])
    return path
