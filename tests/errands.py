"""Tasks that do what files do to the processes that read them."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from loramake.errors import DataError
from loramake.readers.formats import BY_KIND, DOCUMENTS
from loramake.readers.workers import Workers
from loramake.recipe.source import ReadingLimit

MIB = 2**20
TIGHT = ReadingLimit(seconds=0.5, memory_mb=64)


@dataclass(frozen=True)
class Errand:
    """A task that does what the function called `kind` does."""

    name: str
    kind: str
    limit: ReadingLimit = TIGHT
    is_light: bool = False
    most_bytes: int = MIB
    place: str = ""

    def prepare(self):
        if self.kind == "cannot_be_prepared":
            raise DataError("a package is missing")
        if self.kind == "count_threads":
            for format_ in {*DOCUMENTS.values(), *BY_KIND["records"].values()}:
                format_.load()

    def run(self, folder):
        return globals()[self.kind](self, folder)

    def clean(self, folder):
        if self.place:
            Path(self.place, "cleaned").write_text(folder.name)


def tell_process(_errand, _folder):
    return f"{os.getpid()}"


def tell_worker(_errand, _folder):
    return f"{os.getppid()}"


def count_threads(_errand, _folder):
    return f"{len(list(Path(f'/proc/{os.getppid()}/task').iterdir()))}"


def succeed(_errand, _folder):
    return None


def raise_error(errand, _folder):
    raise DataError("changed", where=errand.name, hint="again")


def raise_anything(_errand, _folder):
    raise KeyError("a bug")


def spin(_errand, _folder):
    while True:
        try:
            sum(range(10_000))
        except BaseException:  # as parsers do
            continue


def sleep(_errand, _folder):
    time.sleep(60)


def die(_errand, _folder):
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed(_errand, _folder):
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_errand, _folder):
    os._exit(3)


def kill_the_worker(_errand, _folder):
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def fill_the_memory_at_once(_errand, _folder):
    try:
        return f"{len(bytearray(100 * MIB))} bytes"
    except MemoryError:
        return "out of memory"


def fill_the_memory(_errand, _folder):
    """What a parser written in C does when it is given none."""
    kept = []
    with contextlib.suppress(MemoryError):
        while True:
            kept.append(bytearray(MIB))
    os.abort()


def write_too_much(_errand, folder):
    try:
        (folder / "large").write_bytes(bytes(2 * MIB))
    except OSError as error:
        return os.strerror(error.errno)


def leave_a_process_behind(errand, _folder):
    process = subprocess.Popen(["sleep", "60"])
    Path(errand.place, "pid").write_text(f"{process.pid}")


def leave_files_behind(errand, folder):
    (folder / "a").mkdir()
    (folder / "a/b").touch()
    Path(errand.place, "folder").write_text(f"{folder}")
    os.kill(os.getpid(), signal.SIGKILL)


def reasons(*errands, threads=1):
    """What becomes of each, by its name."""
    with Workers(threads) as workers:
        workers.add(errands)
        return {errand.name: done.reason for errand, done in workers.results()}
