"""The online teacher: a model behind an endpoint that speaks OpenAI's chat API, asked once for each different call."""

import logging
import threading
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.connection import Connection
from loramake.teachers.journal import Journal, identify

log = logging.getLogger(__name__)

HOPELESS_AFTER = 200

# DeepSeek's models think before they answer unless they are told not to, and temperature means nothing while they do.
EXTRAS: dict[str, dict[str, Any]] = {"api.deepseek.com": {"thinking": {"type": "disabled"}}}
# OpenAI's newer models refuse the name that everybody else knows.
LENGTH_KEYS = {"api.openai.com": "max_completion_tokens"}


class Endpoint:
    """Answers from the journal, or else from the model. What the journal knows is never asked again.

    The spec's limit and the name of its key say how to ask; they are no part of what identifies a call. `stop`, once
    set, ends all waiting. Raises TeacherError when the endpoint cannot be asked or refuses everything.
    """

    def __init__(self, spec: Synthesize, *, journal: Journal, stop: threading.Event) -> None:
        self._spec, self._journal = spec, journal
        self._host = urlsplit(spec.model.url or "").hostname or ""
        self._connection = Connection(spec.model, limit=spec.limit, key=spec.model.key, stop=stop)
        self._lock = threading.Lock()
        self._answered = self._refused = self._tokens = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        log.info("%d requests were sent; %d tokens in the answers used", self._connection.sent, self._tokens)

    def knows(self, call: Call) -> bool:
        """Whether the journal holds an answer to `call`."""
        return self._name(call) in self._journal

    def answer(self, call: Call) -> Answer:
        """The answer, from the journal or from the model; in the journal before it is returned."""
        name = self._name(call)
        answer = self._journal.find(name)
        if answer is None:
            answer = self._connection.ask(self._body(call))
            if not answer.refused:
                self._journal.keep(name, answer)
        self._count(answer)
        return answer

    def _name(self, call: Call) -> str:
        return identify({"url": self._spec.model.url, "attempt": call.attempt, "body": self._body(call)})

    def _body(self, call: Call) -> dict[str, Any]:
        model = self._spec.model
        body: dict[str, Any] = {
            "model": model.name,
            "messages": call.messages,
            "temperature": self._spec.temperature,
            LENGTH_KEYS.get(self._host, "max_tokens"): self._spec.max_tokens,
            **EXTRAS.get(self._host, {}),
        }
        if model.answers == "json_object":
            body["response_format"] = {"type": "json_object"}
        if model.answers == "json_schema":
            schema = {"name": "answer", "schema": call.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body

    def _count(self, answer: Answer) -> None:
        tokens = (answer.usage or {}).get("total_tokens")
        with self._lock:
            self._tokens += tokens if isinstance(tokens, int) else 0
            self._refused += bool(answer.refused)
            self._answered += not answer.refused
            hopeless = self._refused >= HOPELESS_AFTER and not self._answered
        if hopeless:
            raise TeacherError(
                f"the endpoint refuses every request ({HOPELESS_AFTER} so far): {answer.refused}",
                where=f"{self._spec.model.name} at {self._host}",
                hint="compare 'model' and its 'answers' with what the endpoint offers",
            )
