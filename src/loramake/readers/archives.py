"""Archives as folders: an archive -> the list of its members in the cache, and those that are asked for on the disk.

A member is written under a number, whatever its name. A name says where a document comes from, and is no path here.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from loramake.errors import SourceError
from loramake.files import digest
from loramake.globs import ARCHIVES, as_regex, expand_braces
from loramake.readers import kept
from loramake.readers.attempts import failure, is_final
from loramake.readers.formats import BY_KIND, suffix_of
from loramake.readers.members import BadMemberError, Member, kind_of, members_of
from loramake.readers.planned import check_unchanged, limit_of, most_bytes, size_of
from loramake.recipe.source import ReadingLimit, Source

MOST_MEMBERS = 200_000
_LONGEST_SUFFIX = 12  # characters that are told of one
_NAMED = 10  # suffixes that no format knows
_REVISION = 1  # to be bumped when the same archive gives other members
_BAD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")

Row = dict[str, Any]


def is_archive(path: str, source: Source) -> bool:
    """Whether a file is an archive of files for `source`, by its name."""
    return source.kind != "git" and ARCHIVES.fullmatch(path.rpartition("/")[2]) is not None


@dataclass(frozen=True, slots=True)
class Expansion:
    """An archive, whose sha256 is `content`, to be expanded into `folder`.

    `globs` are those of the members that are asked for, a line each; "" asks for all. `local` is where its bytes are if
    they are not at `path`. `key` is the same for whatever has the same list.
    """

    path: str
    content: str
    source: Source
    parsed: Path
    globs: str = ""
    local: str = ""
    folder: Path = Path()
    key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        exclude = [self.path, self.source.exclude] if self.source.exclude else None
        asked = [kind_of(self.path), self.source.kind, self.globs, exclude]
        object.__setattr__(self, "key", digest(["archive", _REVISION, self.content, asked]))

    @property
    def place(self) -> str:
        """Where its bytes are."""
        return self.local or self.path

    @property
    def target(self) -> Path:
        """Where the list of its members is kept: by content, and by what is asked for."""
        return self.parsed / self.content[:2] / f"{self.key}.jsonl"

    @property
    def limit(self) -> ReadingLimit:
        """What expanding it may take."""
        return limit_of(self.source, size_of(self.place))

    @property
    def most_bytes(self) -> int:
        """What its members may come to."""
        return most_bytes(self.source, size_of(self.place))

    @property
    def is_light(self) -> bool:
        """Never: it may hold anything."""
        return False

    def prepare(self) -> None:
        """Nothing that it needs takes long to load."""

    def is_kept(self) -> bool:
        """Whether the list of members is in the cache, and would be the same under the limits of now."""
        head = kept.head_of(self.target)
        return head is not None and head["output_mb"] <= self.source.limit.output_mb

    def found(self) -> Iterator[Row]:
        """What was found, by name: rows of `name`, `sha256` and `file`, the number that it was written under.

        A member that gives nothing has `name` and `refused`, the reason; several of no known format share one row,
        which has their `count` besides.
        """
        rows = kept.rows_of(self.target)
        next(rows)
        yield from rows

    def run(self, folder: Path) -> str | None:
        """Write the members to `self.folder`, and keep the list of them, or why there is none.

        Returns None, or a reason that is not kept. Raises DataError when the archive is no longer the one that the
        build was planned with.
        """
        error = failure(lambda: self._keep(self._expanded(), folder), self.limit, self.path)
        if error is None:
            return None
        if is_final(error, self.limit):
            self._keep([{"name": "", "refused": f"{error.reason}: {error.what}"}], folder)
            return None
        check_unchanged(self.place, self.content, self.source)
        return f"{error.reason}: {error.what}"

    def clean(self, folder: Path) -> None:
        """Remove a list that was half written."""
        self._partial(folder).unlink(missing_ok=True)

    def _keep(self, members: Iterable[Row], folder: Path) -> None:
        head = {"output_mb": self.source.limit.output_mb}
        rows = [head, *members]
        check_unchanged(self.place, self.content, self.source)
        kept.keep(self.target, rows, partial=self._partial(folder), most=self.most_bytes)

    def _partial(self, folder: Path) -> Path:
        return self.target.with_name(f".{self.target.name}.{folder.name}")

    def _expanded(self) -> list[Row]:
        self.folder.mkdir(parents=True)
        found, unknown, seen = list[Row](), Counter[str](), set[str]()
        asked, space = _Asked(self), _Space(self.folder, self.most_bytes)
        for number, member in enumerate(members_of(Path(self.place), self.path, self.most_bytes), 1):
            if number > MOST_MEMBERS:
                raise SourceError("too_many_members", f"more than {MOST_MEMBERS:,}")
            name, why = _tidied(member.name)
            if not asked.names(name.replace("../", "")):
                continue
            if not asked.knows(name):
                unknown[PurePosixPath(name).suffix[:_LONGEST_SUFFIX].lower() or "no suffix"] += 1
                continue
            why = why or member.refused or _why_not(name, seen)
            seen.add(name)
            found.append({"name": name, "refused": why} if why else {"name": name} | space.take(member))
        found.sort(key=lambda row: (row["name"], row.get("file", 0)))
        return found + list(_summary(unknown)) or [{"name": "", "refused": "no_members: none that is asked for"}]


class _Asked:
    """What is asked for of an archive."""

    def __init__(self, archive: Expansion) -> None:
        self.folder, self.formats = archive.path, BY_KIND[archive.source.kind]
        self.wanted = _regexes(archive.globs.split("\n") if archive.globs else ["**"])
        self.unwanted = _regexes(archive.source.exclude or [])

    def names(self, name: str) -> bool:
        """Whether the globs name a member."""
        path = f"{self.folder}/{name}"
        return any(glob.fullmatch(name) for glob in self.wanted) and not any(g.fullmatch(path) for g in self.unwanted)

    def knows(self, name: str) -> bool:
        """Whether it is of a format that can be read, or should be told about: an archive."""
        return suffix_of(name) in self.formats or ARCHIVES.fullmatch(name) is not None


def _regexes(globs: Iterable[str]) -> list[re.Pattern[str]]:
    return [as_regex(full) for glob in globs for full in expand_braces(glob)]


def _tidied(name: str) -> tuple[str, str]:
    """A member's name without what leads nowhere, and why nobody may use it if it leads elsewhere."""
    shown = _BAD.sub("\ufffd", name)
    parts = shown.replace("\\", "/").split("/")
    tidied = "/".join(part for part in parts if part not in ("", "."))
    if shown != name or not tidied:
        return tidied, "bad_name: no name for a file"
    if not parts[0] or _DRIVE.match(name) or ".." in parts:
        return tidied, "outside: its name leads out of the archive"
    return tidied, ""


def _why_not(name: str, seen: set[str]) -> str:
    if ARCHIVES.fullmatch(name):
        return "nested_archive: unpack it first"
    return "duplicate_member: another one has the same name" if name in seen else ""


def _summary(unknown: Counter[str]) -> Iterator[Row]:
    """One row for all members of no known format."""
    if not unknown:
        return
    most = sorted(unknown, key=lambda suffix: (-unknown[suffix], suffix))[:_NAMED]
    named = ", ".join([f"{unknown[suffix]} {suffix}" for suffix in most] + ["..."] * (len(unknown) > _NAMED))
    yield {"name": "", "refused": f"unknown_format: {named}", "count": unknown.total()}


class _Space:
    """A folder for members, under numbers from 1; it holds `most` bytes."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most, self.left, self.count = folder, most, most, 0

    def take(self, member: Member) -> Row:
        """Write a member. Its digest and number, or why it cannot be read. Raises SourceError `too_big`."""
        self.count += 1
        sum_of_bytes, file = sha256(), self.folder / str(self.count)
        try:
            with file.open("wb") as stream:
                for block in member.blocks():
                    self.left -= len(block)
                    if self.left < 0:
                        raise SourceError("too_big", f"more than {self.most >> 20:,} MiB unpacked (limit.output_mb)")
                    sum_of_bytes.update(block)
                    stream.write(block)
        except BadMemberError as error:
            file.unlink()
            return {"refused": f"damaged: the member cannot be unpacked ({error})"}
        return {"sha256": sum_of_bytes.hexdigest(), "file": self.count}
