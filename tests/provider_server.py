"""A real HTTP server with the providers' other interfaces: Anthropic's messages, and batches of OpenAI and Anthropic.

What is in a batch is answered as `api_server` answers it; `status` says by a request's own body which one fails there.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from api_server import answer

Reply = tuple[int, Any]


class ProviderServer:
    """Serves on 127.0.0.1 until the block ends. A batch is done after so many looks at it."""

    def __init__(
        self,
        *,
        looks: int = 2,
        status: Callable[[dict[str, Any]], int] | None = None,
        fault: Callable[[str, str, int], Reply | None] | None = None,
    ) -> None:
        self.looks, self.status, self.fault = looks, status or (lambda _: 200), fault
        self.singles: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, int] = {}
        self.heads: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.failed_batches = False
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{self.base}/v1"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def batched(self) -> list[dict[str, Any]]:
        """The bodies of all requests in batches."""
        return [row["body"] for batch in self.batches.values() for row in batch["rows"]]

    def take(self, method: str, path: str, heads: dict[str, str], raw: bytes) -> Reply:
        """What a request is answered."""
        with self._lock:
            place = urlsplit(path)
            self.heads.append(heads)
            self.asked.append(f"{method} {place.path}")
            count = self.seen[f"{method} {place.path}"] = self.seen.get(f"{method} {place.path}", 0) + 1
            fault = self.fault(method, place.path, count) if self.fault else None
            if fault and fault[0] != 299:
                return fault
            reply = self._route(method, place.path.removeprefix("/v1"), heads, raw)
            return (fault[1], {}) if fault else reply

    def _route(self, method: str, path: str, heads: dict[str, str], raw: bytes) -> Reply:
        parts = path.strip("/").split("/")
        if (method, path) in (("POST", "/messages"), ("POST", "/chat/completions")):
            body = json.loads(raw)
            self.singles.append(body)
            return 200, _single(body, "messages" in path)
        if (method, path) == ("POST", "/files"):
            name = f"file-{len(self.files)}"
            self.files[name] = _part(raw, heads["content-type"], "file")
            return 200, {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "f", "purpose": "batch"}
        if method == "GET" and parts[0] == "files":
            return 200, self.files[parts[1]]
        if method == "POST" and path.endswith("batches"):
            return self._create(json.loads(raw), ours="messages" in path)
        if method == "GET" and path.endswith("batches"):
            shown = [self._shown(name, look=False) for name in reversed(self.batches)]
            return 200, {"object": "list", "data": shown, "has_more": False, "first_id": None, "last_id": None}
        if method == "GET" and parts[-1] == "results":
            return 200, _lines(self._results(self.batches[parts[-2]]))
        if method == "GET" and parts[-2:-1] == ["batches"] and parts[-1] in self.batches:
            return 200, self._shown(parts[-1])
        return 404, _error(404)

    def _create(self, body: dict[str, Any], *, ours: bool) -> Reply:
        name = f"batch_{len(self.batches)}"
        if ours:
            rows = [{"custom_id": row["custom_id"], "body": row["params"]} for row in body["requests"]]
        else:
            assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
            rows = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
            assert all((row["method"], row["url"]) == ("POST", "/v1/chat/completions") for row in rows)
        assert len({row["custom_id"] for row in rows}) == len(rows)
        self.batches[name] = {"rows": rows, "looks": 0, "ours": ours, "file": body.get("input_file_id")}
        return 200, self._shown(name, look=False)

    def _shown(self, name: str, *, look: bool = True) -> dict[str, Any]:
        batch = self.batches[name]
        batch["looks"] += look
        done = batch["looks"] > self.looks
        total = len(batch["rows"])
        if batch["ours"]:
            counts = {"processing": 0 if done else total, "succeeded": total * done, "errored": 0}
            return {
                "id": name,
                "type": "message_batch",
                "processing_status": "ended" if done else "in_progress",
                "request_counts": {**counts, "canceled": 0, "expired": 0},
                "created_at": "2999-01-01T00:00:00Z",
                "expires_at": "2999-01-02T00:00:00Z",
                "results_url": "http://127.0.0.1:1/elsewhere" if done else None,
            }
        about = {"id": name, "object": "batch", "endpoint": "/v1/chat/completions", "input_file_id": batch["file"]}
        about |= {"completion_window": "24h", "created_at": 1, "status": "in_progress"}
        about["request_counts"] = {"total": total, "completed": total * done, "failed": 0}
        if done and self.failed_batches:
            return about | {"status": "failed", "errors": {"data": [{"code": "x", "message": "model not allowed"}]}}
        if done:
            results = self._results(batch)
            good = [row for row in results if row["response"]["status_code"] == 200]
            bad = [row for row in results if row["response"]["status_code"] != 200]
            about["status"] = "completed"
            for key, rows in (("output_file_id", good), ("error_file_id", bad)):
                if rows:
                    about[key] = f"{key}-{name}"
                    self.files[about[key]] = _lines(rows)
        return about

    def _results(self, batch: dict[str, Any]) -> list[dict[str, Any]]:
        rows = []
        for row in reversed(batch["rows"]):
            status = self.status(row["body"])
            reply = _single(row["body"], batch["ours"]) if status == 200 else _error(status)
            if batch["ours"]:
                result = (
                    {"type": "succeeded", "message": reply} if status == 200 else {"type": "errored", "error": reply}
                )
                rows.append({"custom_id": row["custom_id"], "result": result})
            else:
                response = {"status_code": status, "request_id": "r", "body": reply}
                rows.append({"id": "b", "custom_id": row["custom_id"], "response": response, "error": None})
        return rows


def _single(body: dict[str, Any], ours: bool) -> dict[str, Any]:
    if not ours:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer(body)}}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        return {"id": "c", "object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage}
    form = body.get("output_config", {}).get("format")
    asked = {**body, "messages": [{"role": "system", "content": body.get("system", "")}, *body["messages"]]}
    if form:
        asked["response_format"] = {"json_schema": form}
    content = [{"type": "thinking", "thinking": "Hm.", "signature": "s"}, {"type": "text", "text": answer(asked)}]
    usage = {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 5}
    about = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "stop_reason": "end_turn"}
    return {**about, "stop_sequence": None, "content": content, "usage": usage}


def _error(status: int) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "some_error", "message": f"injected {status}"}}


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _part(raw: bytes, kind: str, name: str) -> bytes:
    mark = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    for part in raw.split(mark):
        head, _, content = part.partition(b"\r\n\r\n")
        if f'name="{name}"'.encode() in head:
            return content.removesuffix(b"\r\n")
    raise AssertionError(f"no part {name}")


def _handler(server: ProviderServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self, method: str) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heads = {name.lower(): value for name, value in self.headers.items()}
            status, payload = server.take(method, self.path, heads, raw)
            data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **server.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            self.reply("GET")

        def do_POST(self) -> None:
            self.reply("POST")

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
