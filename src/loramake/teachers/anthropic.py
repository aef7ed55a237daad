"""Anthropic's Messages API: one try to send a request, and what its replies mean."""

import json
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Answer, Call
from loramake.teachers.clients import Client
from loramake.teachers.providers import body
from loramake.teachers.replies import SHORTEST_SECRET_IN_PROSE, without

# How replies end, in the words of OpenAI's API; those that are not here stay as they are.
ENDS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}
# What its library has no parameter for.
BESIDE = ("temperature",)


class Messages:
    """`POST /v1/messages`, by Anthropic's own library, which is loaded with the first request that is sent.

    So what is known needs neither library nor key. Raises TeacherError when one of them is missing.
    """

    def __init__(self, spec: Synthesize) -> None:
        self._spec, self._lock = spec, threading.Lock()
        self._opened = False

    def close(self) -> None:
        """Let go of the sockets."""
        if self._opened:
            self._client.close()

    def request(self, call: Call) -> dict[str, Any]:
        """The body that asks `call`."""
        return body(self._spec, call)

    def send(self, request: Mapping[str, Any]) -> Answer:
        """The answer to one request, tried once. Raises WireError."""
        with self._lock:
            client = self._client
        known = {key: value for key, value in request.items() if key not in BESIDE}
        beside = {key: value for key, value in request.items() if key in BESIDE}
        with client.told():
            reply = client.api.messages.with_raw_response.create(**known, extra_body=beside)
            return read_message(json.loads(reply.http_response.content), secret=client.secret)

    @cached_property
    def _client(self) -> Client:
        client = Client(self._spec, "anthropic", "Anthropic")
        self._opened = True
        return client


def read_message(reply: Any, *, secret: str) -> Answer:
    """The Answer in a message. Raises ValueError when it is none.

    Usage stays as it came, with `total_tokens` beside it. An endpoint that repeats the key in its answer does not bring
    it into a file.
    """
    if not isinstance(reply, dict) or not isinstance(reply.get("content"), list):
        raise ValueError(f"no content in {json.dumps(reply)[:200]}")
    parts = [part for part in reply["content"] if isinstance(part, dict) and part.get("type") == "text"]
    text = "".join(str(part.get("text") or "") for part in parts).encode("utf-8", "replace").decode("utf-8")
    reason = str(reply.get("stop_reason") or "stop")
    return Answer(
        content=without(text, secret, shortest=SHORTEST_SECRET_IN_PROSE),
        finish_reason=ENDS.get(reason, reason),
        usage=_usage(reply.get("usage")),
    )


def _usage(usage: Any) -> dict[str, Any] | None:
    if not isinstance(usage, dict):
        return None
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
    return {**usage, "total_tokens": sum(value for name in names if isinstance(value := usage.get(name), int))}
