"""Repositories of git: how git is called, and which places it would read; nothing in them is ever run.

A repository is untrusted input, and much that stands in one is a command for git: hooks, pagers, filters, drivers of
diffs, helpers of file systems and remotes. git runs here with settings of its own, and may fetch nothing.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

_SETTINGS = (
    *("-c", "safe.directory=*"),
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", f"core.attributesFile={os.devnull}"),
    *("-c", "core.commitGraph=false", "-c", "core.multiPackIndex=false"),  # they may claim what the objects do not say
    *("-c", "core.packedGitWindowSize=16m", "-c", "core.packedGitLimit=256m", "-c", "core.deltaBaseCacheLimit=64m"),
    *("-c", "core.bigFileThreshold=16m", "-c", "pack.threads=1", "-c", "core.quotePath=false"),
    *("--no-pager", "--no-replace-objects"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # git before 2.45 fetches what is missing, by a command that the repository names
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}
_MOST_BYTES = 2**16  # of a file that says where another place is
_ALTERNATES = 5  # git follows no more of them, one behind the other
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")


def command(*arguments: str) -> list[str]:
    """The command line of a git that runs nothing and asks nobody."""
    return ["git", *_SETTINGS, *arguments]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would lead git elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT | more


def commit_of(folder: Path, name: str) -> str:
    """The id of the commit that `name` leads to in the repository at `folder`.

    Raises ValueError if git finds no repository or no such commit, OSError if it is not installed.
    """
    asked = command(f"--git-dir={git_folder(folder)}", "rev-parse", "--verify", "--quiet")
    try:
        answer = subprocess.run(
            [*asked, "--end-of-options", f"{name}^{{commit}}"],
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except FileNotFoundError:
        raise OSError("the program 'git' is not installed") from None
    except subprocess.TimeoutExpired:
        raise ValueError("git comes to no end") from None
    if answer.returncode:
        raise ValueError(f"git finds no commit '{name}'")
    return answer.stdout.strip()


def git_folder(folder: Path) -> Path:
    """Where the repository at `folder` keeps what is its own: in .git, where the file .git says, or right there.

    git itself would go on looking in the folders above. Raises ValueError if there is no repository.
    """
    inside = folder / ".git"
    said = _said(inside) if inside.is_file() else ""
    found = folder / said.removeprefix("gitdir:").strip() if said.startswith("gitdir:") else inside
    if not inside.exists():
        found = folder
    if not (found / "HEAD").exists() and not (found / "HEAD").is_symlink():
        raise ValueError("git finds no repository")
    return found


def common_folder(folder: Path) -> Path:
    """What the repository at `folder` has in common with its other working trees: refs and objects."""
    found = git_folder(folder)
    shared = _said(found / "commondir").strip()
    return found / shared if shared else found


def places_of(folder: Path) -> Iterator[Path]:
    """Every place that git reads for the repository at `folder` and that may be elsewhere: links, other objects.

    Raises ValueError if there is no repository, or a pipe in it.
    """
    own, common = git_folder(folder), common_folder(folder)
    yield from (own, common)
    seen: set[str] = set()
    for name in ("HEAD", "config", "packed-refs", "shallow"):
        yield from (parent / name for parent in (own, common))
    yield from _links(common / "refs", seen)
    waiting = [(common / "objects", 0)]
    while waiting:
        objects, depth = waiting.pop()
        yield from _links(objects, seen)
        if depth <= _ALTERNATES:
            waiting += [(other, depth + 1) for other in _alternates(objects)]


def _links(folder: Path, seen: set[str]) -> Iterator[Path]:
    """`folder`, every folder below it and every link, behind links to folders, too."""
    waiting = [folder]
    while waiting:
        yield (found := waiting.pop())
        if (real := os.path.realpath(found)) in seen:
            continue
        seen.add(real)
        try:
            entries = list(os.scandir(found))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir():
                waiting.append(Path(entry.path))
            elif not entry.is_file():
                _refuse_pipe(Path(entry.path))
            if entry.is_symlink():
                yield Path(entry.path)


def _alternates(objects: Path) -> Iterator[Path]:
    """The other folders that objects may be in."""
    for line in _said(objects / "info/alternates").splitlines():
        if line.startswith('"') and line.endswith('"') and len(line) > 1:
            line = _ESCAPE.sub(lambda found: chr(int(found[1], 8)) if found[1].isdecimal() else found[1], line[1:-1])
        if line and not line.startswith("#"):
            yield objects / line


def _refuse_pipe(file: Path) -> None:
    """Raise ValueError if there is something that git would wait for without end."""
    if file.exists() and not file.is_file():
        raise ValueError(f"git would wait for '{file.name}'")


def _said(file: Path) -> str:
    """The beginning of a small text file; "" if there is none."""
    _refuse_pipe(file)
    try:
        with file.open("rb") as stream:
            return os.fsdecode(stream.read(_MOST_BYTES))
    except OSError:
        return ""
