"""The wire to a model's endpoint: one request at a time, tried again while that is worth it."""

import logging
import os
import random
import re
import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from loramake.errors import TeacherError
from loramake.recipe.model import Limit, Teacher
from loramake.teachers.calls import Answer
from loramake.teachers.replies import read_reply, without

log = logging.getLogger(__name__)

TRIES = 6
TRIES_WHEN_LIMITED = 30
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONGEST_RETRY_AFTER = 3600.0

REFUSES_THIS_REQUEST = (400, 413, 422)
WORTH_ANOTHER_TRY = (408, 409, 425, 429)
NO_SUCH_MODEL = re.compile(
    r"model_not_found|(unknown|invalid|unsupported) model\b|\bmodel\b.{0,80}\b(not|n't) (exist|found)", re.IGNORECASE
)
OUT_OF_CREDIT = re.compile(r"insufficient_quota|insufficient balance", re.IGNORECASE)


class Connection:
    """Sends request bodies. `key` names the environment variable that holds the key, None where none is needed.

    `stop` ends every wait between tries. Raises TeacherError when the endpoint cannot be asked; no message of it holds
    the key. A request that the endpoint refuses for what it says comes back as an Answer with `refused`.
    """

    def __init__(self, model: Teacher, *, limit: Limit, key: str | None, stop: threading.Event) -> None:
        self._model, self._limit, self._variable, self._stop = model, limit, key, stop
        self._url = model.url or ""
        self._lock = threading.Lock()
        self.sent = 0
        if urlsplit(self._url).scheme not in ("http", "https") or not urlsplit(self._url).hostname:
            raise self._error("the address of the model is no http(s) address", "write it as http://localhost:8000/v1")

    def close(self) -> None:
        """Let go of the sockets."""
        if "_client" in self.__dict__:
            self._client.close()

    def ask(self, body: Mapping[str, Any]) -> Answer:
        """The answer to one request, after as many tries as are worth it."""
        if self._stop.is_set():
            raise self._error("stopped, because another request had failed", "")
        tries = 0
        while True:
            tries += 1
            try:
                return self._send(body)
            except openai.APIStatusError as error:
                says = self._says(error)
                if error.status_code in REFUSES_THIS_REQUEST and not NO_SUCH_MODEL.search(says):
                    return Answer("", finish_reason="refused", refused=says)
                fault, wait = self._fault(error.status_code, says), _wait(error, says, tries)
            except (openai.OpenAIError, ValueError) as error:
                fault, wait = self._silence(error), _backoff(tries) if tries < TRIES else None
            if wait is None or self._stop.is_set():
                raise fault
            log.info("%s; trying again in %.1f s", fault.what, wait)
            if self._stop.wait(wait):
                raise fault

    def _send(self, body: Mapping[str, Any]) -> Answer:
        with self._lock:
            client = self._client
            self.sent += 1
        return read_reply(client.post("/chat/completions", body=dict(body), cast_to=object), secret=client.api_key)

    @cached_property
    def _client(self) -> openai.OpenAI:
        # Tries and waits are this module's: the client gives up at a Retry-After of more than two minutes.
        sockets = self._limit.in_flight
        limits = httpx2.Limits(max_connections=sockets, max_keepalive_connections=sockets)
        return openai.OpenAI(
            base_url=self._url,
            api_key=self._secret(),
            max_retries=0,
            timeout=self._limit.timeout,
            http_client=openai.DefaultHttpxClient(limits=limits),
        )

    def _secret(self) -> str:
        if self._variable is None:
            return "none"
        secret = os.environ.get(self._variable, "").strip()
        if not secret:
            raise self._error(
                f"the environment variable {self._variable} is not set; it should hold the endpoint's key",
                f"export {self._variable}=…",
            )
        if not (secret.isascii() and secret.isprintable()):
            raise self._error(
                f"the environment variable {self._variable} holds characters that no key has", "copy the key again"
            )
        return secret

    def _fault(self, status: int, says: str) -> TeacherError:
        if status in (401, 403):
            owner = f"the key in {self._variable}" if self._variable else "a request without a key"
            return self._error(f"the endpoint does not accept {owner} ({status})", "check the key and its rights")
        if status == 402 or OUT_OF_CREDIT.search(says):
            return self._error(f"the account has no credit left ({status})", "top it up")
        if status == 404 or NO_SUCH_MODEL.search(says):
            return self._error(
                f"the endpoint knows no model '{self._model.name}', or no chat at this address ({status}): {says}",
                "check 'model' in the recipe",
            )
        if status == 429:
            return self._error(f"the endpoint limits the rate (429): {says}", "lower 'limit.in_flight', or wait")
        return self._error(f"the endpoint fails ({status}): {says}", "see whether it is in trouble")

    def _silence(self, error: Exception) -> TeacherError:
        if isinstance(error, openai.APITimeoutError):
            return self._error(
                f"no answer within {self._limit.timeout:g} s", "raise 'limit.timeout', or lower 'limit.in_flight'"
            )
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__ or error
            return self._error(f"no connection: {cause or type(cause).__name__}", "see whether the endpoint runs there")
        return self._error(f"what came back is no answer: {error}", "see whether the address is right")

    def _says(self, error: openai.APIStatusError) -> str:
        message = error.body.get("message") if isinstance(error.body, dict) else error.body
        return self._clean(": ".join(str(part) for part in (error.code, message) if part))

    def _clean(self, text: str) -> str:
        secret = self._client.api_key if "_client" in self.__dict__ else ""
        return " ".join(without(text, secret).split())[:300]

    def _error(self, what: str, hint: str) -> TeacherError:
        parts = urlsplit(self._url)
        # Neither user nor password nor query of the address.
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
        return TeacherError(self._clean(what), where=f"{self._model.name} at {shown}", hint=hint)


def _wait(error: openai.APIStatusError, says: str, tries: int) -> float | None:
    # Seconds until the next try, or None when another one is pointless.
    limited = error.status_code == 429
    if (error.status_code < 500 and error.status_code not in WORTH_ANOTHER_TRY) or OUT_OF_CREDIT.search(says):
        return None
    if tries >= (TRIES_WHEN_LIMITED if limited else TRIES):
        return None
    asked_for = _retry_after(error.response.headers)
    if asked_for is None:
        return _backoff(tries)
    return asked_for if asked_for <= LONGEST_RETRY_AFTER else None


def _backoff(tries: int) -> float:
    return float(min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) * random.uniform(0.75, 1))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    # RFC 9110, section 10.2.3: seconds, or a date.
    value = headers.get("retry-after", "")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError):
            return None
    return max(seconds, 0.0) if seconds == seconds else None
