"""git: the commits of a working tree, a bare repository or a bundle, oldest first."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from loramake.errors import DataError, SourceError
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.recipe.model import Source

READER = "git"

_BUNDLE = re.compile(rb"# v\d git bundle\n")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PULL = re.compile(r"Merge pull request #(\d{1,9})\b|.*\(#(\d{1,9})\)$")
_FIELDS = "%H%x00%P%x00%an%x00%ad%x00%s%x00%b"
_MOST_FILES = 50
_SECONDS = 600
_SETTINGS = (
    *("-c", "safe.directory=*"),  # nothing that a repository configures is run by what is called here
    *("-c", "log.showSignature=false", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"),
    *("--no-pager", "--no-replace-objects"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    parents: str
    author: str
    date: str
    subject: str
    body: str


def read(path: Path, source: Source) -> Reading:
    """Read the commits that `source.branch` (or HEAD) leads to, from the day `source.since` on.

    `source.branch` may be a branch, a tag or a commit's id. Raises SourceError `empty`, `not_a_bundle`, `damaged`,
    `no_branch` or `no_commits`; DataError if the repository lacks what would make the answer the same everywhere.
    """
    since = _day(source.since)
    with _repository(path) as repository:
        tip = _tip(path, repository, source.branch)
        commits = [commit for commit in _commits(repository, tip) if since is None or _when(commit) >= since]
        files = _files(repository, [commit.id for commit in commits])
    reading = Reading(READER)
    for commit in commits:
        if commit.subject.strip() or commit.body.strip():
            reading.parsed.append(_document(commit, files.get(commit.id, [])))
        else:
            reading.refused.append(Refused(commit.id, "no_text: the commit has no message"))
    if not commits:
        raise SourceError("no_commits", f"none since {source.since}")
    return reading


def _day(since: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(since), datetime.min.time(), UTC) if since else None
    except ValueError:
        raise DataError(f"'{since}' is no date", where="sources: since", hint="write it as 2024-01-31") from None


@contextmanager
def _repository(path: Path) -> Iterator[Path]:
    """The folder of a repository; a bundle is unpacked into one that lasts as long as the block."""
    if path.is_dir():
        _check_whole(path)
        yield path
        return
    with path.open("rb") as stream:
        head = stream.read(64)
    if not _BUNDLE.match(head):
        raise SourceError("not_a_bundle" if head else "empty", "a file that is no git bundle")
    with tempfile.TemporaryDirectory(prefix="loramake-") as folder:
        repository = Path(folder, "repository.git")
        try:
            _git(Path(folder), "clone", "--bare", "--quiet", "--template=", "--", str(path.resolve()), str(repository))
        except subprocess.CalledProcessError:
            raise SourceError("damaged", "the bundle cannot be unpacked, or leaves out earlier commits") from None
        yield repository


def _check_whole(folder: Path) -> None:
    try:
        answer = _git(folder, "rev-parse", "--is-shallow-repository").strip()
    except subprocess.CalledProcessError:
        raise _changed(folder) from None
    if answer == b"true":
        raise DataError(
            "a shallow clone lacks its earlier commits", where=str(folder), hint="git fetch --unshallow brings them"
        )


def _changed(path: Path) -> DataError:
    return DataError("changed since the build was planned", where=str(path), hint="run the same command again")


def _git(folder: Path, *arguments: str, given: str | None = None) -> bytes:
    """What git prints. Raises CalledProcessError; DataError if there is no git."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *_SETTINGS, *arguments],
            input=given.encode() if given is not None else b"",
            env=inherited | _ENVIRONMENT,
            capture_output=True,
            check=True,
            timeout=_SECONDS,
        ).stdout
    except FileNotFoundError:
        raise DataError("git is not installed", hint="install it, or leave out the sources of git") from None


def _tip(path: Path, repository: Path, branch: str | None) -> str:
    try:
        return _resolve(repository, branch)
    except SourceError:
        if path.is_dir():  # the branch led to a commit when the build was planned
            raise _changed(path) from None
        raise


def _resolve(repository: Path, branch: str | None) -> str:
    """The id of the commit that `branch` names; without one that of HEAD, or of the only branch."""
    if branch is None:
        heads = _git(repository, "for-each-ref", "--format=%(refname)", "refs/heads").decode().split()
        names = ["HEAD", *(heads if len(heads) == 1 else [])]
    else:
        names = [branch] if _COMMIT.fullmatch(branch) else [f"refs/heads/{branch}", f"refs/tags/{branch}"]
    for name in names:
        try:
            return _git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
        except subprocess.CalledProcessError:
            continue
    raise SourceError("no_branch", f"no branch, tag or commit '{branch}'" if branch else "no HEAD; name a branch")


def _commits(repository: Path, tip: str) -> list[_Commit]:
    printed = _git(
        *(repository, "log", "-z", "--topo-order", "--reverse", "--date=raw", "--encoding=UTF-8", "--no-mailmap"),
        *("--no-show-signature", "--no-notes", "--no-decorate", f"--format={_FIELDS}", tip, "--"),
    )
    fields = printed.decode("utf-8", "replace").split("\0")
    width = len(_Commit.__slots__)
    return [_Commit(*fields[start : start + width]) for start in range(0, len(fields) - width + 1, width)]


def _files(repository: Path, commits: Sequence[str]) -> dict[str, list[str]]:
    """The names that each commit changed against its parent, sorted; a merge has none."""
    printed = _git(
        *(repository, "diff-tree", "--stdin", "-r", "--root", "-z", "--name-only", "--no-renames", "--no-ext-diff"),
        given="".join(f"{commit}\n" for commit in commits),
    )
    known = set(commits)
    files: dict[str, list[str]] = {}
    names: list[str] = []
    for item in printed.decode("utf-8", "replace").split("\0"):
        if item in known:
            names = files.setdefault(item, [])
        elif item:
            names.append(item)
    return {commit: sorted(names) for commit, names in files.items()}


def _when(commit: _Commit) -> datetime:
    """The author's date, written as seconds since 1970 and an offset: `1700000000 +0100`."""
    seconds, _, offset = commit.date.partition(" ")
    try:
        away = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
        return datetime.fromtimestamp(int(seconds), timezone(-away if offset[0] == "-" else away))
    except (ValueError, IndexError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _document(commit: _Commit, files: list[str]) -> Parsed:
    text = f"{commit.subject.strip()}\n\n{commit.body.strip()}".strip()
    meta: dict[str, Any] = {"commit": commit.id, "merge": " " in commit.parents, "files": files[:_MOST_FILES]}
    if pull := _PULL.match(commit.subject):
        meta["pull"] = int(pull[1] or pull[2])
    return Parsed(text, part=commit.id, author=commit.author or None, date=_when(commit).isoformat(), meta=meta)
