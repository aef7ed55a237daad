"""Asking in batches: what the journal does not know is handed in at once, waited for, and put into the journal.

A slip beside the journal says what has been handed in. It is written before a batch begins and again when its id is
known, so that a run that was killed, at any moment, comes back to the same batch and pays nothing twice.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

from loramake.errors import TeacherError
from loramake.files import write_json
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.desks import Desk, State, desk_of
from loramake.teachers.journal import Journal
from loramake.teachers.keys import place_of
from loramake.teachers.purse import Purse
from loramake.teachers.slips import Slip, read_slips
from loramake.teachers.wire import WireError

log = logging.getLogger(__name__)

# OpenAI takes 50,000 requests and 200 MB, Anthropic 100,000 and 256 MB; a batch is in memory while it is handed in.
MOST_REQUESTS = 20_000
MOST_BYTES = 64 << 20
FIRST_LOOK, LONGEST_LOOK = 1.0, 60.0
# Batches are promised within 24 hours, and expire then.
LONGEST_WAIT = 48 * 3600.0
TRIES = 10
AGAIN = (408, 409, 425, 429)

Result = TypeVar("Result")


class Looking(Protocol):
    """Whoever knows what a call is named, what would be sent, and whether there is an answer: an Endpoint."""

    def look(self, call: Call) -> tuple[str, dict[str, Any], Answer | None]:
        """Name, body, and the answer in the journal."""
        ...


def ask_all(
    spec: Synthesize,
    calls: Iterable[Call],
    journal: Journal,
    *,
    teacher: Looking,
    stop: threading.Event,
    purse: Purse | None = None,
) -> None:
    """Get the answers to `calls` into the journal, by batches. Those that fail in a batch are left to be asked singly.

    Blocks until every batch is done, a day at most. Raises TeacherError when the interface cannot be used or the spend
    limit is reached.
    """
    asking = _Asking(spec, journal, stop, purse)
    try:
        asking.ask(calls, teacher)
    finally:
        asking.close()


class _Asking:
    def __init__(self, spec: Synthesize, journal: Journal, stop: threading.Event, purse: Purse | None) -> None:
        self._spec, self._journal, self._stop, self._purse = spec, journal, stop, purse
        self._opened: Desk | None = None
        self._slips = {slip.path(journal.folder): slip for slip in read_slips(journal.folder, spec)}

    def close(self) -> None:
        """Let go of the sockets."""
        if self._opened:
            self._opened.close()

    @property
    def _desk(self) -> Desk:
        # Opened when it is needed: what is known needs no key.
        self._opened = self._opened or desk_of(self._spec)
        return self._opened

    def ask(self, calls: Iterable[Call], teacher: Looking) -> None:
        """Hand in what nobody has, then wait for all that was handed in."""
        for slip in [slip for slip in self._slips.values() if not slip.batch]:
            self._recover(slip)
        waiting = list[Path]()
        for bodies in _groups(self._unknown(calls, teacher, waiting)):
            while bodies:
                tickets, full = self._tickets(bodies)
                if tickets:
                    slip = self._handed_in({name: bodies[name] for name in tickets}, tickets)
                    waiting.append(slip.path(self._journal.folder))
                    bodies = {name: body for name, body in bodies.items() if name not in tickets}
                if full:
                    # What the others really cost may leave room for more.
                    if not waiting:
                        raise full
                    self._collect(waiting)
        self._collect(waiting)

    def _unknown(
        self, calls: Iterable[Call], teacher: Looking, waiting: list[Path]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        before = {name: path for path, slip in self._slips.items() for name in slip.calls}
        seen = set[str]()
        for call in calls:
            name, body, kept = teacher.look(call)
            if kept is not None or name in seen:
                continue
            if name not in before:
                seen.add(name)
                yield name, body
            elif before[name] not in waiting:
                waiting.append(before[name])

    def _tickets(self, bodies: Mapping[str, Any]) -> tuple[dict[str, str], TeacherError | None]:
        """Tickets for as many as the purse allows, and what it says then."""
        tickets: dict[str, str] = {}
        for name, body in bodies.items():
            try:
                tickets[name] = self._purse.take(body, batch=True, wait=False) if self._purse else ""
            except TeacherError as error:
                return tickets, error
        return tickets, None

    def _handed_in(self, bodies: Mapping[str, Any], tickets: dict[str, str]) -> Slip:
        model, now = self._spec.model, datetime.now(UTC).isoformat(timespec="seconds")
        try:
            handed_in = self._patiently(lambda: self._desk.hand_in(bodies))
        except TeacherError:
            self._give_back(tickets.values())
            raise
        slip = Slip(model.url or "", model.name, now, tickets, handed_in)
        self._keep(slip)
        return self._begun(slip, bodies)

    def _begun(self, slip: Slip, bodies: Mapping[str, Any]) -> Slip:
        # Whether a batch began is not known when the connection broke: it is looked for before another one begins.
        def begin() -> str:
            try:
                return self._desk.begin(bodies, slip.handed_in)
            except WireError as error:
                unknown = error.status in (None, 200) or error.status >= 500
                if unknown and (found := self._found(slip)):
                    return found
                raise

        try:
            batch = self._patiently(begin)
        except _RefusedError:
            self._drop(slip)
            raise
        slip = replace(slip, batch=batch)
        self._keep(slip)
        log.info("batch %s: %d requests are handed in", batch, len(slip.calls))
        return slip

    def _found(self, slip: Slip) -> str:
        """The id of a batch that may have begun; "" when none did."""
        known = {other.batch for other in self._slips.values()}
        begun = datetime.fromisoformat(slip.begun)
        try:
            return self._patiently(lambda: self._desk.find(slip.handed_in, len(slip.calls), begun, known))
        except _RefusedError as error:
            raise self._error(f"{error.what}, while a batch is looked for", "") from None

    def _collect(self, waiting: list[Path]) -> None:
        while waiting:
            self._collected(self._slips[waiting[0]])
            del waiting[0]

    def _recover(self, slip: Slip) -> None:
        if batch := self._found(slip):
            self._keep(replace(slip, batch=batch))
        else:
            self._drop(slip)

    def _collected(self, slip: Slip) -> None:
        try:
            state = self._waited(slip.batch)
        except _RefusedError as error:
            if error.status == 404:
                self._drop(slip, "the provider knows it no more")
                return
            raise
        if state.failed:
            self._drop(slip, "it failed")
            raise self._error(f"the batch was not taken: {state.failed}", "remove 'batch', or see to what it says")
        count = self._patiently(lambda: self._read(slip))
        log.info("batch %s: %d of %d requests are answered", slip.batch, count, len(slip.calls))
        self._drop(slip)

    def _waited(self, batch: str) -> State:
        wait, end = FIRST_LOOK, time.monotonic() + LONGEST_WAIT
        while time.monotonic() < end:
            state = self._patiently(lambda: self._desk.look(batch))
            if state.done:
                return state
            log.info("batch %s: %d of %d are done", batch, state.finished, state.total)
            if self._stop.wait(wait):
                raise self._error("stopped; the batch goes on", "")
            wait = min(1.5 * wait, LONGEST_LOOK)
        raise self._error(
            f"batch {batch} is not done after {LONGEST_WAIT / 3600:g} hours", "see what the provider says of it"
        )

    def _read(self, slip: Slip) -> int:
        count = 0
        for name, answer in self._desk.results(slip.batch):
            if answer is None or name not in slip.calls:
                continue
            count += 1
            if name not in self._journal:
                self._journal.keep(name, answer)
            if self._purse and slip.calls[name]:
                self._purse.pay(slip.calls[name], answer, batch=True)
                slip.calls[name] = ""
        return count

    def _keep(self, slip: Slip) -> None:
        path = slip.path(self._journal.folder)
        self._slips[path] = slip
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, asdict(slip))

    def _drop(self, slip: Slip, why: str = "") -> None:
        if why:
            log.warning("batch %s: %s; what it held is asked singly", slip.batch, why)
        self._give_back(slip.calls.values())
        path = slip.path(self._journal.folder)
        self._slips.pop(path, None)
        path.unlink(missing_ok=True)

    def _give_back(self, tickets: Iterable[str]) -> None:
        for ticket in tickets:
            if self._purse and ticket:
                self._purse.give_back(ticket)

    def _patiently(self, ask: Callable[[], Result]) -> Result:
        """What `ask` gives, tried again while that is worth it. Raises TeacherError."""
        wait = FIRST_LOOK
        for left in reversed(range(TRIES)):
            try:
                return ask()
            except WireError as error:
                worth = error.status is None or error.status >= 500 or error.status in (200, *AGAIN)
                if not worth:
                    raise self._refused(error) from None
                if not left:
                    raise self._error(
                        f"the batch interface does not answer: {error.says}", "wait, and try again"
                    ) from None
                log.debug("the batch interface: %s; trying again", error.says)
                if self._stop.wait(max(wait, error.retry_after or 0)):
                    raise self._error("stopped", "") from None
            wait = min(2 * wait, LONGEST_LOOK)
        raise AssertionError("unreachable")

    def _refused(self, error: WireError) -> "_RefusedError":
        return _RefusedError(
            f"the batch interface refuses ({error.status}): {error.says}",
            where=place_of(self._spec.model),
            hint="check the key and its rights, or remove 'batch'",
            status=error.status,
        )

    def _error(self, what: str, hint: str) -> TeacherError:
        way = "run the same command again: batches that were handed in are waited for"
        return TeacherError(
            what, where=place_of(self._spec.model), hint="; ".join(part for part in (hint, way) if part)
        )


class _RefusedError(TeacherError):
    """The interface has said no, so that nothing began."""

    def __init__(self, what: str, *, where: str, hint: str, status: int | None) -> None:
        super().__init__(what, where=where, hint=hint)
        self.status = status


def _groups(requests: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, dict[str, Any]]]:
    """Requests by as many as fit into a batch."""
    group: dict[str, dict[str, Any]] = {}
    size = 0
    for name, body in requests:
        length = len(json.dumps(body)) + 200
        if group and (len(group) >= MOST_REQUESTS or size + length > MOST_BYTES):
            yield group
            group, size = {}, 0
        group[name] = body
        size += length
    if group:
        yield group
