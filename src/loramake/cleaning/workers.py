"""Work on many records with a few processes: in order, and with few records in memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from loramake.errors import DataError

Given = TypeVar("Given")
Made = TypeVar("Made")

_BATCH_CHARACTERS = 500_000
_BATCH_RECORDS = 1000


def ordered_map(
    work: Callable[[list[Given]], list[Made]],
    items: Iterable[Given],
    *,
    weigh: Callable[[Given], int],
    processes: int,
) -> Iterator[Made]:
    """What `work` makes of `items`, a batch at a time, in the order of `items` whatever the number of `processes`.

    `weigh` gives an item's size in characters. At most two batches for each process are under way, so memory does not
    grow with the input. `work` and its items must pickle. Raises DataError when a process dies.
    """
    batches = _batches(items, weigh)
    if processes <= 1:
        for batch in batches:
            yield from work(batch)
        return
    # Spawned, not forked: threads of libraries that are already loaded would be copied in the middle of their work.
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    pending: deque[Future[list[Made]]] = deque()
    try:
        for batch in batches:
            pending.append(pool.submit(work, batch))
            if len(pending) >= 2 * processes:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool:
        raise DataError(
            "a worker process died", hint="if memory ran out, give the job more or use fewer threads"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(items: Iterable[Given], weigh: Callable[[Given], int]) -> Iterator[list[Given]]:
    batch: list[Given] = []
    weight = 0
    for item in items:
        batch.append(item)
        weight += weigh(item)
        if weight >= _BATCH_CHARACTERS or len(batch) >= _BATCH_RECORDS:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
