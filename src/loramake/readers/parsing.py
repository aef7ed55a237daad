"""One file -> its reading in the cache, or why there is none."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loramake.files import digest
from loramake.readers import kept
from loramake.readers.attempts import BY_LIMIT, failure, is_final
from loramake.readers.compressed import compression_of, unpack
from loramake.readers.formats import LIGHT, Format, suffix_of
from loramake.readers.parsed import Parsed, Part, Reading, Refused, Stream, part_of, row_of
from loramake.readers.planned import changed, check_unchanged, limit_of, most_bytes, size_of
from loramake.recipe.source import ReadingLimit, Source

_LIGHT_BYTES = 2**16
_PACKED = 8  # times its size that compressed text usually comes to


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read. `content` is its sha256, or the commit that a repository's branch leads to.

    `local` is where its bytes are if they are not at `path`. `key` is the same for whatever has the same reading.
    """

    path: str
    content: str
    format: Format
    source: Source
    parsed: Path
    local: str = ""
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        identity = self.format.identity(self.source, suffix_of(self.path))
        object.__setattr__(self, "key", digest([self.content, compression_of(self.path), identity]))

    @property
    def place(self) -> str:
        """Where its bytes are."""
        return self.local or self.path

    @property
    def target(self) -> Path:
        """Where the reading is kept: by content and reader, so that a renamed or copied file has it already."""
        return self.parsed / self.content[:2] / f"{self.key}.jsonl"

    @property
    def limit(self) -> ReadingLimit:
        """What reading it may take."""
        return limit_of(self.source, size_of(self.place) * (_PACKED if compression_of(self.path) else 1))

    @property
    def most_bytes(self) -> int:
        """What the file that it is unpacked to may grow to, and the text of that."""
        unpacked = most_bytes(self.source, size_of(self.place))
        return most_bytes(self.source, unpacked) if compression_of(self.path) else unpacked

    @property
    def is_light(self) -> bool:
        """Whether it is a small text, which does no harm as a rule."""
        if self.format.name not in LIGHT:
            return False
        try:
            return os.stat(self.place).st_size <= _LIGHT_BYTES  # noqa: PTH116 - called for each of 100,000 files
        except OSError:
            return False

    def prepare(self) -> None:
        """Load the reader. Raises DataError when a package is missing."""
        self.format.load()

    def is_kept(self) -> bool:
        """Whether the reading is in the cache, and would be the same under the limits of now."""
        head = kept.head_of(self.target)
        if head is None:
            return False
        if head["limit"] == _bounds(self.source):
            return True
        if any(was > now for was, now in zip(head["limit"], _bounds(self.source), strict=True)):
            return False
        return not any(row.get("reason", "").split(":")[0] in BY_LIMIT for row in kept.rows_of(self.target))

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The name of the reader with each part of the reading that is kept.

        A file that has parts, of which none gives a document, is refused as a whole besides.
        """
        rows = kept.rows_of(self.target)
        reader, says_something = next(rows)["reader"], False
        for row in rows:
            part = part_of(row)
            says_something = says_something or isinstance(part, Parsed) or not part.part
            yield reader, part
        if not says_something:
            yield reader, Refused("", "no_records: none of its records can be used")

    def run(self, folder: Path) -> str | None:
        """Read the file and keep what it gives, or why it gives nothing.

        Returns None, or a reason that is not kept: another machine, or another recipe, may read the file. Raises
        DataError when the file is no longer the one that the build was planned with.
        """
        error = failure(lambda: self._read(folder), self.limit, self.path)
        if error is None:
            return None
        if is_final(error, self.limit):
            self._keep(Reading.refusal(self.format.name, error), folder, 0)
            return None
        check_unchanged(self.place, self.content, self.source)
        return f"{error.reason}: {error.what}"

    def clean(self, folder: Path) -> None:
        """Remove a reading that was half written."""
        self._partial(folder).unlink(missing_ok=True)

    def _read(self, folder: Path) -> None:
        if not Path(self.place).is_file() and self.source.kind != "git":
            raise changed(self.path)  # and would make us wait, if it is a pipe by now
        with self._opened(folder) as opened:
            self._keep(self.format.read(opened, self.source), folder, size_of(str(opened)))

    @contextmanager
    def _opened(self, folder: Path) -> Iterator[Path]:
        """Where the reader finds the file, unpacked and with the suffix of its format."""
        compression = compression_of(self.path)
        if not self.local and not compression:
            yield Path(self.path)
            return
        with tempfile.TemporaryDirectory(dir=folder) as own:
            opened = Path(own, f"file{suffix_of(self.path)}")
            if compression:
                unpack(Path(self.place), compression, opened, most_bytes(self.source, size_of(self.place)))
            else:
                opened.symlink_to(Path(self.place).absolute())
            yield opened

    def _keep(self, reading: Reading | Stream, folder: Path, size: int) -> None:
        most = most_bytes(self.source, size)
        kept.keep(self.target, self._rows(reading), partial=self._partial(folder), most=most)

    def _rows(self, reading: Reading | Stream) -> Iterator[dict[str, Any]]:
        """The lines to keep. The file is looked at again behind the last one: it must be what was planned."""
        from loramake.readers.language import language_of

        yield {"reader": reading.reader, "limit": _bounds(self.source)}
        for part in reading.parts:
            if isinstance(part, Refused):
                yield row_of(part)
            elif part.text.strip():
                yield row_of(part if part.language else replace(part, language=language_of(part.text)))
            else:
                yield row_of(Refused(part.part, "no_text: nothing but white space"))
        check_unchanged(self.place, self.content, self.source)

    def _partial(self, folder: Path) -> Path:
        return self.target.with_name(f".{self.target.name}.{folder.name}")


def _bounds(source: Source) -> list[int]:
    """The limits that decide, on every machine alike, what a reading holds."""
    return [source.limit.pages, source.limit.output_mb]
