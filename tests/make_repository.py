"""Repositories for tests: small ones, and one with a long and odd history, the same bytes at every run.

`python tests/make_repository.py FOLDER [COMMITS]` makes the long one, which has what histories have: merged and
squashed requests of several services, merges without one, of several branches and of two histories, renames, links,
binary files, names with control characters, messages in other encodings and in none, empty and huge ones, authors and
dates that no calendar knows, tags, and branches that nobody merged.
"""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

COMMITS = 5000
MERGE = "Merge pull request #7 from ada/pumps\n\nPumps run at night\n\nThey are quiet then."
_START = 1_500_000_000
_WORDS = ["pump", "valve", "gauge", "night", "filter", "oil", "pressure", "wrench", "manual", "seal", "report", "rotor"]
_NAMES = [
    b"Ada Quill <ada@example.org>",
    "Jörg Müller <joerg@example.org>".encode(),
    "小林 薫 <kaoru@example.org>".encode(),
    b"<nobody@example.org>",
    b"  Spaced   Out   <>",
    b"dependabot[bot] <bot@example.org>",
    b'O\'Brien "Bob" <bob@example.org>',
]
_ZONES = [b"+0000", b"+0100", b"-0730", b"+0545", b"+1400", b"-1200", b"+0575", b"+9999", b"-2400"]
_DATES = [0, 1, -86_400, 4_102_444_800, 253_402_300_799, 99_999_999_999_999]
_FILES = [
    *(f"src/part{number}.py" for number in range(40)),
    *(f"docs/{word}.md" for word in _WORDS),
    "docs/naïve name.txt",
    "odd/tab\there.txt",
    'odd/"quoted".txt',
    "odd/back\\slash.txt",
    "odd/new\nline.txt",
    ":odd.txt",
    "end of 0000000000000000000000000000000000000000",
]


class Repository:
    """A small repository, made commit by commit: they have a fixed author and, one day apart, fixed dates."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.day = folder, 0
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, data: bytes | None = None) -> bytes:
        """What git prints."""
        date = f"2024-01-{self.day + 1:02}T10:00:00+0100"
        fixed = {"NAME": "Ada Quill", "EMAIL": "ada@example.org", "DATE": date}
        identity = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in fixed.items()}
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(
            command, input=data, env=_environment() | identity, capture_output=True, check=True
        ).stdout

    def commit(self, message: str | bytes, *files: str) -> str:
        """A commit that writes its message to `files`; returns its id."""
        self.day += 1
        for file in files:
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(message))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--file=-", data=_bytes(message))
        return self.git("rev-parse", "HEAD").decode().strip()


def small_repository(folder: Path, *options: str) -> Repository:
    """Three commits on main, one of them a merge of the branch `pumps`."""
    repository = Repository(folder, *options)
    repository.commit("Begin\n\nWith a body\nof two lines.", "b.txt", "a.txt")
    repository.git("checkout", "--quiet", "-b", "pumps")
    repository.commit("Oil the pumps (#12)", "pumps/naïve name.txt")
    repository.git("checkout", "--quiet", "main")
    repository.day += 1
    repository.git("merge", "--quiet", "--no-ff", "-m", MERGE, "pumps")
    return repository


def _bytes(message: str | bytes) -> bytes:
    return message if isinstance(message, bytes) else message.encode()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


class _History:
    """Writes the stream that `git fast-import` reads (https://git-scm.com/docs/git-fast-import)."""

    def __init__(self, stream, seed: int) -> None:
        self.stream, self.random = stream, random.Random(seed)
        self.marks, self.pulls = 0, 0
        self.files: dict[str, int] = {}  # and how often each was written
        self.changed = b""  # by the last commit
        self.pages = -1

    def next_page(self) -> int:
        self.pages += 1
        return self.pages

    def words(self, most: int) -> str:
        return " ".join(self.random.choices(_WORDS, k=self.random.randint(1, most)))

    def commit(
        self, branch: str, message: bytes, parents: list[int], *, encoding: str = "", files: int = 2, extra: bytes = b""
    ) -> int:
        """A commit on `branch` that changes some files, and what `extra` says; returns its mark."""
        self.marks += 1
        say = self.stream.write
        say(f"commit refs/heads/{branch}\nmark :{self.marks}\n".encode())
        for role in (b"author", b"committer"):
            say(b"%b %b %b\n" % (role, self.random.choice(_NAMES[: 3 if role == b"committer" else None]), self.date()))
        if encoding:
            say(f"encoding {encoding}\n".encode())
        say(b"data %d\n%b\n" % (len(message), message))
        for number, parent in enumerate(parents):
            say(f"{'merge' if number else 'from'} :{parent}\n".encode())
        self.changed = b"".join(self.changes(files)) + extra
        say(self.changed + b"\n")
        return self.marks

    def date(self) -> bytes:
        when = _START + 3600 * self.marks
        if self.random.random() < 0.02:
            when = self.random.choice(_DATES)
        elif self.random.random() < 0.1:
            when -= self.random.randint(0, 90 * 86_400)
        return b"%d %b" % (when, self.random.choice(_ZONES if self.random.random() < 0.05 else _ZONES[:4]))

    def changes(self, count: int) -> Iterator[bytes]:
        for _ in range(count):
            name = self.random.choice(_FILES)
            self.files[name] = self.files.get(name, 0) + 1
            yield _file(name, self.content(name))
        if self.random.random() < 0.03:
            yield b"M 120000 inline link\ndata 11\n../../etc/%b\n" % self.random.choice([b"a", b"b"])
        if self.random.random() < 0.02:
            yield b"M 160000 %040x sub\n" % self.random.getrandbits(160)
        if self.random.random() < 0.02:
            yield _file("photo.png", b"\x89PNG\0" + self.random.randbytes(200))
        if self.random.random() < 0.02:
            yield _file("legacy.txt", "Grüße aus Köln\n".encode("latin-1") * self.random.randint(1, 5))

    def content(self, name: str) -> bytes:
        lines = [f"line {number} of {len(name)}" for number in range(30)]
        lines[self.files[name] % 30] = self.words(6)
        return ("\n".join(lines) + ("\n" if self.files[name] % 7 else "")).encode()

    def rename(self, parent: int, number: int) -> int:
        """A commit that renames a file and touches others."""
        name = f"moved/page{number}.txt"
        extra = _file(name, b"a page that moves\n" * 20)
        if number:
            extra = _quoted(b"R ", f"moved/page{number - 1}.txt") + _quoted(b" ", name) + b"\n"
        return self.commit("main", f"Rename page {number}".encode(), [parent], extra=extra)


def _file(name: str, data: bytes) -> bytes:
    return _quoted(b"M 100644 inline ", name) + b"\ndata %d\n%b\n" % (len(data), data)


def _quoted(before: bytes, name: str) -> bytes:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return before + f'"{escaped}"'.encode()


def _ordinary(history: _History, tip: int, number: int) -> int:
    """One more commit on main, of the kinds that are not merges."""
    kind = number % 20
    if kind < 6:  # squashed
        history.pulls += 1
        mark = "!" if kind == 5 else "GH-" if kind == 4 else "#"
        body = f"* one\n\n* two\n\n{history.words(30)}\n\n---------\n\nCo-authored-by: Bob Pump <bob@example.org>\n"
        return history.commit("main", f"{history.words(6)} ({mark}{history.pulls})\n\n{body}".encode(), [tip])
    if kind == 6:
        return history.rename(tip, history.next_page())
    if kind == 7:
        said = 'Revert "Oil the pumps"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n'
        return history.commit("main", said.encode(), [tip])
    body = f"{history.words(5)}\n\n{history.words(40)}\n\nSigned-off-by: Ada Quill <ada@example.org>\n"
    return history.commit("main", body.encode(), [tip])


def _odd(history: _History, tip: int) -> int:
    """Commits whose messages are unlike any other."""
    for message, encoding in [
        ("Grüße aus Köln".encode("latin-1"), "ISO-8859-1"),
        ("Привет из Москвы".encode("koi8-r"), "KOI8-R"),
        ("Grüße ohne Angabe, über die Öfen".encode("latin-1"), ""),
        (b"broken \xff\xfe byte", "x-nobody-knows"),
        (b"", ""),
        (b"  \n \n\n", ""),
        (b"\n\n\nlate\nsubject\n\n\nbody", ""),
        (b"huge\n\n" + b"word " * 200_000, ""),
        (b"carriage\r\n\r\nreturns\r\n", ""),
        (b"x" * 5000, ""),
        (b"#!/bin/sh\n# no heading\n", ""),
    ]:
        tip = history.commit("main", message, [tip], encoding=encoding)
    return tip


def _request(history: _History, tip: int, number: int) -> int:
    """A branch of some commits and its merge, as one of the services writes it."""
    branch, mark, changed = f"topic/{number}", tip, b""
    while mark == tip or history.random.random() < 0.4:
        mark = history.commit(branch, history.words(5).encode(), [mark])
        changed += history.changed
    kind = number % 8
    history.pulls += kind < 5
    said = [
        f"Merge pull request #{history.pulls} from ada/{branch}\n\n{history.words(6)}\n\n{history.words(30)}",
        f"Merge pull request #{history.pulls} from ada/{branch}\n\n{history.words(6)}",
        f"Merge branch '{branch}' into 'main'\n\n{history.words(6)}\n\nSee merge request pumps/works!{history.pulls}",
        f"Merged in {branch} (pull request #{history.pulls})\n\n{history.words(6)}",
        f"Merge pull request #{history.pulls} in PUMPS/works from {branch} to main\n\n{history.words(6)}",
        f"Merge branch '{branch}'",
        f"Merge branch '{branch}' into main\n\n# Conflicts:\n#\tsrc/part1.py",
        f"Merge remote-tracking branch 'origin/{branch}'",
    ][kind]
    return history.commit("main", said.encode(), [tip, mark], files=number % 2, extra=changed)


def _octopus(history: _History, tip: int, number: int) -> int:
    others, changed = [], b""
    for arm in range(3):
        others.append(history.commit(f"arm/{number}/{arm}", b"An arm", [tip]))
        changed += history.changed
    return history.commit(
        "main", b"Merge branches 'arm/0', 'arm/1' and 'arm/2'", [tip, *others], files=0, extra=changed
    )


def write_history(stream, commits: int, seed: int = 7) -> None:
    """Write a history of at least `commits` commits as a stream for `git fast-import`."""
    history = _History(stream, seed)
    tip = _odd(history, history.commit("main", b"Begin", []))
    number = 0
    while history.marks < commits:
        if number % 7 == 6:
            tip = _request(history, tip, number // 7)
        elif number % 900 == 450:
            tip = _octopus(history, tip, number)
        elif number % 900 == 600:
            other = history.commit(f"root/{number}", b"Another beginning", [])
            tip = history.commit("main", b"Merge a history of its own", [tip, other], files=0)
        else:
            tip = _ordinary(history, tip, number)
        number += 1
    for branch in range(3):
        mark = tip
        for step in range(4):
            mark = history.commit(f"open/{branch}", f"Unmerged {step}".encode(), [mark])
    stream.write(f"reset refs/tags/light\nfrom :{tip}\n\n".encode())
    stream.write(
        f"tag v1\nfrom :{tip // 2}\ntagger Ada Quill <ada@example.org> {_START} +0000\ndata 4\none\n\n".encode()
    )


def make_repository(folder: Path, commits: int = COMMITS) -> Path:
    """Make a bare repository in `folder`, whose branch `main` has some `commits` commits."""
    command = ["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(folder)]
    subprocess.run(command, env=_environment(), check=True)
    command = ["git", f"--git-dir={folder}", "fast-import", "--quiet", "--date-format=raw-permissive"]
    with subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE) as process:
        assert process.stdin
        write_history(process.stdin, commits)
    if process.returncode:
        raise RuntimeError(f"git fast-import ended with {process.returncode}")
    return folder


if __name__ == "__main__":
    make_repository(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else COMMITS)
