"""Files and archives -> their readings in the cache: what is there already is not read again."""

import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from loramake.errors import SourceError
from loramake.readers.archives import Expansion, is_archive
from loramake.readers.children import Done
from loramake.readers.formats import format_of
from loramake.readers.parsed import Part, Refused
from loramake.readers.parsing import Job
from loramake.readers.planned import check_unchanged
from loramake.readers.workers import Workers
from loramake.recipe.source import ReadingLimit, Source

_log = logging.getLogger(__name__)

Task = Job | Expansion
Key = tuple[str, ReadingLimit]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the source called `name`, or a member of an archive, with how it is read, or why it is not.

    `content` is its sha256, or a commit; `place` is where its bytes are, unless they are in an archive. `count` is that
    of the members of an archive for which one refusal speaks; 0 otherwise.
    """

    name: str
    source: Source
    path: str
    content: str
    reading: Task | Refused
    place: str = ""
    count: int = 0


def listed_file(name: str, source: Source, row: dict[str, str], parsed: Path) -> File:
    """The file of a row of a listing, with its reading under `parsed`. Its bytes may be at `local`, on this disk."""
    path, local, content = row["path"], row.get("local", ""), row.get("sha256") or row.get("commit") or ""
    if "refused" in row:
        reading: Task | Refused = Refused("", row["refused"])
    elif is_archive(path, source):
        reading = Expansion(path, content, source, parsed, row.get("members", ""), local)
    else:
        # A repository is read at the commit that it was planned with, wherever its branch leads by now.
        read_as = source.model_copy(update={"branch": row["commit"]}) if "commit" in row else source
        reading = _job(path, content, read_as, parsed, local)
    return File(name, source, path, content, reading, local or path)


def _job(path: str, content: str, source: Source, parsed: Path, local: str) -> Job | Refused:
    try:
        return Job(path, content, format_of(path, source), source, parsed, local)
    except SourceError as error:
        return Refused("", f"{error.reason}: {error.what}")


class Readings:
    """The readings of files. `parsed` counts those that `read` found missing in the cache."""

    def __init__(self) -> None:
        self.parsed = 0
        self._failed: dict[Key, str] = {}
        self._started: set[Key] = set()
        self._unread: Counter[Path] = Counter()

    def read(self, files: list[File], threads: int) -> None:
        """Read every file whose reading is not kept, with `threads` processes at a time; the others must be as planned.

        Raises DataError when a file has changed since.
        """
        with Workers[Task](threads) as workers:
            tasks = list(self._new(files))
            workers.add(_in_folder(task, workers.folder / f"archive-{number}") for number, task in enumerate(tasks))
            with tqdm(total=len(tasks), desc="sources", disable=None) as bar:
                for task, done in workers.results():
                    members = self._finished(task, done)
                    workers.add_first(members)
                    bar.total = (bar.total or 0) + len(members)
                    bar.update()

    def files(self, listed: list[File]) -> Iterator[File]:
        """The files that are `listed`, in their order, with its members in place of an archive."""
        for file in listed:
            yield from self._inside(file)

    def _inside(self, file: File) -> Iterator[File]:
        """The members of an archive, by name; of any other file, itself."""
        archive = file.reading
        if not isinstance(archive, Expansion) or _key(archive) in self._failed:
            yield file
            return
        for row in archive.found():
            path = f"{file.path}/{row['name']}".rstrip("/")
            content = row.get("sha256", file.content)
            if "refused" in row:
                reading: Task | Refused = Refused("", row["refused"])
            else:
                local = str(archive.folder / str(row["file"]))
                reading = _job(path, content, file.source, archive.parsed, local)
            yield File(file.name, file.source, path, content, reading, count=row.get("count", 0))

    def parts(self, file: File) -> Iterator[tuple[str, Part]]:
        """The name of the reader with each part of a file that is no archive; one part if it was refused."""
        task = file.reading
        if isinstance(task, Refused):
            yield "", task
        elif (key := _key(task)) in self._failed:
            yield "", Refused("", self._failed[key])
        elif isinstance(task, Job):
            yield from task.parts()

    def _new(self, files: list[File]) -> Iterator[Task]:
        """What is to be done for files. Those that need nothing, or what another one needs, are looked at here."""
        for file in files:
            if not isinstance(file.reading, Refused) and self._starts(file):
                yield file.reading
            elif file.content:
                check_unchanged(file.place, file.content, file.source)

    def _starts(self, file: File) -> bool:
        """Whether a file is the first that needs its reading."""
        task = file.reading
        if isinstance(task, Refused) or _key(task) in self._started or self._is_kept(file):
            return False
        self._started.add(_key(task))
        return True

    def _is_kept(self, file: File) -> bool:
        task = file.reading
        if isinstance(task, Expansion):
            return task.is_kept() and all(self._is_kept(member) for member in self._inside(file))
        return isinstance(task, Refused) or task.is_kept()

    def _finished(self, task: Task, done: Done) -> list[Task]:
        """Note what became of a task. The members to be read now, if it was an archive's."""
        _log.debug("%s: %.2f s of processor time, %d MiB", task.path, done.seconds, done.memory >> 20)
        if done.reason:
            self._failed[_key(task)] = done.reason
        if isinstance(task, Expansion):
            members = self._inside(File("", task.source, task.path, task.content, task))
            jobs = [member.reading for member in members if self._starts(member)]
            self._unread[task.folder] = 1 + len(jobs)
            self._leave(task.folder)
            return [job for job in jobs if not isinstance(job, Refused)]
        self.parsed += 1
        self._leave(Path(task.local).parent)
        return []

    def _leave(self, folder: Path) -> None:
        """Remove the members of an archive when the last one is read."""
        if folder in self._unread:
            self._unread[folder] -= 1
            if not self._unread[folder]:
                shutil.rmtree(folder, ignore_errors=True)


def _key(task: Task) -> Key:
    """What is done only once: files of the same bytes are one task, unless they have other limits."""
    return task.key, task.source.limit


def _in_folder(task: Task, folder: Path) -> Task:
    return replace(task, folder=folder) if isinstance(task, Expansion) else task
