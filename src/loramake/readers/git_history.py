"""The history of a repository: its commits, oldest first, and what each one changed."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from typing import IO, Self

from loramake.errors import SourceError
from loramake.readers.decoding import decode
from loramake.readers.diffs import without_ids
from loramake.readers.git_repository import Repository

MOST_FILES = 50  # names of changed files that are kept
_AT_ONCE = 64  # commits that are asked for; their ids fit into a pipe
_LONGEST = 2**24  # bytes of a commit, message included
_LONGEST_PERSON = 2**12  # bytes
_LINE = 2**16  # bytes of a line of a diff that are held
_PERSON = re.compile(rb"([^<\n]*)<.*>[^>]*?(-?\d+)(?: ([+-]\d+))?\s*", re.DOTALL)
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_CHANGES = ("diff-tree", "--stdin", "-r", "--root", "--no-commit-id", "--raw")
_DIFFS = ("-p", "-M", "-l400", "--no-ext-diff", "--no-textconv", "--no-color", "--diff-algorithm=myers")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as it stands. `message` is None if it is too long to hold.

    The author's date is `seconds` since 1970, None if nobody can tell; `when` is None beyond the year 9999, too.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    seconds: int | None
    when: datetime | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit changed: how many files, the first of their names, sorted, and a diff of `size` characters.

    `diff` is None if it is longer than was asked for.
    """

    count: int
    files: list[str]
    diff: str | None
    size: int


def commits_of(repository: Repository) -> Iterator[Commit]:
    """The commits that lead to the tip, parents first. Raises DataError or SourceError `damaged` if one is missing."""
    with (
        repository.running("rev-list", "--topo-order", "--reverse", repository.tip, "--") as listing,
        repository.running("cat-file", "--batch") as objects,
    ):
        while ids := list(islice(listing.answers, _AT_ONCE)):
            objects.ask(b"".join(ids))
            for line in ids:
                commit = line.decode().strip()
                if (raw := _object(objects.answers)) is None:
                    raise repository.failure()
                yield _commit(commit, raw)
        if not listing.ended_well():
            raise repository.failure()


def _object(answers: IO[bytes]) -> bytes | None:
    """The next object, of which a part is missing if it is too long; None if git has none."""
    head = answers.readline().split()
    if len(head) != 3 or head[1] != b"commit":
        return None
    size = int(head[2])
    raw = answers.read(min(size, _LONGEST))
    left = size + 1 - len(raw)
    while left > 0 and (piece := answers.read(min(left, _LINE))):
        left -= len(piece)
    return raw if left == 0 else None


def _commit(commit: str, raw: bytes) -> Commit:
    head, _, message = raw.partition(b"\n\n")
    fields: dict[bytes, bytes] = {}
    parents = []
    for line in head.split(b"\n"):
        name, _, value = line.partition(b" ")
        if name == b"parent":
            parents.append(value.decode("ascii", "replace"))
        elif name:
            fields.setdefault(name, value)
    declared = fields.get(b"encoding", b"").decode("ascii", "replace")
    name, seconds, offset = _person(fields.get(b"author", b""))
    when = None if seconds is None else _when(seconds, offset)
    said = None if len(raw) >= _LONGEST else _text(message, declared)
    author = _author(name, declared, message[:_LONGEST_PERSON])
    return Commit(commit, tuple(parents), author, seconds, when, said)


def _person(line: bytes) -> tuple[bytes, int | None, str]:
    """The name, the seconds since 1970 and the offset in `Ada Quill <ada@example.org> 1700000000 +0100`."""
    found = _PERSON.fullmatch(line[:_LONGEST_PERSON])
    if not found:
        return line.partition(b"<")[0].strip(), None, ""
    return found[1].strip(), int(found[2]), (found[3] or b"").decode()


def _when(seconds: int, offset: str) -> datetime | None:
    """A date by its seconds since 1970, in the zone `offset` where there is such a zone; None beyond the year 9999."""
    digits = offset[1:]
    try:
        moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None
    try:
        away = timedelta(hours=int(digits[:-2] or 0), minutes=int(digits[-2:] or 0))
        return moment.astimezone(timezone(-away if offset[:1] == "-" else away))
    except (ValueError, OverflowError):
        return moment


def _text(raw: bytes, declared: str) -> str:
    """The text of `raw`, by its declared encoding, as UTF-8, or by what it looks like."""
    if not declared.lower().startswith("utf-16"):
        raw = raw.partition(b"\0")[0]  # git, too, sees nothing behind it
    try:
        return decode(raw, declared=declared) if declared else raw.decode("utf-8")
    except (UnicodeDecodeError, SourceError):
        pass
    try:
        return decode(raw)
    except SourceError:
        return raw.decode("utf-8", "replace")


def _author(name: bytes, declared: str, message: bytes) -> str:
    """A name is too short to look like anything: without a declared encoding it has that of the message."""
    try:
        return _text(name, declared) if declared else name.decode("utf-8")
    except UnicodeDecodeError:
        return _text(name + b"\n" + message, "").partition("\n")[0]


class Changes:
    """What commits changed, as one git tells commit by commit; with a diff of `most` characters at most, or without."""

    def __init__(self, repository: Repository, most: int | None) -> None:
        self._repository, self._most = repository, most
        self._git = repository.running(*_CHANGES, *(_DIFFS if most else ("--no-renames",)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._git.__exit__()

    def of(self, commit: str, parent: str = "") -> Change:
        """What `commit` changed, compared with `parent`, else with its parent; a merge has no changes then."""
        end = f"end of {commit}\n"  # diff-tree repeats what is no object's id; no object can hold its own id
        self._git.ask(f"{commit} {parent}".strip().encode() + b"\n" + end.encode())
        return _change(self._lines(end.encode()), self._most or 0)

    def _lines(self, end: bytes) -> Iterator[bytes]:
        """The answer, by lines; a long one comes in pieces."""
        while line := self._git.answers.readline(_LINE):
            if line == end:
                return
            yield line
            while line and not line.endswith(b"\n"):
                yield (line := self._git.answers.readline(_LINE))
        raise self._repository.failure()


def _change(lines: Iterator[bytes], most: int) -> Change:
    """The change that git describes: a line for each file, an empty one, and the diff."""
    files: list[str] = []
    count = 0
    for line in lines:
        if not line.startswith(b":"):
            break
        names = [_unquoted(name) for name in line.rstrip(b"\n").split(b"\t")[1:]]
        count, files = count + len(names), _first([*files, *names])
    size, kept = 0, list[str]()
    for text in without_ids(_decoded(lines)):
        size += len(text)
        if size > most:
            kept.clear()
        else:
            kept.append(text)
    return Change(count, sorted(files)[:MOST_FILES], "".join(kept) if size <= most else None, size)


def _first(names: list[str]) -> list[str]:
    """`names`, without those that are too many to be among the first."""
    return names if len(names) < 100 * MOST_FILES else sorted(names)[:MOST_FILES]


def _decoded(lines: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return map(decoder.decode, lines)


def _unquoted(name: bytes) -> str:
    """A file's name; git puts one into quotes that has quotes, backslashes or control characters in it."""
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return name.decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8) & 0xFF]) if found[1].isdigit() else _ESCAPED.get(found[1], found[1])
