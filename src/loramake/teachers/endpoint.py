"""The online teacher: a model behind an endpoint, asked once for each different call."""

import logging
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import UNREACHABLE, Answer, Call
from loramake.teachers.chat import Chat
from loramake.teachers.clock import Clock
from loramake.teachers.connection import Connection
from loramake.teachers.journal import Journal, identify
from loramake.teachers.keys import place_of
from loramake.teachers.pacing import tokens_in
from loramake.teachers.purse import Paid, Purse
from loramake.teachers.wire import Wire

log = logging.getLogger(__name__)

HOPELESS_AFTER = 200


class Endpoint:
    """Answers from the journal, or else from the model. What the journal knows is never asked again.

    Two threads that ask the same call at once share one request. The spec's limit and the name of its key say how to
    ask; they are no part of what identifies a call. `stop`, once set, ends all waiting. Raises TeacherError when the
    endpoint cannot be asked or refuses everything.
    """

    def __init__(
        self,
        spec: Synthesize,
        *,
        journal: Journal,
        stop: threading.Event,
        purse: Purse | None = None,
        wire: Wire | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._model, self._journal, self.purse = spec.model, journal, purse
        self._wire = wire or Chat(spec)
        # Every try is paid, not every answer: one that ends in silence may be on the bill.
        paid = Paid(self._wire, purse) if purse else self._wire
        patient = spec.on_error == "quarantine"
        self._connection = Connection(spec.model, paid, limit=spec.limit, stop=stop, patient=patient, clock=clock)
        self._lock = threading.Lock()
        self._asked: dict[str, Future[Answer]] = {}
        self._answered = self._refused = 0
        self.tokens = self.from_journal = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        if self.purse:
            self.purse.close()
        log.info("%d requests were sent; %d tokens in the answers used", self.sent, self.tokens)

    @property
    def sent(self) -> int:
        """Requests sent so far, every try counted."""
        return self._connection.sent

    @property
    def under_way(self) -> int:
        """Requests that wait for their answer now."""
        return self._connection.pace.under_way

    def knows(self, call: Call) -> bool:
        """Whether the journal holds an answer to `call`."""
        return self._name(call, self._wire.request(call)) in self._journal

    def look(self, call: Call) -> tuple[str, dict[str, Any], Answer | None]:
        """What a call is named, what would be sent, and the journal's answer, if there is one."""
        body = self._wire.request(call)
        name = self._name(call, body)
        return name, body, self._journal.find(name)

    def answer(self, call: Call) -> Answer:
        """The answer, from the journal or from the model; in the journal before it is returned."""
        name, body, kept = self.look(call)
        answer = kept or self._once(name, body, call.attempt)
        self._count(answer, kept=kept is not None)
        return answer

    def _name(self, call: Call, body: dict[str, Any]) -> str:
        return identify({"url": self._model.url, "attempt": call.attempt, "body": body})

    def _once(self, name: str, body: dict[str, Any], attempt: int) -> Answer:
        with self._lock:
            first = name not in self._asked
            asked = self._asked.setdefault(name, Future())
        if not first:
            return asked.result()
        try:
            # Whoever asked the same may have been answered since the journal was looked into.
            answer = self._journal.find(name) or self._paid(name, body, attempt)
        except BaseException as error:
            asked.set_exception(error)
            raise
        else:
            asked.set_result(answer)
            return answer
        finally:
            with self._lock:
                del self._asked[name]

    def _paid(self, name: str, body: dict[str, Any], attempt: int) -> Answer:
        answer = self._connection.ask(body)
        if not answer.refused:
            self._journal.keep(name, answer, attempt=attempt)
        return answer

    def _count(self, answer: Answer, *, kept: bool) -> None:
        with self._lock:
            self.from_journal += kept
            self.tokens += tokens_in(answer.usage or {})
            if answer.finish_reason != UNREACHABLE:
                self._refused += bool(answer.refused)
                self._answered += not answer.refused
            hopeless = self._refused >= HOPELESS_AFTER and not self._answered
        if hopeless:
            raise TeacherError(
                f"the endpoint refuses every request ({HOPELESS_AFTER} so far): {answer.refused}",
                where=place_of(self._model),
                hint="compare 'model' and its 'answers' with what the endpoint offers",
            )
