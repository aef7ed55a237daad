"""A repository that is read: a folder's objects without its settings, or a bundle unpacked."""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from loramake.errors import DataError, LoramakeError, SourceError
from loramake.repositories import command, commit_of, common_folder, environment

_BUNDLE = re.compile(rb"# v\d git bundle\n")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHA256 = 64  # hexadecimal digits
_CONFIG = "[core]\n\tbare = true\n\trepositoryformatversion = {version}\n{extension}"


def _not_installed() -> DataError:
    return DataError("git is not installed", hint="install it, or leave out the sources of git")


class Running:
    """A git that runs: what it is asked, line by line, and what it answers."""

    def __init__(self, arguments: Sequence[str], errors: BinaryIO, **more: str) -> None:
        try:
            self._process = subprocess.Popen(
                command(*arguments),
                env=environment(**more),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except FileNotFoundError:
            raise _not_installed() from None
        assert self._process.stdin and self._process.stdout, "both are pipes"
        self._asked, self.answers = self._process.stdin, self._process.stdout

    def ask(self, lines: bytes) -> None:
        """Write `lines`, which are few: an answer that nobody reads stops git."""
        try:
            self._asked.write(lines)
            self._asked.flush()
        except BrokenPipeError:  # the answer that is missing will tell
            pass

    def ended_well(self) -> bool:
        """Whether git came to its end, which is waited for."""
        return self._process.wait() == 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        for stream in (self._asked, self.answers):
            with suppress(BrokenPipeError):
                stream.close()
        self._process.wait()


@dataclass(frozen=True)
class Repository:
    """The bare repository `folder`, whose objects stand in `objects`, at the commit `tip` of what `path` names."""

    path: Path
    folder: Path
    objects: Path
    tip: str
    errors: BinaryIO

    def running(self, *arguments: str) -> Running:
        """A git that works on this repository."""
        objects = str(self.objects.resolve())
        return Running([f"--git-dir={self.folder}", *arguments], self.errors, GIT_OBJECT_DIRECTORY=objects)

    def failure(self) -> LoramakeError:
        """The error to raise when git did not come to an end, with what it said first."""
        self.errors.seek(0)
        said = self.errors.read(1000).decode("utf-8", "replace").partition("\n")[0].removeprefix("fatal: ").strip()
        if self.path.is_file():
            return SourceError("damaged", said or "git cannot read it")
        return DataError(
            f"git cannot read all of it: {said}" if said else "git cannot read all of it",
            where=str(self.path),
            hint="if it is a partial clone, clone it without --filter; else 'git fsck' tells what is damaged",
        )


@contextmanager
def opened(path: Path, branch: str | None) -> Iterator[Repository]:
    """The repository at `path` and the commit that `branch`, a branch, a tag or a commit's id, leads to there.

    Nothing that the repository configures has a say in what is read: no attributes, replacements or grafts.

    Raises SourceError `empty`, `not_a_bundle`, `damaged` or `no_branch`; DataError if the repository lacks what would
    make the answer the same everywhere, or there is no git.
    """
    with tempfile.TemporaryDirectory(prefix="loramake-") as folder, tempfile.TemporaryFile() as errors:
        if path.is_dir():
            yield _lent(path, branch, Path(folder), errors)
        else:
            yield _unpacked(path, branch, Path(folder), errors)


def _lent(path: Path, branch: str | None, folder: Path, errors: BinaryIO) -> Repository:
    """A new repository in `folder` that has the objects of the one at `path` and nothing else of it."""
    try:
        common = common_folder(path)
        tip = branch if branch and _COMMIT.fullmatch(branch) else commit_of(path, branch or "HEAD")
    except ValueError as error:  # there was one when the build was planned
        raise DataError(str(error), where=str(path), hint="run the same command again") from None
    except OSError:
        raise _not_installed() from None
    if (common / "shallow").exists():
        raise DataError(
            "a shallow clone lacks its earlier commits", where=str(path), hint="git fetch --unshallow brings them"
        )
    _make_bare(folder, is_sha256=len(tip) == _SHA256)
    lent = Repository(path, folder, common / "objects", tip, errors)
    if not _is_there(lent, tip):  # the branch led to a commit when the build was planned
        raise DataError("changed since the build was planned", where=str(path), hint="run the same command again")
    return lent


def _make_bare(folder: Path, *, is_sha256: bool) -> None:
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    extension = "[extensions]\n\tobjectFormat = sha256\n" if is_sha256 else ""
    (folder / "config").write_text(_CONFIG.format(version=int(is_sha256), extension=extension))


def _unpacked(path: Path, branch: str | None, folder: Path, errors: BinaryIO) -> Repository:
    with path.open("rb") as stream:
        head = stream.read(64)
    if not _BUNDLE.match(head):
        raise SourceError("not_a_bundle" if head else "empty", "a file that is no git bundle")
    target = folder / "repository.git"
    asked = ["clone", "--bare", "--quiet", "--template=", "--", str(path.resolve()), str(target)]
    with Running(asked, errors, GIT_ALLOW_PROTOCOL="file") as clone:
        if not clone.ended_well():
            raise SourceError("damaged", "the bundle cannot be unpacked, or leaves out earlier commits")
    unpacked = Repository(path, target, target / "objects", "", errors)
    return Repository(path, target, target / "objects", _tip(unpacked, branch), errors)


def _tip(repository: Repository, branch: str | None) -> str:
    """The id of the commit that `branch` names; without one that of HEAD, or of the only branch."""
    if branch is None:
        heads = _answer(repository, "for-each-ref", "--format=%(refname)", "refs/heads").split()
        names = ["HEAD", *(heads if len(heads) == 1 else [])]
    else:
        names = [branch] if _COMMIT.fullmatch(branch) else [f"refs/heads/{branch}", f"refs/tags/{branch}"]
    for name in names:
        if tip := _answer(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").strip():
            return tip
    raise SourceError("no_branch", f"no branch, tag or commit '{branch}'" if branch else "no HEAD; name a branch")


def _is_there(repository: Repository, commit: str) -> bool:
    return _answer(repository, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").strip() == commit


def _answer(repository: Repository, *arguments: str) -> str:
    with repository.running(*arguments) as git:
        return git.answers.read().decode("utf-8", "replace")
