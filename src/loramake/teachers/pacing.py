"""The pace: how many requests are under way at once, and when the next one may begin."""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from loramake.recipe.limit import Limit
from loramake.teachers.clock import Clock

log = logging.getLogger(__name__)

FIRST_WIDTH = 16
LOOK = 0.1
WORTH_A_LINE = 5.0
CHARACTERS_PER_TOKEN = 4.0
GROWTH = 0.05
BORNE = 0.05


class StoppedError(Exception):
    """Nothing new begins."""


class Pace:
    """Lets requests begin, from many threads. `stop` ends every wait within `LOOK` seconds.

    `limit.in_flight` is a ceiling. The width below it begins at `FIRST_WIDTH`, doubles with every round of answers
    until the endpoint first says that it is too much, halves then (once for all requests that were under way), and
    grows slowly from there. Of a wide round, a few complaints are borne: they may be bad luck, and cost nothing.
    Minutes are shared out evenly: a request may begin when the ones before have had their part, so that no minute
    holds more than the limit. Sizes are in characters until answers tell what these are in tokens.
    """

    def __init__(self, limit: Limit, *, stop: threading.Event, clock: Clock | None = None) -> None:
        self._limit, self._stop, self._clock = limit, stop, clock or Clock()
        self._turnstile, self._lock = threading.Lock(), threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._width = float(min(FIRST_WIDTH, limit.in_flight))
        self._first_rounds = True
        self._narrowed = self._paused_until = self._request_at = self._tokens_at = float("-inf")
        self._characters = self._tokens = 0
        self._ended = self._complaints = 0
        self._said = ""
        self.under_way = 0

    @property
    def width(self) -> int:
        """How many requests may be under way now."""
        return int(self._width)

    def begin(self, size: int) -> float:
        """Wait for the turn of a request of `size` characters; the moment it began. Raises StoppedError."""
        with self._turnstile, self._lock:
            while not self._stop.is_set():
                wait, why = self._wait()
                if wait <= 0:
                    return self._take(size)
                self._say(wait, why)
                self._clock.wait(self._changed, min(wait, LOOK * self._clock.speed))
        raise StoppedError

    def end(self, begun: float, *, size: int = 0, usage: Mapping[str, Any] | None = None, slower: bool = False) -> None:
        """A request is over: answered (its `usage` is counted), or a sign to be `slower`."""
        with self._lock:
            self.under_way -= 1
            self._count(complaint=slower and begun > self._narrowed)
            if self._complaints > BORNE * self._width:
                self._narrow()
            elif usage is not None:
                self._widen()
                self._settle(size, tokens_in(usage))
            self._changed.notify()

    def pause(self, seconds: float) -> None:
        """Nothing begins for `seconds`: the endpoint has asked for it."""
        with self._lock:
            self._paused_until = max(self._paused_until, self._clock.now() + seconds)

    def _wait(self) -> tuple[float, str]:
        # Seconds until something may begin, as far as can be told now, and the reason.
        if self.under_way >= int(self._width):
            return LOOK * self._clock.speed, ""
        now = self._clock.now()
        shut = seconds_until(self._limit.hours, self._clock.utc()) if self._limit.hours else 0.0
        return max(
            (self._paused_until - now, "the endpoint asks to wait"),
            (self._request_at - now, "limit.requests_per_minute"),
            (self._tokens_at - now, "limit.tokens_per_minute"),
            (shut, f"requests begin within {self._limit.hours} UTC"),
        )

    def _take(self, size: int) -> float:
        now, limit = self._clock.now(), self._limit
        self.under_way += 1
        self._said = ""
        if limit.requests_per_minute:
            self._request_at = now + 60 / limit.requests_per_minute
        if limit.tokens_per_minute:
            self._tokens_at = now + self._expected(size) * 60 / limit.tokens_per_minute
        return now

    def _expected(self, size: int) -> float:
        return size * (self._tokens / self._characters if self._tokens else 1 / CHARACTERS_PER_TOKEN)

    def _settle(self, size: int, tokens: int) -> None:
        if not (self._limit.tokens_per_minute and tokens):
            return
        self._tokens_at += (tokens - self._expected(size)) * 60 / self._limit.tokens_per_minute
        self._characters, self._tokens = self._characters + size, self._tokens + tokens

    def _widen(self) -> None:
        step = 1.0 if self._first_rounds else max(1 / self._width, GROWTH)
        self._width = min(self._width + step, float(self._limit.in_flight))

    def _count(self, *, complaint: bool) -> None:
        if self._ended >= self._width:
            self._ended = self._complaints = 0
        self._ended += 1
        self._complaints += complaint

    def _narrow(self) -> None:
        self._first_rounds = False
        self._ended = self._complaints = 0
        self._width, self._narrowed = max(1.0, self._width / 2), self._clock.now()
        log.info("the endpoint is asked too fast; at most %d requests at once now", self._width)

    def _say(self, wait: float, why: str) -> None:
        if why and why != self._said and wait >= WORTH_A_LINE:
            self._said = why
            log.info("%s: nothing is asked for %s", why, duration(wait))


def seconds_until(hours: str, now: datetime) -> float:
    """Seconds until requests may begin, 0 within `hours` (HH:MM-HH:MM, over midnight too; the whole day if equal)."""
    begin, end = (time.fromisoformat(part) for part in hours.split("-"))
    clock = now.time()
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    if inside:
        return 0.0
    opens = now.replace(hour=begin.hour, minute=begin.minute, second=0, microsecond=0)
    return ((opens if opens > now else opens + timedelta(days=1)) - now).total_seconds()


def tokens_in(usage: Mapping[str, Any]) -> int:
    """Tokens in and out, whatever the provider calls them."""
    total = usage.get("total_tokens")
    if isinstance(total, int):
        return total
    names = ("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens")
    return sum(value for name in names if isinstance(value := usage.get(name), int))


def duration(seconds: float) -> str:
    """Some seconds, as a person says them."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
