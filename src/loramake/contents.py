"""What stands at the places that a recipe names: listings with digests, of nothing outside of the project."""

import glob
import itertools
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from loramake.cache import Digests
from loramake.recipe.model import Source

Row = dict[str, str]


class OutsideError(ValueError):
    """A path that leads out of the project and the folders that are allowed beside it."""


class Project:
    """The folder that recipes are built in, and the folders outside of it that they may read."""

    def __init__(self, root: Path, digests: Digests, allowed: Sequence[Path] = ()) -> None:
        self.root, self.digests = root, digests
        self._homes = [os.path.realpath(home) for home in (root, *allowed)]
        self._folders: dict[str, bool] = {}

    def holds(self, path: str) -> bool:
        """Whether `path`, with its links followed, is inside the project or an allowed folder."""
        full = os.path.join(self.root, path)  # noqa: PTH118 - called for each of 100,000 files
        if os.path.islink(full):  # noqa: PTH114
            return self._inside(os.path.realpath(full))
        folder = os.path.dirname(full)  # noqa: PTH120
        if folder not in self._folders:
            self._folders[folder] = self._inside(os.path.realpath(folder))
        return self._folders[folder]

    def _inside(self, real: str) -> bool:
        return any(real == home or real.startswith(home + os.sep) for home in self._homes)

    def file(self, path: str) -> Path:
        """The place of `path`. Raises OutsideError, or FileNotFoundError."""
        if not self.holds(path):
            raise OutsideError(path)
        file = self.root / path
        if not file.is_file():
            raise FileNotFoundError(path)
        return file


def expand_braces(pattern: str) -> list[str]:
    """`a.{md,pdf}` as `a.md` and `a.pdf`; braces may stand in braces."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    before, after = pattern[: match.start()], pattern[match.end() :]
    return [full for choice in match[1].split(",") for full in expand_braces(before + choice + after)]


def matching_files(project: Project, patterns: Sequence[str], exclude: Sequence[str] = ()) -> list[str]:
    """The files that `patterns` name and `exclude` does not, sorted, relative to the project. Raises OutsideError."""
    found: set[str] = set()
    for pattern in itertools.chain.from_iterable(map(expand_braces, patterns)):
        if os.path.isabs(pattern) or ".." in PurePosixPath(pattern).parts:  # noqa: PTH117
            head = re.split(r"[*?\[]", pattern)[0]
            if not project.holds(head):
                raise OutsideError(pattern)
        found |= {os.path.normpath(path) for path in glob.iglob(pattern, root_dir=project.root, recursive=True)}  # noqa: PTH207
    if exclude:
        unwanted = [re.compile(_as_regex(full)) for pattern in exclude for full in expand_braces(pattern)]
        found = {path for path in found if not any(pattern.fullmatch(path) for pattern in unwanted)}
    files = sorted(path for path in found if (project.root / path).is_file())
    for path in files:
        if not project.holds(path):
            raise OutsideError(path)
    return files


def _as_regex(pattern: str) -> str:
    """A glob as a regular expression: `**/` is any number of folders, `*` stays in one."""
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(pieces.get(piece, re.escape(piece)) for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern))


def contents_of(source: Source, project: Project) -> list[Row]:
    """What a source holds now: `{"path", "sha256"}` a file, `{"path", "commit"}` for a repository, sorted by path.

    Raises OutsideError, FileNotFoundError when there is nothing, ValueError when git finds no such commit.
    """
    if source.git is not None:
        return [_git_row(source.git, source.branch or "HEAD", project)]
    patterns = source.files or source.records or []
    files = matching_files(project, patterns, source.exclude or [])
    if not files:
        raise FileNotFoundError(", ".join(patterns))
    return [{"path": path, "sha256": project.digests.sha256(path)} for path in files]


def _git_row(path: str, branch: str, project: Project) -> Row:
    if not project.holds(path):
        raise OutsideError(path)
    place = project.root / path
    if place.is_file():
        return {"path": path, "sha256": project.digests.sha256(path)}
    if not place.is_dir():
        raise FileNotFoundError(path)
    command = ["git", "-c", "safe.directory=*", "-C", str(place), "rev-parse", "--verify", "--quiet"]
    command += ["--end-of-options", f"{branch}^{{commit}}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError:
        raise ValueError("the program 'git' is not installed") from None
    if answer.returncode:
        raise ValueError(f"git finds no commit '{branch}' in '{path}'")
    return {"path": path, "commit": answer.stdout.strip()}


def folder_rows(path: str, project: Project) -> list[Row]:
    """Every file of a folder with its digest. Raises OutsideError."""
    return [{"path": file, "sha256": project.digests.sha256(file)} for file in matching_files(project, [f"{path}/**"])]


def differences(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What changed, a phrase a file: `new a.md`, `edited b.md`, `removed c.md`, `renamed d.md -> e.md`."""
    before, after = ({row["path"]: row.get("sha256") or row.get("commit") for row in rows} for rows in (old, new))
    gone = {path: before[path] for path in before if path not in after}
    for path, value in after.items():
        twin = next((name for name, was in gone.items() if was == value), None)
        if path in before:
            if before[path] != value:
                yield f"edited {path}"
        elif twin:
            del gone[twin]
            yield f"renamed {twin} -> {path}"
        else:
            yield f"new {path}"
    yield from (f"removed {path}" for path in gone)
