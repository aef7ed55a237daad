"""Work on many files: a few worker processes, and in each of them a process for every file."""

import contextlib
import multiprocessing
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from loramake.errors import LoramakeError
from loramake.readers.children import Done, Result, Task, serve

T = TypeVar("T", bound=Task)

MOST_TOGETHER = 200  # small texts that share a process
_PATIENCE = 5.0  # seconds for a worker to end its child and itself
_TICK = 0.01


class Workers(Generic[T]):
    """A context that works on tasks with up to `threads` processes at a time.

    Tasks may be added while results are taken. `folder` is for files that outlive a task, and not the context.
    """

    def __init__(self, threads: int) -> None:
        self.threads = max(1, threads)
        self._waiting: deque[T] = deque()
        self._alone: deque[T] = deque()
        self._workers: list[_Worker[T]] = []

    def __enter__(self) -> Self:
        self._temporary = tempfile.TemporaryDirectory(prefix="loramake-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()
        for worker in self._workers:
            worker.end()
        self._temporary.cleanup()

    def add(self, tasks: Iterable[T]) -> None:
        """Let `tasks` be done after those that wait already."""
        self._waiting.extend(tasks)

    def add_first(self, tasks: Iterable[T]) -> None:
        """Let `tasks` be done before those that wait already."""
        self._waiting.extendleft(reversed(list(tasks)))

    def results(self) -> Iterator[tuple[T, Done]]:
        """Each task with what became of it, in any order. Raises what a task raises."""
        while True:
            self._hand_out()
            busy = {worker.connection: worker for worker in self._workers if worker.tasks}
            if not busy:
                return
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                for task, result in self._taken(worker):
                    if isinstance(result, LoramakeError):
                        raise result
                    yield task, result

    def _hand_out(self) -> None:
        while self._alone or self._waiting:
            idle = next((worker for worker in self._workers if not worker.tasks), None)
            if idle is None and len(self._workers) == self.threads:
                return
            if idle is None:
                idle = _Worker(self.folder / f"worker-{len(self._workers)}")
                self._workers.append(idle)
            idle.give(self._parcel())

    def _parcel(self) -> list[T]:
        """The next task; if it is light, with the light ones that follow, and some left for the other workers."""
        if self._alone:
            return [self._alone.popleft()]
        parcel = [self._waiting.popleft()]
        most = min(MOST_TOGETHER, 1 + len(self._waiting) // (2 * self.threads))
        if not parcel[0].is_light:
            return parcel
        while self._waiting and len(parcel) < most and self._waiting[0].is_light:
            if self._waiting[0].limit != parcel[0].limit:
                break
            parcel.append(self._waiting.popleft())
        return parcel

    def _taken(self, worker: "_Worker[T]") -> list[tuple[T, Result]]:
        """The results of a worker. One that has ended is replaced; what it was at is given out again, one by one."""
        tasks = worker.tasks
        results = worker.take()
        if results is not None:
            return list(zip(tasks, results, strict=True))
        worker.end()
        self._workers.remove(worker)
        if len(tasks) > 1:
            self._alone.extend(tasks)
            return []
        return [(task, Done("reader_died: its worker ended", 0.0, 0)) for task in tasks]


class _Worker(Generic[T]):
    """A process that works on what it is given; `tasks` is what it is at."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.tasks: list[T] = []
        # Spawned, not forked: threads of libraries that are already loaded would be copied in the middle of their work.
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, folder), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, tasks: list[T]) -> None:
        """Let it work on `tasks`. That it has ended shows when they are taken."""
        self.tasks = tasks
        with contextlib.suppress(OSError):
            self.connection.send(tasks)

    def take(self) -> list[Result] | None:
        """What became of its tasks. None if it has ended."""
        self.tasks = []
        try:
            results: list[Result] = self.connection.recv()
        except (EOFError, OSError):
            return None
        return results

    def close(self) -> None:
        """Tell it that nothing follows."""
        self.connection.close()

    def end(self) -> None:
        """Wait for its end, and bring it about if it does not come."""
        self.close()
        if not self._ended(_PATIENCE):
            self.process.kill()
            self._ended(_PATIENCE)

    def _ended(self, seconds: float) -> bool:
        """Whether it ends in time. `join` would wait for what a worker that was killed has started, too."""
        deadline = time.monotonic() + seconds
        while self.process.is_alive() and time.monotonic() < deadline:
            time.sleep(_TICK)
        return not self.process.is_alive()
