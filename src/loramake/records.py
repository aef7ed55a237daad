"""What flows between stages: one shape a hop, as JSON lines, each with enough lineage to walk back.

example -> chunk (offsets) -> document (page, section) -> source file (sha256)

The text of a document is Markdown in spirit: headings are lines that begin with `#`, tables are pipe tables, code is
fenced, and a form feed stands between two pages. Marks inside the text survive cleaning, where offsets beside it would
not.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from loramake.errors import DataError
from loramake.files import digest, whole_file

PAGE_BREAK = "\f"
MESSAGES = "messages"  # the key of a conversation in `meta`
PART_BYTES = 256_000_000
OF_THE_WHOLE = (MESSAGES, "sections", "images")  # keys of `meta` that of all passages the first one has


@dataclass(frozen=True, slots=True)
class Document:
    """What one file, record or commit says.

    `path` is relative to the project, with `/`, or an address; a file in an archive stands below the archive as in a
    folder. `part` names the record or commit inside the file ("" for the whole file), and `offset` is the byte of the
    file (unpacked, if it is compressed) at which that part begins, where the format has such a place. `page` and
    `section` are the first page (from 1) and the first heading, where there are any; `date` is ISO 8601; `licence` and
    `consent` are what the recipe says of the source; `sha256` is that of the source file's bytes (of a repository, the
    commit that was read); `reader` is name and version of what read it.
    """

    id: str
    text: str
    source: str
    path: str
    sha256: str
    reader: str
    part: str = ""
    offset: int | None = None
    page: int | None = None
    section: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    licence: str | None = None
    consent: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def identify(source: str, path: str, part: str, text: str) -> str:
        """The id of a document: a digest of where it stands and what it says."""
        return digest(["document", source, path, part, text])


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `text` is `document.text[start:end]`, in characters, exactly.

    `index` counts from 0 within the document.
    """

    id: str
    text: str
    document: str
    start: int
    end: int
    index: int
    source: str
    path: str
    part: str = ""
    page: int | None = None
    section: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation to learn from. `messages` are `{"role", "content"}`; the last one is the assistant's.

    `group` names the file or record that it comes from: examples of one group never part when the data is split.
    """

    id: str
    task: str
    messages: list[dict[str, str]]
    chunk: str
    document: str
    source: str
    group: str
    teacher: str
    scores: dict[str, float] = field(default_factory=dict)
    split: str | None = None


def messages_of(meta: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The conversation in the `meta` of a document or passage, as `{"role", "content"}`; None if there is none."""
    messages = meta.get(MESSAGES)
    if not isinstance(messages, list) or not messages:
        return None
    return messages if all(_is_message(message) for message in messages) else None


def _is_message(value: Any) -> bool:
    is_shape = isinstance(value, dict) and value.keys() == {"role", "content"}
    return is_shape and all(isinstance(said, str) for said in value.values())


def dialogue(messages: Sequence[Mapping[str, str]]) -> str:
    """A conversation as the text of a document: who speaks on a line, what is said below it."""
    return "\n\n".join(f"{message['role'].capitalize()}:\n{message['content']}" for message in messages)


Record = TypeVar("Record", Document, Chunk, Example)


@dataclass(frozen=True)
class Counts:
    """What a stage did with what it was given: `given = passed + dropped + quarantined`, in `unit`s.

    `made` counts what came out in other units; `detail` is anything else that follows from the inputs alone.
    """

    unit: str
    given: int
    passed: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("dropped", "quarantined", "made"):
            object.__setattr__(self, name, dict(getattr(self, name)))
        out = self.passed + sum(self.dropped.values()) + sum(self.quarantined.values())
        if self.given != out:
            raise DataError(f"{self.given} {self.unit} went in and {out} are accounted for")


class Writer:
    """JSON lines to a file that appears whole when the block ends well.

    `count` is the number of lines, `reasons` how many were written for each `reason`.
    """

    def __init__(self, path: Path) -> None:
        self.count = 0
        self.reasons: Counter[str] = Counter()
        self._file = whole_file(path)

    def __enter__(self) -> Self:
        self._stream = self._file.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, error, trace)

    def write(self, record: Document | Chunk | Example | Mapping[str, Any], *, reason: str | None = None) -> None:
        """Append one record, with its `reason` if it was refused."""
        row = (
            dict(record) if isinstance(record, Mapping) else {name: getattr(record, name) for name in record.__slots__}
        )
        if reason is not None:
            row["reason"] = reason
            self.reasons[reason.split(":")[0]] += 1
        self._stream.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.count += 1

    def write_line(self, line: bytes, *, reason: str | None = None) -> None:
        """Append a record that is a line of JSON already, `reason` in it, without its end."""
        self._stream.write(line.decode() + "\n")
        self.count += 1
        if reason is not None:
            self.reasons[reason.split(":")[0]] += 1


class PartsWriter:
    """JSON lines to files of a folder: NAME.jsonl and, beyond PART_BYTES, NAME-2.jsonl, NAME-3.jsonl, …

    The lines do not depend on where one part ends. `count` is the number of lines in all of them.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._parts = self._bytes = self.count = 0

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._part.__exit__(kind, error, trace)

    def write_line(self, line: bytes) -> None:
        """Append a record that is a line of JSON already, without its end."""
        if self._bytes and self._bytes + len(line) + 1 > PART_BYTES:
            self._part.__exit__(None, None, None)
            self._begin()
        self._part.write_line(line)
        self._bytes += len(line) + 1
        self.count += 1

    def _begin(self) -> None:
        self._parts, self._bytes = self._parts + 1, 0
        number = f"-{self._parts}" if self._parts > 1 else ""
        self._part = Writer(self._folder / f"{self._name}{number}.jsonl").__enter__()


def parts(path: Path) -> list[Path]:
    """The files of JSON lines at `path`, in the order of their numbers: those of a folder, or the one file."""
    if not path.is_dir():
        return [path]
    return sorted(path.glob("*.jsonl"), key=lambda part: (len(part.name), part.name))


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSON-lines file, or of a folder's parts, in order.

    Raises DataError with the line's number when one is not JSON.
    """
    for part in parts(path):
        with part.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise DataError(f"not a line of JSON: {error}", where=f"{part}:{number}") from None


def read_records(kind: type[Record], path: Path) -> Iterator[Record]:
    """The records of a file, in order; keys that `kind` does not know (a `reason`, say) are left out."""
    names = {f.name for f in fields(kind)}
    for row in read_rows(path):
        yield kind(**{name: value for name, value in row.items() if name in names})
