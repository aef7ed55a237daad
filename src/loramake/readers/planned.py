"""Files as the build was planned with them: whether they are the same still, and what they may grow to."""

import os
import stat
from hashlib import file_digest
from pathlib import Path

from loramake.errors import DataError
from loramake.recipe.source import ReadingLimit, Source

GROWTH = 20  # times its size that a file may grow to in any case; text shrinks to a tenth at best
PORTION = 64 * 2**20  # bytes that the time of a source's limit is for


def check_unchanged(path: str, content: str, source: Source) -> None:
    """Raise DataError unless the file at `path` has the sha256 `content`; a repository's commits never change."""
    try:
        if source.kind == "git" and Path(path).is_dir():
            return
        if _sha256(path) == content:
            return
    except OSError:
        pass
    raise changed(path)


def changed(path: str) -> DataError:
    """The error of a file that is not, or no longer, what the build was planned with."""
    return DataError("changed since the build was planned", where=path, hint="run the same command again")


def _sha256(path: str) -> str:
    """The digest of a regular file. What has become a pipe or a device since gives none, and makes nobody wait."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:  # noqa: PTH123 - of a descriptor
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(f"{path}: no file")
        return file_digest(stream, "sha256").hexdigest()


def size_of(path: str) -> int:
    """The size of a file, or of the objects of a repository (bytes); 0 if nobody can tell."""
    place = Path(path)
    try:
        if not place.is_dir():
            return place.stat().st_size
        objects = next(folder for folder in (place / ".git/objects", place / "objects") if folder.is_dir())
        return sum(file.stat().st_size for file in objects.rglob("*"))
    except (OSError, StopIteration):
        return 0


def most_bytes(source: Source, size: int) -> int:
    """What a file of `size` bytes may grow to: the limit of its source, or so many times its size."""
    return max(source.limit.output_mb << 20, GROWTH * size)


def limit_of(source: Source, size: int) -> ReadingLimit:
    """What reading a file of `size` bytes may take: of time, for each portion as much as the source's limit says."""
    portions = -(-size // PORTION)
    limit = source.limit
    return limit.model_copy(update={"seconds": limit.seconds * portions}) if portions > 1 else limit
