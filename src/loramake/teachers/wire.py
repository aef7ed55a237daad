"""What carries requests to a model: one interface for every protocol."""

from collections.abc import Mapping
from typing import Any, Protocol

from loramake.teachers.calls import Answer, Call


class WireError(Exception):
    """One try that brought no answer.

    `status` is HTTP's, None when there was no response at all; `says` is the endpoint's own words, without any key;
    `retry_after` is how many seconds the endpoint asks to wait; `timed_out` tells a silence from a lost connection, and
    `sent` whether the request may have arrived, so that it may be billed.
    """

    def __init__(
        self,
        says: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        timed_out: bool = False,
        sent: bool = True,
    ) -> None:
        super().__init__(says)
        self.says, self.status, self.retry_after = says, status, retry_after
        self.timed_out, self.sent = timed_out, sent


class Wire(Protocol):
    """A protocol's way to ask a model. Safe to use from many threads."""

    def request(self, call: Call) -> dict[str, Any]:
        """The body that asks `call`: JSON that, with the address and the attempt, identifies it."""
        ...

    def send(self, request: Mapping[str, Any]) -> Answer:
        """The answer to one request, tried once. Raises WireError."""
        ...

    def close(self) -> None:
        """Let go of the sockets."""
        ...
