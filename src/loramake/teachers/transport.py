"""HTTP to a model: one request and what comes back, over connections that are kept, within limits of size and time."""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import parse_url

from loramake import __version__
from loramake.teachers.wire import WireError

BLOCK = 1 << 16
HEADERS = {"Content-Type": "application/json", "User-Agent": f"loramake/{__version__}"}
LARGEST_REPLY = 64 << 20
CONNECT_SECONDS = 30.0
# Endpoints that queue a request send blank lines meanwhile, for as long as ten minutes: a silence is a fault, a
# queue is none, and a trickle without end is one.
TRICKLE = 5
NEVER = urllib3.Retry(False)
NEVER_SENT = (ConnectTimeoutError, NewConnectionError, ProxyError, SSLError)


Sender = Callable[..., urllib3.BaseHTTPResponse]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status. Headers are found whatever the case of their names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Posts to endpoints, from many threads at once; keeps `sockets` connections at most.

    `timeout` is the longest silence in seconds; an answer that trickles may take `TRICKLE` times as long. Proxies come
    from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, certificates from REQUESTS_CA_BUNDLE or SSL_CERT_FILE.
    Redirects are not followed: nothing is sent to a place that the recipe does not name.
    """

    def __init__(self, *, sockets: int, timeout: float) -> None:
        self._sockets, self._timeout = sockets, timeout
        self._wait = urllib3.Timeout(connect=min(timeout, CONNECT_SECONDS), read=timeout)
        self._pools: list[urllib3.PoolManager] = []
        self._senders: dict[str, Sender] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the sockets."""
        for pool in self._pools:
            pool.clear()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send `body` once, as JSON. Raises WireError without a status when no whole reply comes."""
        begun = time.monotonic()
        try:
            response = self._sender(url)(
                body=body,
                headers={**HEADERS, **headers},
                timeout=self._wait,
                retries=NEVER,
                redirect=False,
                preload_content=False,
            )
            try:
                whole = b"".join(self._blocks(response, begun))
            except BaseException:
                response.close()
                raise
            response.release_conn()
        except ReadTimeoutError:
            raise WireError("silence", timed_out=True) from None
        except (HTTPError, OSError, ValueError) as error:
            raise WireError(_cause(error), sent=not isinstance(error, NEVER_SENT)) from None
        return Reply(response.status, response.headers, whole)

    def _blocks(self, response: urllib3.BaseHTTPResponse, begun: float) -> Iterator[bytes]:
        size = 0
        while block := response.read1(BLOCK, decode_content=True):
            yield block
            size += len(block)
            if size > LARGEST_REPLY:
                raise WireError(f"a reply of more than {LARGEST_REPLY >> 20} MiB")
            if time.monotonic() - begun > TRICKLE * self._timeout:
                raise WireError("a trickle", timed_out=True)

    def _sender(self, url: str) -> Sender:
        # To look through the environment takes as long as a request does: once for each address.
        sender = self._senders.get(url)
        if sender is None:
            with self._lock:
                sender = self._senders.get(url) or self._senders.setdefault(url, self._new_sender(url))
        return sender

    def _new_sender(self, url: str) -> Sender:
        proxy = _proxy(url)
        pool = self._new_pool(proxy)
        self._pools.append(pool)
        if proxy:
            return partial(pool.urlopen, "POST", url)
        # The pool of the one host: it need not be looked up for every request.
        return partial(pool.connection_from_url(url).urlopen, "POST", parse_url(url).request_uri)

    def _new_pool(self, proxy: str) -> urllib3.PoolManager:
        if not proxy:
            return urllib3.PoolManager(num_pools=4, maxsize=self._sockets, ssl_context=self._certificates)
        user = urlsplit(proxy)
        name = f"{unquote(user.username)}:{unquote(user.password or '')}" if user.username else None
        return urllib3.ProxyManager(
            proxy if "://" in proxy else f"http://{proxy}",
            num_pools=4,
            maxsize=self._sockets,
            ssl_context=self._certificates,
            proxy_headers=urllib3.make_headers(proxy_basic_auth=name) if name else None,
        )

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        named = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
        context = ssl.create_default_context(cafile=named or None)
        if not named:
            context.load_verify_locations(certifi.where())
        return context


def _proxy(url: str) -> str:
    place = urlsplit(url)
    if proxy_bypass(place.hostname or ""):
        return ""
    proxies = getproxies()
    return proxies.get(place.scheme) or proxies.get("all") or ""


def _cause(error: BaseException) -> str:
    # The innermost error in few words: what stands around it repeats addresses, with whatever they hold.
    while (inner := _inside(error)) is not None:
        error = inner
    says = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(says.rpartition(">: ")[2].split())[:200] or type(error).__name__


def _inside(error: BaseException) -> BaseException | None:
    found = (getattr(error, "reason", None), getattr(error, "original_error", None), error.__cause__, *error.args)
    return next((part for part in found if isinstance(part, BaseException) and part is not error), None)
