"""Work on many files in several processes. One that a file kills takes nothing else with it."""

import faulthandler
import multiprocessing
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Job = TypeVar("Job")
Work = Callable[[Job], str | None]

HANDFUL = 4  # fewer jobs are done before another process has started
MEMORY = 4 * 2**30  # bytes of address space for each process
SECONDS = 600.0  # on the clock, for work that ignores every interruption


def finished(work: Work[Job], jobs: Sequence[Job], threads: int) -> Iterator[tuple[Job, str | None]]:
    """Each job with what `work` says about it, in any order; `reader_died` or `timeout` if that ended its process.

    With `threads` above 1 and more than a handful of jobs, that many processes share them. Raises what `work` raises.
    """
    if threads <= 1 or len(jobs) <= HANDFUL:
        for job in jobs:
            yield job, work(job)
        return
    waiting = deque(jobs)
    while waiting:
        suspects: list[Job] = []
        yield from _until_one_dies(work, waiting, threads, suspects)
        for job in suspects:
            yield job, _alone(work, job)


def _until_one_dies(
    work: Work[Job], waiting: deque[Job], threads: int, suspects: list[Job]
) -> Iterator[tuple[Job, str | None]]:
    """Work off `waiting`; when a process dies, put what was under way into `suspects` and stop."""
    running: dict[Future[str | None], Job] = {}
    with _pool(threads) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < threads:
                    running[pool.submit(_guarded, work, waiting[0], SECONDS)] = waiting[0]
                    waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    yield running.pop(future), result
        except BrokenProcessPool:
            suspects.extend(running.values())


def _alone(work: Work[Job], job: Job) -> str | None:
    """What `work` says about a job that has a process of its own."""
    start = time.monotonic()
    with _pool(1) as pool:
        try:
            return pool.submit(_guarded, work, job, SECONDS).result()
        except BrokenProcessPool:
            if time.monotonic() - start >= SECONDS:
                return f"timeout: more than {SECONDS:g} s"
            return "reader_died: the process that read it ended"


def _pool(threads: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(threads, mp_context=multiprocessing.get_context("spawn"), initializer=_limit_memory)


def _guarded(work: Work[Job], job: Job, seconds: float) -> str | None:
    """Do one job; a process that does not come back from it ends itself, with a traceback in the log."""
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        return work(job)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
