"""HTTP to a model: one request and what comes back, over connections that are kept, within limits of size and time.

With a thousand requests under way, what a client does for each of them decides how many can be: one connection of the
standard library for each thread takes half the processor time of a shared pool.
"""

import base64
import os
import select
import socket
import ssl
import threading
import time
import weakref
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi

from loramake import __version__
from loramake.teachers.wire import WireError

BLOCK = 1 << 16
HEADERS = {"Content-Type": "application/json", "User-Agent": f"loramake/{__version__}"}
LARGEST_REPLY = 64 << 20
CONNECT_SECONDS = 30.0
# Endpoints that queue a request send blank lines meanwhile, for as long as ten minutes: a silence is a fault, a
# queue is none, and a trickle without end is one.
TRICKLE = 5
# Endpoints close connections that nobody uses, but not as soon as this.
IDLE_SECONDS = 1.0
GZIP_OR_ZLIB = zlib.MAX_WBITS | 32


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Route:
    """How an address is reached: the host that is called, what it is asked for, and whether through it a tunnel."""

    secure: bool
    host: str
    port: int | None
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tunnel: tuple[str, int | None] | None = None


@dataclass(slots=True)
class Line:
    """A connection of one thread, and when it was last of use."""

    connection: HTTPConnection
    used: float


class Transport:
    """Posts to endpoints, from many threads at once; each thread keeps a connection of its own to each address.

    `timeout` is the longest silence in seconds; an answer that trickles may take `TRICKLE` times as long. Proxies come
    from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, certificates from REQUESTS_CA_BUNDLE or SSL_CERT_FILE.
    Redirects are not followed: nothing is sent to a place that the recipe does not name.
    """

    def __init__(self, *, timeout: float) -> None:
        self._timeout = timeout
        self._routes: dict[str, Route] = {}
        self._mine, self._lock = threading.local(), threading.Lock()
        self._opened: list[HTTPConnection] = []
        weakref.finalize(self, _close_all, self._opened)

    def close(self) -> None:
        """Let go of the sockets."""
        with self._lock:
            _close_all(self._opened)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send `body` once, as JSON. Raises WireError without a status when no whole reply comes."""
        line, route = self._line(url)
        connection = line.connection
        try:
            connection.request("POST", route.target, body, {**HEADERS, **route.headers, **headers})
            with connection.getresponse() as response:
                reply = self._reply(response)
        except BaseException as error:
            connection.close()
            raise _fault(error) from None
        line.used = time.monotonic()
        return reply

    def _reply(self, response: HTTPResponse) -> Reply:
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = b"".join(self._blocks(response))
        if response.length:
            raise IncompleteRead(body, response.length)
        return Reply(response.status, headers, _decoded(body, headers.get("content-encoding", "")))

    def _blocks(self, response: HTTPResponse) -> Iterator[bytes]:
        begun, size = time.monotonic(), 0
        while block := response.read1(BLOCK):
            yield block
            size += len(block)
            if size > LARGEST_REPLY:
                raise WireError(f"a reply of more than {LARGEST_REPLY >> 20} MiB")
            if time.monotonic() - begun > TRICKLE * self._timeout:
                raise WireError("a trickle", timed_out=True)

    def _line(self, url: str) -> tuple[Line, Route]:
        lines: dict[str, Line] = self._mine.__dict__
        line, route = lines.get(url), self._route(url)
        if line is None:
            line = lines[url] = Line(self._connection(route), 0.0)
        connection = line.connection
        idle = time.monotonic() - line.used > IDLE_SECONDS
        if connection.sock is not None and idle and _has_something_to_say(connection.sock):
            connection.close()
        if connection.sock is None:
            self._connect(connection)
        return line, route

    def _connect(self, connection: HTTPConnection) -> None:
        try:
            connection.connect()
        except BaseException as error:
            connection.close()
            if isinstance(error, (OSError, HTTPException, ValueError)):
                raise WireError(_says(error), sent=False) from None
            raise
        connection.sock.settimeout(self._timeout)

    def _connection(self, route: Route) -> HTTPConnection:
        seconds = min(self._timeout, CONNECT_SECONDS)
        connection = (
            HTTPSConnection(route.host, route.port, timeout=seconds, context=self._certificates)
            if route.secure
            else HTTPConnection(route.host, route.port, timeout=seconds)
        )
        if route.tunnel:
            connection.set_tunnel(*route.tunnel, headers=dict(route.headers))
        with self._lock:
            self._opened.append(connection)
        return connection

    def _route(self, url: str) -> Route:
        # To look through the environment takes as long as a request does: once for each address.
        route = self._routes.get(url)
        if route is None:
            route = self._routes[url] = route_to(url)
        return route

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
        try:
            context = ssl.create_default_context(cafile=named or None)
        except OSError as error:
            raise WireError(f"certificates: {named}: {_says(error)}", sent=False) from None
        if not named:
            context.load_verify_locations(certifi.where())
        return context


def _close_all(connections: list[HTTPConnection]) -> None:
    while connections:
        connections.pop().close()


def route_to(url: str) -> Route:
    """How `url` is reached: directly, or by the proxy that the environment names. Raises WireError for one over TLS."""
    place = urlsplit(url)
    secure, host = place.scheme == "https", place.hostname or ""
    target = place._replace(scheme="", netloc="", fragment="").geturl() or "/"
    proxy = _proxy(place)
    if proxy is None:
        return Route(secure, host, place.port, target)
    if proxy.scheme != "http":
        raise WireError(f"a proxy that is asked by {proxy.scheme}: http alone is known", sent=False)
    name = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}" if proxy.username else ""
    headers = {"Proxy-Authorization": f"Basic {base64.b64encode(name.encode()).decode()}"} if name else {}
    if secure:
        return Route(True, proxy.hostname or "", proxy.port or 80, target, headers, (host, place.port or 443))
    return Route(False, proxy.hostname or "", proxy.port or 80, place._replace(fragment="").geturl(), headers)


def _proxy(place: SplitResult) -> SplitResult | None:
    if proxy_bypass(place.hostname or ""):
        return None
    proxies = getproxies()
    named = proxies.get(place.scheme) or proxies.get("all")
    return urlsplit(named if "://" in named else f"http://{named}") if named else None


def _has_something_to_say(peer: socket.socket) -> bool:
    """Whether there is something to read where nothing should be: the end, as a rule."""
    if not hasattr(select, "poll"):
        return bool(select.select([peer], [], [], 0)[0])
    poll = select.poll()
    poll.register(peer, select.POLLIN)
    return bool(poll.poll(0))


def _decoded(body: bytes, encoding: str) -> bytes:
    """`body` as it was before it was compressed, which nobody asked for. Raises ValueError for what is not known."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"a reply in an encoding that nobody asked for: {encoding[:40]}")
    inflater = zlib.decompressobj(GZIP_OR_ZLIB)
    whole = inflater.decompress(body, LARGEST_REPLY)
    if inflater.unconsumed_tail:
        raise ValueError(f"a reply of more than {LARGEST_REPLY >> 20} MiB")
    return whole


def _fault(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError):
        return WireError("silence", timed_out=True)
    return WireError(_says(error)) if isinstance(error, (OSError, HTTPException, ValueError, zlib.error)) else error


def _says(error: BaseException) -> str:
    says = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(says.split())[:200] or type(error).__name__
