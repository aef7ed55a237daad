"""A real HTTP server in front of a service of live_services.py, with faults from a test.

In a test: `with LiveServer(GitHub(…), key="…") as server: …`; `before` is called ahead of each request, and may
change the data or give a Fault. As a program: `python tests/live_server.py github --items 50 --key K --log FILE`, which
appends a line for each request to FILE before it answers.
"""

import argparse
import base64
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from live_services import (
    ConfluenceCloud,
    ConfluenceServer,
    GitHub,
    GitLab,
    JiraCloud,
    JiraServer,
    NotThereError,
    Reply,
    Request,
    Service,
)
from loramake.fetching.fetch import fetch
from loramake.plan import open_project


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one answer. `echo`: the message shows the credentials that came; `drip`: seconds a byte."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "injected"
    raw: bytes | None = None
    drop: bool = False
    half: bool = False
    echo: bool = False
    drip: float = 0.0


class LiveServer:
    """Serves `service` on 127.0.0.1 until the block ends. With `key`, whoever does not show it is refused."""

    def __init__(
        self,
        service: Any,
        *,
        key: str = "",
        user: str = "",
        before: Callable[[int, Request], Fault | None] | None = None,
        port: int = 0,
        delay: float = 0.0,
        log: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.service, self.key, self.user, self.before = service, key, user, before
        self.requests: list[Request] = []
        self.delay, self._log = delay, log
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler(self))
        place = "https://localhost" if tls else "http://127.0.0.1"
        self.url = f"{place}:{self._server.server_address[1]}{service.path}"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

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
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.requests]

    def take(self, request: Request) -> tuple[Fault, Reply]:
        """Count a request, and say what to send back."""
        with self._lock:
            self.requests.append(request)
            if self._log:
                with self._log.open("a") as stream:
                    stream.write(f"{request.method} {request.path}\n")
            fault = (self.before(len(self.requests), request) if self.before else None) or Fault()
            time.sleep(self.delay)
            if fault.status != 200 or fault.drop:
                shown = f" {request.headers.get('Authorization')}" if fault.echo else ""
                return fault, Reply({"message": fault.message + shown}, fault.status, fault.headers, fault.raw)
            return fault, self._answer(request)

    def _answer(self, request: Request) -> Reply:
        if self.key and not self._is_let_in(request.headers.get("Authorization", "")):
            challenge = {"WWW-Authenticate": 'Basic realm="here"'}
            return Reply({"message": "Bad credentials"}, 401, challenge)
        try:
            return self.service.answer(request)
        except (NotThereError, KeyError):
            return Reply({"message": "Not Found"}, 404)

    def _is_let_in(self, shown: str) -> bool:
        if shown.startswith("Basic "):
            user, _, key = base64.b64decode(shown[6:]).decode().partition(":")
            return key == self.key and user == (self.user or user)
        return not self.user and shown == f"Bearer {self.key}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that went away, or was killed, is no fault of the server


KEY = "s3cret+/key-with/odd==chars"
RECIPE = """\
sources:
  src:
    {kind}: {place}
{source}    fetch: {{ url: {url}, key: LIVE_KEY{fetch} }}
clean: {{}}
"""


def shows_key(data: bytes) -> bool:
    """Whether the key stands somewhere in `data`: as it is, percent-encoded, or within anything in base64."""
    texts = [data, unquote_to_bytes(data)]
    for token in re.findall(rb"[A-Za-z0-9+/_-]{16,}", data):
        for start in range(4):
            digits = token.translate(bytes.maketrans(b"-_", b"+/"))[start:]
            texts.append(base64.b64decode(digits[: len(digits) // 4 * 4]))
    return any(KEY.encode() in text for text in texts)


class Fetcher:
    """A project whose recipe fetches one source, `src`, from a server, which wants KEY."""

    def __init__(self, root: Path, kind: str, server: LiveServer, *, fetch: str = "", source: str = "") -> None:
        self.root, self.server = root, server
        self.folder = root / "data/raw" / ("src.git" if kind == "git" else "src")
        place = "data/raw/src.git" if kind == "git" else "data/raw/src/*.json"
        more = f", {fetch}" if fetch else ""
        lines = f"    {source}\n" if source else ""
        (root / "recipes").mkdir(exist_ok=True)
        recipe = RECIPE.format(kind=kind, place=place, url=server.url, fetch=more, source=lines)
        (root / "recipes/live.yaml").write_text(recipe)

    def run(self) -> str:
        """Fetch, in this process; the last line of what is said. Raises what failed."""
        self.said: list[str] = []
        errors = fetch(self.root / "recipes/live.yaml", [], open_project(self.root), say=self.said.append)
        for error in errors:
            raise error
        return self.said[-1]

    def counted(self) -> tuple[str, int]:
        """Fetch; what came of it, and how many requests it took."""
        before = len(self.server.requests)
        return self.run().partition(";")[0], len(self.server.requests) - before

    def start(self) -> subprocess.Popen[str]:
        """Fetch, as a person would."""
        command = [str(Path(sys.executable).parent / "loramake"), "fetch", "recipes/live.yaml"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.root, env=os.environ, stdout=pipe, stderr=pipe, text=True)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("[!.]*.json"))

    def read(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())


def _handler(server: LiveServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            raw = _body(self)
            is_json = "json" in self.headers.get("Content-Type", "")
            queries = parse_qs(parts.query)
            query = {name: values[-1] for name, values in queries.items()}
            body = json.loads(raw) if raw and is_json else None
            self.reply(*server.take(Request(self.command, parts.path, query, self.headers, body, raw, queries)))

        do_POST = do_GET  # noqa: N815 - http.server wants it so

        def reply(self, fault: Fault, reply: Reply) -> None:
            if fault.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            payload = json.dumps(reply.value).encode() if reply.raw is None else reply.raw
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers, **fault.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            if fault.drip:
                _drip(self.wfile, payload, fault.drip)
            else:
                self.wfile.write(payload[: len(payload) // 2] if fault.half else payload)
            self.close_connection = self.close_connection or fault.half

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _body(handler: BaseHTTPRequestHandler) -> bytes:
    if handler.headers.get("Transfer-Encoding") != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    blocks = []
    while size := int(handler.rfile.readline(), 16):
        blocks.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(blocks)


def _drip(stream: Any, payload: bytes, seconds: float) -> None:
    for byte in payload:
        stream.write(bytes([byte]))
        stream.flush()
        time.sleep(seconds)


def made(name: str, items: int) -> Service:
    """A service by its name, with so many items."""
    kinds: dict[str, Callable[[], Service]] = {
        "jira-cloud": lambda: JiraCloud(items),
        "jira-server": lambda: JiraServer(items),
        "confluence-cloud": lambda: ConfluenceCloud(items),
        "confluence-server": lambda: ConfluenceServer(items),
        "github": lambda: GitHub(items // 2, items - items // 2),
        "gitlab": lambda: GitLab(items // 2, items - items // 2),
    }
    return kinds[name]()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("service")
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before every answer")
    options = parser.parse_args()
    service = made(options.service, options.items)
    with LiveServer(service, key=options.key, port=options.port, delay=options.delay, log=options.log) as server:
        print(server.url, flush=True)  # noqa: T201 - whoever started it wants to know
        threading.Event().wait()


if __name__ == "__main__":
    main()
