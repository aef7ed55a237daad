"""Asking: again while an answer is unusable, many at once, results in order."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any, TypeVar

from loramake.teachers.calls import ECHO, UNREACHABLE, Call, Teacher
from loramake.teachers.checks import UnusableError, usable

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

WAITING = 1024
AHEAD = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: `value`, or the last `reason` with every unusable text, cut at 2000 characters."""

    value: dict[str, Any] | None
    reason: str = ""
    answers: tuple[str, ...] = ()
    attempts: int = 1


def settle(teacher: Teacher, call: Call, retries: int) -> Outcome:
    """Ask until an answer can be used, `retries` times again at most. Raises TeacherError as the teacher does."""
    first, texts = call, list[str]()
    for attempt in range(retries + 1):
        answer = teacher.answer(call)
        if answer.finish_reason == UNREACHABLE:
            return Outcome(None, f"{UNREACHABLE}: {answer.refused}", tuple(texts), attempt + 1)
        try:
            return Outcome(usable(answer, call), attempts=attempt + 1)
        except UnusableError as error:
            reason = str(error)
        texts.append(answer.content[:ECHO])
        if answer.refused:
            break
        call = call.again(first, answer, reason)
    return Outcome(None, reason, tuple(texts), attempt + 1)


def in_order(work: Callable[[Item], Result], items: Iterable[Item], *, in_flight: int, stop: Event) -> Iterator[Result]:
    """`work` on every item, `in_flight` at once; the results come in the order of the items.

    The first error sets `stop`: nothing new begins, what is under way ends, then the error is raised.
    """
    if in_flight == 1:
        yield from map(work, items)
        return
    failures: list[Exception] = []
    guarded = partial(_guarded, work, failures, stop)
    try:
        yield from _pooled(guarded, items, in_flight, stop)
    except Exception:
        # Whichever error comes first in order, the one to tell is the one that stopped the others.
        if not failures:
            raise
    if failures:
        raise failures[0]


def _guarded(work: Callable[[Item], Result], failures: list[Exception], stop: Event, item: Item) -> Result:
    if stop.is_set():
        raise _StoppedError
    try:
        return work(item)
    except Exception as error:
        failures.append(error)
        stop.set()
        raise


def _pooled(work: Callable[[Item], Result], items: Iterable[Item], in_flight: int, stop: Event) -> Iterator[Result]:
    waiting: deque[Future[Result]] = deque()
    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="teacher")
    try:
        for item in items:
            if stop.is_set():
                break
            waiting.append(pool.submit(work, item))
            # One item may take long, by tries and silences; the others go on meanwhile, as far as this.
            if len(waiting) >= max(WAITING, AHEAD * in_flight):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException as error:
        stop.set()
        if isinstance(error, KeyboardInterrupt):
            log.info("stopping; what has been asked and not answered yet is waited for, because it is paid for")
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _StoppedError(Exception):
    """A call that was never begun, because another one had failed."""
