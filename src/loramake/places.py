"""Places elsewhere: `s3://bucket/docs/**` and whatever else fsspec can read, where LORAMAKE_ALLOW names them.

A file there is known by its stamp (ETag, checksum or time of change) without being read. The stage brings it to the
disk, and knows it by its sha256 from then on.
"""

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from loramake.errors import DataError, SourceError
from loramake.files import digest, sha256_file, whole_file
from loramake.globs import as_regex, expand_braces, is_wild, literal_head

Row = dict[str, str]

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://.")
_STAMPS = (
    "ETag",
    "etag",
    "md5Hash",
    "md5",
    "content_md5",
    "Content-MD5",
    "checksum",
    "crc32c",
    "generation",
    "version",
)
_TIMES = ("LastModified", "Last-Modified", "last_modified", "updated", "mtime", "modified")
_BLOCK = 2**20
_AT_ONCE = 8  # files that are under way


class PlaceError(ValueError):
    """A place that cannot be listed, with the reason."""


def is_address(pattern: str) -> bool:
    """Whether `pattern` is an address such as s3://bucket/docs/*.pdf and not a path."""
    return _ADDRESS.match(pattern) is not None


def is_allowed(address: str, allowed: Sequence[str]) -> bool:
    """Whether `address` is, or is below, one of the `allowed` ones."""
    if "::" in address or ".." in address.split("/"):
        return False
    return any(address == home.rstrip("/") or address.startswith(home.rstrip("/") + "/") for home in allowed)


def listed(pattern: str) -> list[Row]:
    """The files at the address `pattern`, as rows of `path` and `stamp`, sorted by path. Raises PlaceError."""
    rows: dict[str, Row] = {}
    for full in expand_braces(pattern):
        protocol = full.partition("://")[0]
        for path, info in _found(full).items():
            address = path if is_address(path) else f"{protocol}://{path}"
            rows[address] = {"path": address, "stamp": _stamp(address, info)}
    return [rows[address] for address in sorted(rows)]


def _found(pattern: str) -> dict[str, dict[str, Any]]:
    """What fsspec knows of the files that a glob names, by its own name for them."""
    import fsspec

    head = literal_head(pattern) if is_wild(pattern) else pattern
    try:
        system, root = fsspec.core.url_to_fs(head)
        system.invalidate_cache()
        if not is_wild(pattern):
            info = system.info(root)
            return {info["name"]: info} if info["type"] == "file" else {}
        wanted = as_regex(root.rstrip("/") + pattern[len(head.rstrip("/")) :])
        found = system.find(root, detail=True)
        return {name: info for name, info in found.items() if wanted.fullmatch(name) and info["type"] == "file"}
    except FileNotFoundError:
        return {}
    except ImportError as error:
        raise PlaceError(f"'{pattern}' needs a package that is not installed: {error}") from None
    except Exception as error:  # every service has errors of its own
        raise PlaceError(f"'{pattern}' cannot be listed: {_said(error)}") from None


def _stamp(address: str, info: dict[str, Any]) -> str:
    """What tells one version of a file from another without reading it."""
    found = [f"{name}={info[name]}" for name in _STAMPS if info.get(name)][:1]
    found = found or [f"{name}={info[name]}" for name in _TIMES if info.get(name)][:1]
    if not found:
        raise PlaceError(f"nothing tells one version of '{address}' from the next: no ETag, checksum or time of change")
    return f"{found[0]} size={info.get('size')}".replace('"', "")


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__


def all_brought(rows: Sequence[Row], folder: Path) -> list[Row]:
    """`rows` of which those elsewhere are brought to `folder`, several at a time; one that cannot be had is refused."""
    from tqdm import tqdm

    away = [row for row in rows if "stamp" in row]
    if not away:
        return list(rows)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        here = pool.map(lambda row: _brought_or_refused(row, folder), away)
        found = {
            row["path"]: done
            for row, done in zip(away, tqdm(here, total=len(away), desc="fetched", disable=None), strict=True)
        }
    return [found.get(row["path"], row) for row in rows]


def _brought_or_refused(row: Row, folder: Path) -> Row:
    try:
        return brought(row, folder)
    except SourceError as error:
        return {"path": row["path"], "refused": f"{error.reason}: {error.what}"}


def brought(row: Row, folder: Path) -> Row:
    """The row of a file elsewhere as one of a file on this disk, in `folder`: `path`, `sha256` and `local`.

    It is brought once for each stamp. Raises SourceError `unreachable` when it cannot be, DataError when it is another
    file than the one that the build was planned with.
    """
    target = folder / digest([row["path"], row["stamp"]])
    if not target.exists():
        _bring(row, target)
    return {"path": row["path"], "sha256": sha256_file(target), "local": str(target)}


def _bring(row: Row, target: Path) -> None:
    import fsspec

    address = row["path"]
    try:
        system, path = fsspec.core.url_to_fs(address)
        system.invalidate_cache()
        if _stamp(address, system.info(path)) != row["stamp"]:
            raise DataError("changed since the build was planned", where=address, hint="run the same command again")
        with system.open(path, "rb") as stream, whole_file(target, "wb") as out:
            while block := stream.read(_BLOCK):
                out.write(block)
    except (DataError, MemoryError):
        raise
    except Exception as error:  # every service has errors of its own
        raise SourceError("unreachable", f"it cannot be read: {_said(error)}", where=address) from None


def allowed_places() -> tuple[list[Path], list[str]]:
    """The folders and the addresses that LORAMAKE_ALLOW names beside the project, divided as in PATH."""
    divider = rf"{re.escape(os.pathsep)}(?!//|\d+(?:[/{os.pathsep}]|$))"  # not the colons of http://host:8443/
    named = [place for place in re.split(divider, os.environ.get("LORAMAKE_ALLOW", "")) if place]
    return [Path(place) for place in named if not is_address(place)], [place for place in named if is_address(place)]
