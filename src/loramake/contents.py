"""What stands at the places that a recipe names: listings with digests, of nothing outside of the project."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from loramake import places, repositories
from loramake.cache import Digests
from loramake.globs import as_regex, depth, expand_braces, is_wild, literal_head, split_archive
from loramake.recipe.source import Source

Row = dict[str, str]


class OutsideError(ValueError):
    """A path that leads out of the project and the folders that are allowed beside it."""


class Project:
    """The folder that recipes are built in, and the folders and addresses outside of it that they may read."""

    def __init__(
        self, root: Path, digests: Digests, allowed: Sequence[Path] = (), addresses: Sequence[str] = ()
    ) -> None:
        self.root, self.digests, self.addresses = root, digests, list(addresses)
        self._homes = [os.path.realpath(home) for home in (root, *allowed)]

    def holds(self, path: str) -> bool:
        """Whether `path`, with its links followed, is inside the project or an allowed folder."""
        real = os.path.realpath(os.path.join(self.root, path))  # noqa: PTH118 - pathlib refuses NUL and is slow
        return any(real == home or real.startswith(home + os.sep) for home in self._homes)

    def file(self, path: str) -> Path:
        """The place of `path`. Raises OutsideError, or FileNotFoundError."""
        if not self.holds(path):
            raise OutsideError(path)
        file = self.root / path
        if not file.is_file():
            raise FileNotFoundError(path)
        return file


class _Walk:
    """The files below folders of the project: found once, and asked by several globs."""

    def __init__(self, project: Project) -> None:
        self.project, self.refused = project, dict[str, str]()

    def matching(self, pattern: str) -> Iterator[str]:
        """The files that `pattern` names; those that it names and nobody may or can read go to `refused`."""
        head = literal_head(pattern)
        if not self.project.holds(head if is_wild(pattern) else pattern):
            raise OutsideError(pattern)
        wanted = as_regex(pattern).fullmatch
        for path in self._below(os.path.normpath(head) if head else "", depth(pattern), ()):
            if wanted(path):
                yield path

    def _below(self, folder: str, levels: int | None, above: tuple[str, ...]) -> Iterator[str]:
        try:
            with os.scandir(os.path.join(self.project.root, folder)) as found:  # noqa: PTH118
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            path = f"{folder.rstrip('/')}/{entry.name}" if folder else entry.name
            if entry.is_symlink() and not self.project.holds(path):
                self.refused[f"{path}/" if _is(entry.is_dir) else path] = (
                    "outside: a link that leads out of the project"
                )
            elif _is(entry.is_dir):
                inside = _with_link(entry, above)
                if (levels is None or levels > 0) and inside is not None:
                    yield from self._below(path, None if levels is None else levels - 1, inside)
            elif _is(entry.is_file):
                yield path
            else:
                self.refused[path] = "not_a_file: a link without a target, a pipe, a socket or a device"


def _is(kind: Callable[[], bool]) -> bool:
    """What `kind` says; no for a link that leads to itself, which it cannot follow."""
    try:
        return kind()
    except OSError:
        return False


def _with_link(entry: os.DirEntry[str], above: tuple[str, ...]) -> tuple[str, ...] | None:
    """The folders that links have led through, `entry` included; None if it leads back: a loop never ends by itself."""
    if not entry.is_symlink():
        return above
    real, holder = os.path.realpath(entry.path), os.path.realpath(os.path.dirname(entry.path))  # noqa: PTH120
    return None if real in above or f"{holder}/".startswith(f"{real}/") else (*above, holder, real)


def matching_files(project: Project, patterns: Sequence[str], exclude: Sequence[str] = ()) -> list[str]:
    """The files that `patterns` name and `exclude` does not, sorted, relative to the project. Raises OutsideError."""
    return [row["path"] for row in _rows(project, patterns, exclude) if "refused" not in row]


def _rows(project: Project, patterns: Sequence[str], exclude: Sequence[str]) -> list[Row]:
    """A row of `path` for each file that is named; with `members` for an archive of which only some are, and with
    `refused` for what cannot be read.
    """
    walk = _Walk(project)
    members: dict[str, set[str]] = {}
    wanted = [os.path.normpath(full) for pattern in patterns for full in expand_braces(pattern)]
    for pattern in wanted:
        for path in walk.matching(pattern):
            members.setdefault(path, set()).add("")
        if inside := split_archive(pattern):
            for path in walk.matching(inside[0]):
                members.setdefault(path, set()).add(inside[1])
    unwanted = [as_regex(full) for pattern in exclude for full in expand_braces(pattern)]
    refused = {path: why for path, why in walk.refused.items() if _is_asked_for(path, wanted)}
    rows = [
        {"path": path}
        | ({"refused": refused[path]} if path in refused else {})
        | ({"members": "\n".join(sorted(members[path]))} if path in members and "" not in members[path] else {})
        for path in sorted({*members, *refused})
    ]
    return [row for row in rows if not any(pattern.fullmatch(row["path"]) for pattern in unwanted)]


def _is_asked_for(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path that nobody may read is one that `patterns` name; of a folder, whether they reach into it."""
    if path.endswith("/"):
        return any("**" in pattern and path.startswith(literal_head(pattern)) for pattern in patterns)
    return any(as_regex(pattern).fullmatch(path) for pattern in patterns)


def contents_of(source: Source, project: Project) -> list[Row]:
    """What a source holds now, sorted by path: rows of `path` and `sha256`; of `path` and `commit` for a repository.

    An archive of which some files are named has `members`, their globs, a line each; a file elsewhere has its `stamp`
    in place of a digest; a file that cannot be read has `refused`, the reason. Raises OutsideError, FileNotFoundError
    when there is nothing, ValueError when git finds no such commit or an address cannot be listed.
    """
    if source.git is not None:
        return [_git_row(source.git, source.branch or "HEAD", project)]
    here = [pattern for pattern in source.patterns if not places.is_address(pattern)]
    rows = [_with_digest(row, project) for row in _rows(project, here, source.exclude or [])]
    for pattern in source.patterns:
        if places.is_address(pattern):
            rows += _elsewhere(pattern, source, project)
    outside = [row["path"] for row in rows if row.get("refused", "").startswith("outside")]
    if outside and len(outside) == len(rows):
        raise OutsideError(outside[0])
    if not rows:
        raise FileNotFoundError(", ".join(source.patterns))
    return rows


def _with_digest(row: Row, project: Project) -> Row:
    """The row of a file with its sha256, or with the reason that there is none."""
    try:
        row["path"].encode()
    except UnicodeEncodeError:
        return {"path": os.fsencode(row["path"]).decode(errors="backslashreplace"), "refused": "bad_name: no UTF-8"}
    if "refused" in row:
        return row
    try:
        return row | {"sha256": project.digests.sha256(row["path"])}
    except OSError as error:
        return {"path": row["path"], "refused": f"unreadable: {error.strerror}"}


def _elsewhere(pattern: str, source: Source, project: Project) -> list[Row]:
    if not places.is_allowed(literal_head(pattern) if is_wild(pattern) else pattern, project.addresses):
        raise OutsideError(pattern)
    unwanted = [as_regex(full) for glob in source.exclude or [] for full in expand_braces(glob)]
    return [row for row in places.listed(pattern) if not any(glob.fullmatch(row["path"]) for glob in unwanted)]


def _git_row(path: str, branch: str, project: Project) -> Row:
    if not project.holds(path):
        raise OutsideError(path)
    place = project.root / path
    if place.is_file():
        return {"path": path, "sha256": project.digests.sha256(path)}
    if not place.is_dir():
        raise FileNotFoundError(path)
    try:
        reals = (os.path.realpath(read) for read in repositories.places_of(place))
        outside = next((real for real in reals if not project.holds(real)), None)
        if outside is None:
            return {"path": path, "commit": repositories.commit_of(place, branch)}
    except ValueError as error:
        raise ValueError(f"{error} in '{path}'") from None
    raise OutsideError(outside)


def folder_rows(path: str, project: Project) -> list[Row]:
    """Every file of a folder with its digest. Raises OutsideError."""
    return [{"path": file, "sha256": project.digests.sha256(file)} for file in matching_files(project, [f"{path}/**"])]


def differences(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What changed, a phrase a file: `new a.md`, `edited b.md`, `removed c.md`, `renamed d.md -> e.md`."""
    before, after = ({row["path"]: _version(row) for row in rows} for rows in (old, new))
    gone: dict[str, list[str]] = {}
    for path in reversed(before):
        if path not in after:
            gone.setdefault(before[path], []).append(path)
    for path, version in after.items():
        if path in before:
            if before[path] != version:
                yield f"edited {path}"
        elif gone.get(version):
            yield f"renamed {gone[version].pop()} -> {path}"
        else:
            yield f"new {path}"
    left = {path for paths in gone.values() for path in paths}
    yield from (f"removed {path}" for path in before if path in left)


def _version(row: dict[str, Any]) -> str:
    """What changes when the file does: its digest, commit or stamp, or the reason that it has none."""
    return str(next((row[name] for name in ("sha256", "commit", "stamp", "refused") if name in row), ""))
