"""The connection to a model: requests at a pace that it bears, tried again while that is worth it."""

import logging
import random
import re
import threading
from collections.abc import Mapping
from typing import Any

from loramake.errors import TeacherError
from loramake.recipe.limit import Limit
from loramake.recipe.teacher import Teacher
from loramake.teachers.breaker import Breaker
from loramake.teachers.calls import UNREACHABLE, Answer
from loramake.teachers.clock import Clock
from loramake.teachers.keys import place_of
from loramake.teachers.pacing import Pace, StoppedError
from loramake.teachers.wire import Wire, WireError

log = logging.getLogger(__name__)

TRIES = 6
# Each request that ended in silence may have been paid for.
TRIES_WHEN_SILENT = 3
TRIES_WHEN_LIMITED = 30
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_RETRY_AFTER = 3600.0

REFUSES_THIS_REQUEST = (400, 413, 422)
WORTH_ANOTHER_TRY = (200, 408, 409, 425, 429)
TOO_FAST = (429, 503, 529)
NO_SUCH_MODEL = re.compile(
    r"model_not_found|(unknown|invalid|unsupported) model\b|\bmodel\b.{0,80}\b(not|n't) (exist|found)", re.IGNORECASE
)
OUT_OF_CREDIT = re.compile(r"insufficient_quota|insufficient balance|credit balance is too low", re.IGNORECASE)


class Connection:
    """Sends requests over a wire. `stop` ends every wait between tries.

    A request that the endpoint refuses for what it says comes back as an Answer with `refused`; so does, with the
    finish reason `unreachable`, one that brings no answer however often it is tried. Raises TeacherError when the
    endpoint cannot be asked at all: so many tries in a row have failed (when `patient`, so many requests: the few that
    an earlier run has left over may all be such as bring no answer).
    """

    def __init__(
        self,
        model: Teacher,
        wire: Wire,
        *,
        limit: Limit,
        stop: threading.Event,
        patient: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._model, self._wire, self._limit, self._stop = model, wire, limit, stop
        self._patient, self._clock = patient, clock or Clock()
        self.pace = Pace(limit, stop=stop, clock=self._clock)
        self._breaker, self._lock = Breaker(), threading.Lock()
        self.sent = 0

    def close(self) -> None:
        """Let go of the sockets."""
        self._wire.close()

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """The answer to one request, after as many tries as are worth it."""
        size = len(str(body)) if self._limit.tokens_per_minute else 0
        tries = 0
        while True:
            tries += 1
            try:
                return self._try(body, size)
            except StoppedError:
                raise self._error("stopped, because another request had failed", "") from None
            except WireError as error:
                fault = self._fault(error)
                if _refused(error):
                    return Answer("", finish_reason="refused", refused=error.says)
                if _hopeless(error):
                    raise fault from None
                if tries >= _tries_for(error):
                    return self._given_up(fault)
                wait = self._rest(error, tries)
            log.debug("%s; trying again", fault.what)
            if self._clock.wait(self._stop, wait):
                raise fault

    def _try(self, body: Mapping[str, Any], size: int) -> Answer:
        begun = self.pace.begin(size)
        answer: Answer | None = None
        slower = False
        try:
            with self._lock:
                self.sent += 1
            answer = self._wire.send(body)
        except WireError as error:
            slower = error.timed_out or error.status in TOO_FAST
            if _refused(error):
                self._breaker.answered()
            elif not self._patient:
                self._breaker.failed()
            raise
        finally:
            usage = (answer.usage or {}) if answer else None
            self.pace.end(begun, size=size, usage=usage, slower=slower)
        self._breaker.answered()
        return answer

    def _rest(self, error: WireError, tries: int) -> float:
        # Seconds until the next try. What the endpoint asks for holds for every request; else each waits for itself.
        if error.retry_after:
            self.pace.pause(error.retry_after)
            return 0.0
        return backoff(tries)

    def _given_up(self, fault: TeacherError) -> Answer:
        if self._patient:
            self._breaker.failed()
        if self._breaker.broken:
            raise fault
        log.warning("%s; one request is given up, the others go on", fault.what)
        return Answer("", finish_reason=UNREACHABLE, refused=fault.what)

    def _fault(self, error: WireError) -> TeacherError:
        if error.timed_out:
            return self._error(
                f"no answer within {self._limit.timeout:g} s", "raise 'limit.timeout', or lower 'limit.in_flight'"
            )
        if error.status is None:
            return self._error(f"no connection: {error.says}", "see whether the endpoint runs there")
        if error.status == 200:
            return self._error(error.says, "see whether the address is right")
        return self._error(*self._refusal(error.status, error.says))

    def _refusal(self, status: int, says: str) -> tuple[str, str]:
        if status in (401, 403):
            variable = self._model.key
            owner = f"the key in {variable}" if variable else "a request without a key"
            return f"the endpoint does not accept {owner} ({status})", "check the key and its rights"
        if status == 402 or OUT_OF_CREDIT.search(says):
            return f"the account has no credit left ({status})", "top it up"
        if status == 404 or NO_SUCH_MODEL.search(says):
            name = self._model.name
            return (
                f"the endpoint knows no model '{name}', or no chat at this address ({status}): {says}",
                "check 'model' in the recipe",
            )
        if status == 429:
            return f"the endpoint limits the rate (429): {says}", "lower 'limit.in_flight', or wait"
        if 300 <= status < 400:
            return f"the endpoint has moved ({status})", "write the address that it has moved to"
        return f"the endpoint fails ({status}): {says}", "see whether it is in trouble"

    def _error(self, what: str, hint: str) -> TeacherError:
        return TeacherError(what, where=place_of(self._model), hint=hint)


def _refused(error: WireError) -> bool:
    status = error.status in REFUSES_THIS_REQUEST
    return status and not NO_SUCH_MODEL.search(error.says) and not OUT_OF_CREDIT.search(error.says)


def _hopeless(error: WireError) -> bool:
    if error.status is None:
        return False
    if OUT_OF_CREDIT.search(error.says) or (error.retry_after or 0) > LONGEST_RETRY_AFTER:
        return True
    return error.status < 500 and error.status not in WORTH_ANOTHER_TRY


def _tries_for(error: WireError) -> int:
    if error.timed_out:
        return TRIES_WHEN_SILENT
    return TRIES_WHEN_LIMITED if error.status == 429 else TRIES


def backoff(tries: int) -> float:
    """Seconds to wait after so many tries: twice as long each time, never all at the same moment."""
    return float(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) * random.uniform(0.75, 1))
