"""A snapshot on disk: data/raw/<source>/ with one file an item, and what the next fetch must know beside them.

`.fetch.json` holds the versions of the files and the service's notes; `.fetch.journal` what came since it was written,
a line a file, so that a fetch which is killed goes on where it was. Neither holds a key.
"""

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self

from loramake.contents import Project
from loramake.errors import FetchError
from loramake.files import canonical_json, write_json, write_text

RAW = "data/raw"
STATE = ".fetch.json"
JOURNAL = ".fetch.journal"
_LEFT_OVER = re.compile(r"\..+\.(json|journal)\.[a-z0-9_]{8}")


@contextmanager
def held(project: Project, name: str, where: str, say: Callable[[str], None]) -> Iterator[tuple[Path, int]]:
    """The path of `name` in data/raw/ for one fetch at a time, and the file that is locked meanwhile.

    Waits while another fetch is at work there. Raises FetchError when the path leads out of the project.
    """
    raw = project.root / RAW
    if not project.holds(RAW) or (raw / name).is_symlink():
        raise FetchError(
            f"'{RAW}/{name}' leads elsewhere, and nothing is written there",
            where=where,
            hint="put a folder in place of the link, or name its place in LORAMAKE_ALLOW",
        )
    raw.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(raw / f".{name}.lock", flags, 0o644), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waits for another fetch that is at work there")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield raw / name, lock.fileno()


class Snapshot:
    """The files of a source in `folder`, as a context. `identity` is what they are a snapshot of.

    With another identity than the last time, everything counts as old and the notes are gone; files that `mine` fits
    are taken for the source's own.
    """

    def __init__(self, folder: Path, identity: dict[str, Any], mine: re.Pattern[str]) -> None:
        self.folder, self.identity, self.notes, self.lost = folder, identity, dict[str, str](), False
        self.new, self.changed, self.removed = set[str](), set[str](), set[str]()
        self.is_of_other = False
        self._mine = mine
        self._versions: dict[str, str] = {}
        self._journal: IO[str] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        there = {entry.name for entry in os.scandir(self.folder) if entry.is_file(follow_symlinks=False)}
        for name in there:
            if _LEFT_OVER.fullmatch(name):
                (self.folder / name).unlink()
        if not self._recall():
            (self.folder / JOURNAL).unlink(missing_ok=True)  # before the state says that it is another's
        self.lost = bool(self._versions.keys() - there)
        self._versions = {name: version for name, version in self._versions.items() if name in there}
        self._versions |= {name: "" for name in there - self._versions.keys() if self._mine.fullmatch(name)}
        self._settle()
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()
        assert self._journal is not None
        self._journal.close()

    def _recall(self) -> bool:
        """Take up what the last fetch knew; False if it was a fetch of something else, or none."""
        try:
            state = json.loads(self._text(STATE))
            self.is_of_other = state["of"] != self.identity
            if self.is_of_other:
                return False
            self._versions, self.notes = dict(state["versions"]), dict(state["notes"])
            for line in self._text(JOURNAL).splitlines():
                self._replay(json.loads(line))
        except (OSError, KeyError, TypeError, ValueError):
            # A journal that ends within a line was being written when its fetch was killed.
            return bool(self._versions or self.notes)
        return True

    def _text(self, name: str) -> str:
        with os.fdopen(os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8") as stream:
            return stream.read()

    def _replay(self, entry: dict[str, Any]) -> None:
        if "note" in entry:
            self.notes[entry["note"]] = entry["value"]
        elif entry["version"] is None:
            self._versions.pop(entry["file"], None)
        else:
            self._versions[entry["file"]] = entry["version"]

    def _settle(self) -> None:
        """Write down what is known, and begin a new journal."""
        state = {"of": self.identity, "notes": self.notes, "versions": self._versions}
        write_json(self.folder / STATE, state)
        if self._journal is not None:
            self._journal.close()
        write_text(self.folder / JOURNAL, "")
        self._journal = (self.folder / JOURNAL).open("a", encoding="utf-8")

    def _log(self, **entry: Any) -> None:
        assert self._journal is not None
        self._journal.write(canonical_json(entry) + "\n")
        self._journal.flush()

    def __len__(self) -> int:
        return len(self._versions)

    def names(self) -> Set[str]:
        """The files in it."""
        return self._versions.keys()

    def has(self, name: str, version: str) -> bool:
        """Whether it has this version of a file."""
        return self._versions.get(name) == version

    def version(self, name: str) -> str | None:
        """The version of a file; None if it is not there."""
        return self._versions.get(name)

    def read(self, name: str) -> Any:
        """What a file holds; None if it is not there or no JSON."""
        with suppress(OSError, ValueError):
            return json.loads(self._text(name))
        return None

    def put(self, name: str, version: str, value: Any) -> None:
        """Keep an item. A file that would stay the same is not touched."""
        text = _as_text(value)
        before = None
        with suppress(OSError, ValueError):
            before = self._text(name)
        if text != before:
            write_text(self.folder / name, text)
            if before is None or name in self.new:
                self.new.add(name)
            else:
                self.changed.add(name)
        self._versions[name] = version
        self._log(file=name, version=version)

    def remove(self, name: str) -> None:
        """Remove the file of an item that is gone."""
        (self.folder / name).unlink(missing_ok=True)
        self._versions.pop(name, None)
        self.removed.add(name)
        self._log(file=name, version=None)

    def note(self, name: str, value: str) -> None:
        """Keep a note of the service."""
        self.notes[name] = value
        self._log(note=name, value=value)

    @property
    def unchanged(self) -> int:
        """How many files stayed as they were."""
        return len(self) - len(self.new - self.removed) - len(self.changed - self.removed)


def _as_text(value: Any) -> str:
    """JSON for people and readers alike; lone surrogates stay escaped, since no file can hold them."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, sort_keys=True, indent=1) + "\n"
    return text
