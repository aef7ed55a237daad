"""How far the asking has come: a line that moves on a terminal, one in the log now and then elsewhere."""

import logging
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Protocol, TypeVar

from tqdm import tqdm

from loramake.teachers.pacing import duration

log = logging.getLogger(__name__)

LOG_EVERY = 30.0
DRAW_EVERY = 1.0

Item = TypeVar("Item")


class Spending(Protocol):
    """What is spent so far; None while no price is known."""

    @property
    def spent_usd(self) -> float | None:
        """US dollars."""
        ...


class Busy(Protocol):
    """A teacher that is asked over a network."""

    tokens: int

    @property
    def under_way(self) -> int:
        """Requests that wait for their answer now."""
        ...

    @property
    def purse(self) -> Spending | None:
        """Who counts the money."""
        ...


def watched(items: Iterable[Item], teacher: Busy, total: int) -> Iterator[Item]:
    """`items`, with a line about them while they come: done, under way, tokens, cost, time left."""
    line = Line(teacher, total)
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(line, ended), name="progress", daemon=True)
    watcher.start()
    try:
        for item in items:
            line.done += 1
            yield item
    finally:
        ended.set()
        watcher.join()
        line.close()


class Line:
    """What is said about a stage under way."""

    def __init__(self, teacher: Busy, total: int) -> None:
        self._teacher, self._total = teacher, total
        self._begun = time.monotonic()
        self.done = 0
        self.moves = sys.stderr.isatty()
        self._bar = tqdm(desc="synthesize", total=total, unit="passage", disable=not self.moves)

    def show(self) -> None:
        """Say it, where it can be seen."""
        if self.moves:
            self._bar.n = self.done
            self._bar.set_postfix_str(self._state())
        else:
            log.info("%d of %d passages, %s%s", self.done, self._total, self._state(), self._left())

    def close(self) -> None:
        """The last state stays on the terminal."""
        if self.moves:
            self.show()
        self._bar.close()

    def _state(self) -> str:
        teacher = self._teacher
        parts = [f"{teacher.under_way} in flight", f"{teacher.tokens:,} tokens"]
        spent = teacher.purse.spent_usd if teacher.purse else None
        if spent is not None:
            parts.append(f"{spent:.4f} USD")
        return ", ".join(parts)

    def _left(self) -> str:
        if not self.done:
            return ""
        passed = time.monotonic() - self._begun
        return f", {duration(passed / self.done * (self._total - self.done))} left"


def _watch(line: Line, ended: threading.Event) -> None:
    while not ended.wait(DRAW_EVERY if line.moves else LOG_EVERY):
        # A terminal that went away is no reason to stop paying attention to the answers.
        with suppress(OSError, ValueError):
            line.show()
