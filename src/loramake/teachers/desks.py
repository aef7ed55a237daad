"""Batch interfaces: where a provider takes many requests at once, for half the price, and answers within a day."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from loramake.recipe.model import Synthesize
from loramake.teachers.anthropic import read_message
from loramake.teachers.calls import Answer
from loramake.teachers.clients import Client
from loramake.teachers.replies import read_reply

# Clocks differ; and a batch that began before its requests were written down is somebody else's.
SKEW = timedelta(minutes=10)
# How many batches back one is looked for whose name was never learnt.
MOST_LISTED = 500
# Uploads and downloads take longer than an answer does.
SHORTEST_TIMEOUT = 300.0
CHAT = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class State:
    """How far a batch is: `failed` is why none of its requests was looked at."""

    done: bool
    failed: str = ""
    finished: int = 0
    total: int = 0


class Desk(Protocol):
    """A provider's batch interface. Whatever it is asked may raise WireError."""

    def hand_in(self, bodies: Mapping[str, Any]) -> str:
        """Bring requests, by their names, to the provider; what it calls them, or "" when it has no such step."""
        ...

    def begin(self, bodies: Mapping[str, Any], handed_in: str) -> str:
        """Begin a batch of them; its id."""
        ...

    def find(self, handed_in: str, count: int, since: datetime, known: set[str]) -> str:
        """The id of a batch that was begun and not noted, `known` ones aside; "" when there is none."""
        ...

    def look(self, batch: str) -> State:
        """How far a batch is."""
        ...

    def results(self, batch: str) -> Iterator[tuple[str, Answer | None]]:
        """The answers of a batch that is done, by the names of requests; None for one that has failed."""
        ...

    def close(self) -> None:
        """Let go of the sockets."""
        ...


def desk_of(spec: Synthesize) -> Desk:
    """The batch interface of a model's provider. Raises TeacherError without a key, or without the library."""
    return MessagesDesk(spec) if spec.model.protocol == "anthropic" else ChatDesk(spec)


class ChatDesk:
    """OpenAI's: a file of requests, a batch of it, and files of answers and of errors.

    https://platform.openai.com/docs/guides/batch
    """

    def __init__(self, spec: Synthesize) -> None:
        self._client = Client(spec, "openai", "OpenAI", timeout=max(spec.limit.timeout, SHORTEST_TIMEOUT))

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()

    def hand_in(self, bodies: Mapping[str, Any]) -> str:
        """The id of the file of requests."""
        rows = ({"custom_id": name, "method": "POST", "url": CHAT, "body": body} for name, body in bodies.items())
        lines = io.BytesIO(b"".join(json.dumps(row).encode("ascii") + b"\n" for row in rows))
        with self._client.told():
            return str(self._client.api.files.create(file=("requests.jsonl", lines), purpose="batch").id)

    def begin(self, bodies: Mapping[str, Any], handed_in: str) -> str:  # noqa: ARG002 - one interface
        """The id of a batch of the file."""
        about = {"input_file_id": handed_in, "endpoint": CHAT, "completion_window": "24h"}
        with self._client.told():
            return str(self._client.api.batches.create(**about).id)

    def find(self, handed_in: str, count: int, since: datetime, known: set[str]) -> str:  # noqa: ARG002
        """The batch of the file, if there is one."""
        with self._client.told():
            for _, batch in zip(range(MOST_LISTED), self._client.api.batches.list(limit=100), strict=False):
                if batch.input_file_id == handed_in:
                    return str(batch.id)
        return ""

    def look(self, batch: str) -> State:
        """How far it is. A batch that expired is done: what it has is given."""
        with self._client.told():
            found = self._client.api.batches.retrieve(batch)
            faults = (found.errors.data if found.errors else None) or []
            says = "; ".join(str(fault.message or fault.code) for fault in faults[:3])
            counts = found.request_counts
            return State(
                done=found.status in ("completed", "expired", "cancelled", "failed"),
                failed=(says or "it gives no reason") if found.status == "failed" else "",
                finished=counts.completed if counts else 0,
                total=counts.total if counts else 0,
            )

    def results(self, batch: str) -> Iterator[tuple[str, Answer | None]]:
        """The lines of both files, whatever their order."""
        with self._client.told():
            found = self._client.api.batches.retrieve(batch)
            for file in (found.output_file_id, found.error_file_id):
                if file:
                    lines = self._client.api.files.content(file).content
                    yield from _read(lines, self._one)

    def _one(self, row: Any) -> Answer | None:
        response = row["response"]
        return read_reply(response["body"], secret=self._client.secret) if response["status_code"] == 200 else None


class MessagesDesk:
    """Anthropic's: a batch holds its requests, and has results.

    https://platform.claude.com/docs/en/build-with-claude/batch-processing
    """

    def __init__(self, spec: Synthesize) -> None:
        self._client = Client(spec, "anthropic", "Anthropic", timeout=max(spec.limit.timeout, SHORTEST_TIMEOUT))

    def close(self) -> None:
        """Let go of the sockets."""
        self._client.close()

    def hand_in(self, bodies: Mapping[str, Any]) -> str:  # noqa: ARG002 - one interface
        """Nothing is handed in beforehand."""
        return ""

    def begin(self, bodies: Mapping[str, Any], handed_in: str) -> str:  # noqa: ARG002
        """The id of a batch of the requests."""
        requests = [{"custom_id": name, "params": body} for name, body in bodies.items()]
        with self._client.told():
            return str(self._client.api.messages.batches.create(requests=requests).id)

    def find(self, handed_in: str, count: int, since: datetime, known: set[str]) -> str:  # noqa: ARG002
        """A batch of as many requests that is not older. Results that nobody asked for would show another one."""
        with self._client.told():
            for _, batch in zip(range(MOST_LISTED), self._client.api.messages.batches.list(limit=100), strict=False):
                if batch.created_at < since - SKEW:
                    break
                if batch.id not in known and _total(batch.request_counts) == count:
                    return str(batch.id)
        return ""

    def look(self, batch: str) -> State:
        """How far it is."""
        with self._client.told():
            found = self._client.api.messages.batches.retrieve(batch)
            counts = found.request_counts
            return State(
                done=found.processing_status == "ended",
                finished=_total(counts) - counts.processing,
                total=_total(counts),
            )

    def results(self, batch: str) -> Iterator[tuple[str, Answer | None]]:
        """The lines of the results. They are asked for where the interface is, wherever a reply says that they are."""
        with self._client.told():
            reply = self._client.api.get(f"/v1/messages/batches/{batch}/results", cast_to=self._raw)
            yield from _read(reply.content, self._one)

    @cached_property
    def _raw(self) -> Any:
        import httpx2

        return httpx2.Response

    def _one(self, row: Any) -> Answer | None:
        result = row["result"]
        return read_message(result["message"], secret=self._client.secret) if result["type"] == "succeeded" else None


def _total(counts: Any) -> int:
    return int(counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired)


def _read(lines: bytes, read: Callable[[Any], Answer | None]) -> Iterator[tuple[str, Answer | None]]:
    for line in lines.split(b"\n"):
        try:
            row = json.loads(line)
            name = str(row["custom_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        try:
            yield name, read(row)
        except (ValueError, KeyError, TypeError, RecursionError):
            yield name, None
