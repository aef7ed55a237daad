"""OpenAI's chat API, which most endpoints speak: what is sent, and one try to send it."""

import base64
import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.keys import place_of, secret_of
from loramake.teachers.providers import body
from loramake.teachers.replies import read_reply, without
from loramake.teachers.transport import Reply, Transport
from loramake.teachers.wire import WireError


class Chat:
    """`POST /chat/completions`. The key is read when the first request is sent, so what is known needs none.

    Raises TeacherError when the address is none, or the key is missing.
    """

    def __init__(self, spec: Synthesize) -> None:
        self._spec, self._where = spec, place_of(spec.model)
        self._address = urlsplit(spec.model.url or "")
        if self._address.scheme not in ("http", "https") or not self._address.hostname:
            raise TeacherError(
                "the address of the model is no http(s) address",
                where=self._where,
                hint="write it as http://localhost:8000/v1",
            )
        self._url = chat_url(self._address)
        self._transport = Transport(timeout=spec.limit.timeout)

    def close(self) -> None:
        """Let go of the sockets."""
        self._transport.close()

    def request(self, call: Call) -> dict[str, Any]:
        """The body that asks `call`."""
        return body(self._spec, call)

    def send(self, request: Mapping[str, Any]) -> Answer:
        """The answer to one request, tried once. Raises WireError."""
        secret = self._secret
        reply = self._transport.post(self._url, json.dumps(request).encode("ascii"), self._headers)
        if reply.status != 200:
            raise WireError(
                said(reply, secret), status=reply.status, retry_after=retry_after(reply.headers.get("retry-after", ""))
            )
        try:
            return read_reply(json.loads(reply.body), secret=secret)
        except (ValueError, RecursionError) as error:
            raise WireError(short(f"what came back is no answer: {error}", secret), status=200) from None

    @cached_property
    def _secret(self) -> str:
        return secret_of(self._spec.model.key, where=self._where)

    @cached_property
    def _headers(self) -> dict[str, str]:
        user, password = self._address.username, self._address.password
        if not self._secret and user:
            pair = f"{unquote(user)}:{unquote(password or '')}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {"Authorization": f"Bearer {self._secret or 'none'}"}


def chat_url(address: SplitResult) -> str:
    """Where chat completions are asked for under a base address, its query kept, its user and password not."""
    path = f"{address.path.rstrip('/')}/chat/completions"
    return address._replace(path=path, netloc=address.netloc.rpartition("@")[2], fragment="").geturl()


def said(reply: Reply, secret: str) -> str:
    """The endpoint's own words for why it does not answer: `code: message`, or the beginning of what it sent."""
    try:
        error = json.loads(reply.body)
        error = error.get("error", error) if isinstance(error, dict) else error
    except (ValueError, RecursionError):
        error = reply.body[:300].decode("utf-8", "replace")
    if isinstance(error, dict):
        parts = [error.get("code"), error.get("message") or error.get("detail") or error.get("type")]
        error = ": ".join(str(part) for part in parts if part)
    return short(str(error or ""), secret)


def short(text: str, secret: str) -> str:
    """`text` on one line of 300 characters at most, without the key."""
    return " ".join(without(text, secret).split())[:300]


def retry_after(value: str) -> float | None:
    """Seconds to wait, as RFC 9110, section 10.2.3 has it: a number, or a date."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds == seconds else None
