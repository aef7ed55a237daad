"""The worker's side: a process with the readers loaded, and a child of it for every file (or a few small texts)."""

import contextlib
import faulthandler
import json
import logging
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, Protocol

from loramake.errors import DataError, LoramakeError
from loramake.readers import limits
from loramake.recipe.source import ReadingLimit

# A process that has other threads must not fork; and a child is to measure no more than its own work.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


class Task(Protocol):
    """Work on one file. It crosses process borders."""

    @property
    def limit(self) -> ReadingLimit:
        """What the work may take."""

    @property
    def most_bytes(self) -> int:
        """What a file that it writes may grow to."""

    @property
    def is_light(self) -> bool:
        """Whether it may share a process with others as long as all goes well."""

    def prepare(self) -> None:
        """Load what the work needs, for all children of a worker. The file is not looked at. Raises LoramakeError."""

    def run(self, folder: Path) -> str | None:
        """Do it. None, or the reason why it failed here. Raises LoramakeError to stop everything.

        `folder` is for temporary files; its name is not used again.
        """

    def clean(self, folder: Path) -> None:
        """Remove what a child that was killed may have left outside of `folder`."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a task: None or the reason why it failed, and what its process took.

    Tasks that shared a process share its `seconds` of processor time; `memory` (bytes) is what that grew by.
    """

    reason: str | None
    seconds: float
    memory: int


Result = Done | LoramakeError


def serve(connection: Connection, folder: Path) -> None:
    """Work on the lists of tasks that come over `connection`, until it is closed; answer with a list of results.

    `folder` is for temporary files. The one that it is in has no use any more when the connection is closed.
    """
    os.environ.update(_ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    logging.getLogger("loramake").setLevel(logging.INFO)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            tasks: list[Task] = connection.recv()
            connection.send(_results(tasks, folder, connection))
    shutil.rmtree(folder.parent, ignore_errors=True)  # whoever made it may have been killed


def _results(tasks: list[Task], folder: Path, connection: Connection) -> list[Result]:
    """What becomes of tasks that share a child. Those that it does not live to finish get one each."""
    try:
        for task in tasks:
            task.prepare()
    except LoramakeError as error:
        return [error] * len(tasks)
    results = _Child(tasks, folder, connection).results()
    if len(tasks) == 1:
        return [result for result in results if result]
    return [result or _results([task], folder, connection)[0] for task, result in zip(tasks, results, strict=True)]


class _Child:
    """A process for `tasks` that have the same limit. It ends with them, or is ended."""

    def __init__(self, tasks: Sequence[Task], folder: Path, connection: Connection) -> None:
        self.tasks, self.connection = tasks, connection
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.limit = tasks[0].limit
        self.deadline = time.monotonic() + limits.wait_of(self.limit) + 1
        self.before = limits.resident()
        ours, theirs = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            os.close(ours)
            connection.close()
            self._work(theirs)
        os.close(theirs)
        self.pipe = ours

    def _work(self, pipe: int) -> NoReturn:
        """Do the tasks, and report each as a line of JSON. This is the child."""
        try:
            os.setpgid(0, 0)
            os.environ["TMPDIR"] = tempfile.tempdir = str(self.folder)
            limits.set_limits(self.limit, max(task.most_bytes for task in self.tasks))
            stream = os.fdopen(pipe, "wb", buffering=0)  # its end is that of the process
            for task in self.tasks:
                stream.write(f"{json.dumps(_report(task, self.folder))}\n".encode())
            sys.stdout.flush()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def results(self) -> list[Result | None]:
        """What became of each task. None for those that a child of several did not finish."""
        reports, late = self._listen()
        status, usage = self._end()
        count = len(self.tasks)
        seconds = (usage.ru_utime + usage.ru_stime) / count
        memory = max(0, limits.peak(usage) - self.before)
        reasons = [_restored(report) for report in reports]
        results: list[Result | None] = [
            reason if isinstance(reason, LoramakeError) else Done(reason, seconds, memory) for reason in reasons
        ]
        if count == 1 and not results:
            why = limits.timeout(self.limit, waited=True) if late else limits.why_ended(status, self.limit, memory)
            results.append(Done(why, seconds, memory))
        return results + [None] * (count - len(results))

    def _listen(self) -> tuple[list[dict[str, Any]], bool]:
        """The reports of a child that has ended, or whose time is up, and whether it is. Ends when nobody asks."""
        said = b""
        while (left := self.deadline - time.monotonic()) > 0:
            ready, _, _ = select.select([self.pipe, self.connection.fileno()], [], [], left)
            if self.connection.fileno() in ready:  # nothing is sent while we work: the other side has ended
                self._end()
                raise EOFError
            if ready:
                block = os.read(self.pipe, 2**16)
                if not block:
                    break
                said += block
        return [json.loads(line) for line in said.splitlines(True) if line.endswith(b"\n")], left <= 0

    def _end(self) -> tuple[int, resource.struct_rusage]:
        """End the child and what it has started, and clear up after them. Its status, and what it took."""
        os.close(self.pipe)
        for kill in (os.killpg, os.kill):  # by its number too: it may have no group of its own yet
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        _, status, usage = os.wait4(self.pid, 0)
        for task in self.tasks:
            task.clean(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        return status, usage


def _report(task: Task, folder: Path) -> dict[str, Any]:
    """What a child says of a task, as JSON: it has read what nobody vouches for."""
    try:
        return {"reason": task.run(folder)}
    except LoramakeError as error:
        return {"what": error.what, "where": error.where, "hint": error.hint}


def _restored(report: dict[str, Any]) -> str | LoramakeError | None:
    return report["reason"] if "reason" in report else DataError(report.pop("what"), **report)
