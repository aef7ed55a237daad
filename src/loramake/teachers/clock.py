"""Time, as whoever waits for an endpoint sees it."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clock. A `speed` above 1 makes waits shorter: a test lives through an hour in a second."""

    speed: float = 1.0

    def now(self) -> float:
        """Seconds since some moment; they never run backwards."""
        return time.monotonic() * self.speed

    def utc(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def wait(self, event: threading.Event | threading.Condition, seconds: float) -> bool:
        """Wait for `event`, `seconds` at most; whether it came."""
        return event.wait(seconds / self.speed)
