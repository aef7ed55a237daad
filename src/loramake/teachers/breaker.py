"""When to stop asking an endpoint that answers nobody."""

import threading

IN_A_ROW = 20


class Breaker:
    """Counts failures since the last answer. Safe to use from many threads."""

    def __init__(self, in_a_row: int = IN_A_ROW) -> None:
        self._in_a_row, self._failed, self._lock = in_a_row, 0, threading.Lock()

    def answered(self) -> None:
        """The endpoint has said something of use, a refusal included."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """Something has brought no answer."""
        with self._lock:
            self._failed += 1

    @property
    def broken(self) -> bool:
        """Whether so much has failed in a row that the fault is the endpoint's, not one request's."""
        return self._failed >= self._in_a_row
