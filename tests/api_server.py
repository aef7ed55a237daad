"""A real HTTP server that speaks OpenAI's chat API: its answers follow from the request alone, its faults from a test.

In a test: `with ApiServer(fault=…) as server: …`. As a program: `python tests/api_server.py --port N --log FILE`, which
appends the sha256 of the body of every request that it answers to FILE before it answers.
"""

import argparse
import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer. `content` and `finish_reason` take the place of the right ones."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Any = "injected"
    drop: bool = False
    half: bool = False
    delay: float = 0.0
    raw: str | None = None
    content: str | None = None
    finish_reason: str = "stop"


Faulty = Callable[[int, dict[str, Any]], Fault | None]


class ApiServer:
    """Serves on 127.0.0.1 until the block ends. `fault` is asked about every request, by number (from 1) and body."""

    def __init__(
        self, *, port: int = 0, fault: Faulty | None = None, delay: float = 0.0, log: Path | None = None
    ) -> None:
        self.requests = 0
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.most_at_once = self.at_once = 0
        self._fault, self._delay, self._log = fault, delay, log
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def different(self) -> int:
        """How many different bodies have come."""
        return len({json.dumps(body, sort_keys=True) for body in self.bodies})

    def take(self, raw: bytes, key: str | None) -> tuple[Fault, bytes]:
        """Count a request, and say what to send back."""
        body = json.loads(raw)
        with self._lock:
            self.requests += 1
            self.bodies.append(body)
            self.keys.append(key)
            fault = (self._fault(self.requests, body) if self._fault else None) or Fault()
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self._delay + fault.delay)
        with self._lock:
            self.at_once -= 1
            if self._log and fault.status == 200 and not fault.drop:
                with self._log.open("a") as stream:
                    stream.write(hashlib.sha256(raw).hexdigest() + "\n")
        return fault, _payload(body, fault)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that went away, or was killed, is no fault of the server


def _handler(server: ApiServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != PATH:
                self.reply(Fault(status=404), b'{"error": {"message": "not found"}}')
                return
            self.reply(*server.take(raw, self.headers.get("Authorization")))

        def reply(self, fault: Fault, payload: bytes) -> None:
            if fault.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(fault.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload[: len(payload) // 2] if fault.half else payload)
            self.close_connection = self.close_connection or fault.half

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _payload(body: dict[str, Any], fault: Fault) -> bytes:
    if fault.raw is not None:
        return fault.raw.encode()
    if fault.status != 200:
        error = fault.error if isinstance(fault.error, dict) else {"message": fault.error}
        return json.dumps({"error": error}).encode()
    content = answer(body) if fault.content is None else fault.content
    choice = {"index": 0, "finish_reason": fault.finish_reason, "message": {"role": "assistant", "content": content}}
    words = len(content.split())
    usage = {"prompt_tokens": 100, "completion_tokens": words, "total_tokens": 100 + words}
    reply = {"id": "chat-1", "object": "chat.completion", "created": 0, "model": body["model"], "choices": [choice]}
    return json.dumps({**reply, "usage": usage}).encode()


def answer(body: dict[str, Any]) -> str:
    """What a model that does as it is told might say: an object of the schema that the request states."""
    schema = _schema(body)
    passage = next(message["content"] for message in body["messages"] if message["role"] == "user")
    words = [word.strip(".,:;!?#*|`()") for word in passage.split()]
    words = [word for word in words if len(word) > 3 and word.isalnum()] or ["nothing"]
    return json.dumps(instance(schema, words)) if schema else " ".join(words[:12])


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    form = body.get("response_format", {}).get("json_schema")
    if form:
        schema: dict[str, Any] = form["schema"]
        return schema
    for message in body["messages"]:
        start = message["content"].find('{"')
        if start >= 0:
            return json.JSONDecoder().raw_decode(message["content"], start)[0]  # type: ignore[no-any-return]
    return None


def instance(schema: Mapping[str, Any], words: list[str], name: str = "") -> Any:
    """An instance of a schema of the usual kinds, made of `words`."""
    turn = int(hashlib.sha256(" ".join([name, *words]).encode()).hexdigest(), 16)
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][turn % len(schema["enum"])]
    if kind == "object":
        return {key: instance(part, words, key) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        count = max(schema.get("minItems", 0), min(2, schema.get("maxItems", 2)))
        return [instance(schema.get("items", {}), words[index:] or words, f"{name} {index}") for index in range(count)]
    if kind in ("integer", "number"):
        least = schema.get("minimum", 0)
        return least + turn % (schema.get("maximum", least + 9) - least + 1)
    if kind in ("boolean", "null"):
        return turn % 2 == 0 if kind == "boolean" else None
    return sentence(name, words, turn)


def sentence(name: str, words: list[str], turn: int) -> str:
    """A few words of the passage, as a question when that is what is wanted."""
    start = turn % len(words)
    some = " ".join((words[start:] + words[:start])[:6])
    return f"What is said about {some}?" if name.startswith("question") else f"{some[:1].upper()}{some[1:]}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    options = parser.parse_args()
    with ApiServer(port=options.port, log=options.log, delay=options.delay) as server:
        print(server.url, flush=True)  # noqa: T201 - whoever started it wants to know
        threading.Event().wait()


if __name__ == "__main__":
    main()
