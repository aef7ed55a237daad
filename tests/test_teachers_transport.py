"""HTTP to a model: whole replies, or an error that says what came instead."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from api_server import ApiServer, Fault
from loramake.teachers import transport
from loramake.teachers.transport import Route, Transport, route_to
from loramake.teachers.wire import WireError

HEAD = b"HTTP/1.1 200 OK\r\n"
LENGTH = HEAD + b"Content-Length: 10\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@contextmanager
def raw_server(talk: Callable[[socket.socket], object], requests: list[bytes] | None = None) -> Iterator[str]:
    """A server that reads a request, puts it down in `requests`, and then says what `talk` has it say."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    heard = b""
                    while not heard.endswith(b"{}"):
                        heard += peer.recv(65536)
                    if requests is not None:
                        requests.append(heard)
                    with suppress(OSError):
                        talk(peer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        listener.shutdown(socket.SHUT_RDWR)


def post(url: str, timeout: float = 2) -> bytes:
    sender = Transport(timeout=timeout)
    try:
        return sender.post(url, b"{}", {}).body
    finally:
        sender.close()


def drip(peer: socket.socket, parts: list[bytes], pause: float = 0.05) -> None:
    for part in parts:
        peer.sendall(part)
        time.sleep(pause)


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ([LENGTH, b"01234", b"56789"], b"0123456789"),
        ([CHUNKED, b"5\r\n01234\r\n", b"5\r\n56789\r\n", b"0\r\n\r\n"], b"0123456789"),
        ([CHUNKED, *[b"1\r\n\n\r\n"] * 5, b"2\r\n{}\r\n0\r\n\r\n"], b"\n\n\n\n\n{}"),
        ([HEAD + b"\r\n", b"until the end"], b"until the end"),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"Content-Length: 2\r\n\r\n{}"], b"{}"),
    ],
    ids=["in two parts", "chunked", "blank lines while it is queued", "no length", "continue first"],
)
def test_a_whole_reply_is_put_together(parts: list[bytes], body: bytes):
    with raw_server(lambda peer: drip(peer, parts)) as url:
        assert post(url) == body


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([LENGTH, b"01234"], "IncompleteRead"),
        ([CHUNKED, b"5\r\n01234\r\n"], "IncompleteRead"),
        ([CHUNKED, b"zz\r\n01234\r\n"], ""),
        ([], "closed connection"),
        ([b"SSH-2.0\r\n"], "SSH-2.0"),
        ([HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"], ""),
        ([HEAD + b"X: 1\r\n" * 200 + b"\r\n"], "100 headers"),
    ],
)
def test_half_a_reply_is_none(parts: list[bytes], says: str):
    with raw_server(lambda peer: drip(peer, parts)) as url, pytest.raises(WireError) as raised:
        post(url)
    assert raised.value.status is None and not raised.value.timed_out
    assert says in raised.value.says


@pytest.mark.parametrize("parts", [[], [LENGTH, b"0123"]], ids=["before it", "in it"])
def test_a_silence_is_told_from_a_lost_connection(parts: list[bytes]):
    with raw_server(lambda peer: (drip(peer, parts), time.sleep(0.6))) as url, pytest.raises(WireError) as raised:
        post(url, timeout=0.2)
    assert raised.value.timed_out


def test_a_trickle_without_end_is_cut_off():
    begun = time.monotonic()
    with (
        raw_server(lambda peer: drip(peer, [CHUNKED, *[b"1\r\n\n\r\n"] * 99])) as url,
        pytest.raises(WireError) as raised,
    ):
        post(url, timeout=0.1)
    assert raised.value.timed_out and time.monotonic() - begun < 2


def test_a_reply_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transport, "LARGEST_REPLY", 1 << 20)
    block = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with (
        raw_server(lambda peer: drip(peer, [CHUNKED, *[block] * 40], 0)) as url,
        pytest.raises(WireError, match="1 MiB"),
    ):
        post(url)


def test_nobody_listening_is_a_lost_connection():
    with pytest.raises(WireError, match="Connection refused"):
        post("http://127.0.0.1:9/v1")


def test_a_redirect_is_not_followed():
    with ApiServer(fault=lambda *_: Fault(status=307, headers={"Location": "http://127.0.0.1:9/"})) as server:
        assert Transport(timeout=2).post(f"{server.url}/chat/completions", b"{}", {}).status == 307


def test_connections_are_kept_and_those_that_went_away_are_opened_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(transport, "IDLE_SECONDS", 0.0)
    asked = b'{"model": "m", "messages": [{"role": "user", "content": ""}]}'
    with ApiServer() as server:
        url, sender = f"{server.url}/chat/completions", Transport(timeout=2)
        ports = []
        for number in range(5):
            sender.post(url, asked, {})
            ports.append(sender._opened[0].sock.getsockname()[1])
            if number == 2:
                sender._opened[0].sock.shutdown(socket.SHUT_RDWR)
        assert server.requests == 5
        sender.close()
    assert len(set(ports[:3])) == len(set(ports[3:])) == 1 and ports[2] != ports[3]


def test_each_thread_has_a_connection_of_its_own():
    with ApiServer(delay=0.05) as server, ThreadPoolExecutor(4) as pool:
        url, sender = f"{server.url}/chat/completions", Transport(timeout=2)
        asked = b'{"model": "m", "messages": [{"role": "user", "content": ""}]}'
        assert {reply.status for reply in pool.map(lambda _: sender.post(url, asked, {}), range(20))} == {200}
        assert 1 < len(sender._opened) <= 4
        sender.close()


def test_a_compressed_reply_is_read_within_the_limit(monkeypatch: pytest.MonkeyPatch):
    packed = gzip.compress(b"{}" + b" " * 5000)
    head = HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with raw_server(lambda peer: peer.sendall(head + packed)) as url:
        assert post(url).strip() == b"{}"
        monkeypatch.setattr(transport, "LARGEST_REPLY", 4096)
        with pytest.raises(WireError, match="a reply of more than"):
            post(url)


@pytest.mark.parametrize(
    ("url", "route"),
    [
        ("https://a.example/v1?x=1", Route(True, "a.example", None, "/v1?x=1")),
        ("http://a.example:81", Route(False, "a.example", 81, "/")),
    ],
)
def test_an_address_without_a_proxy_is_called_itself(url: str, route: Route):
    assert route_to(url) == route


def test_what_is_secret_goes_through_a_proxy_in_a_tunnel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "http://ada:x@proxy.example:3128")
    login = {"Proxy-Authorization": "Basic YWRhOng="}
    assert route_to("https://a.example/v1") == Route(True, "proxy.example", 3128, "/v1", login, ("a.example", 443))
    monkeypatch.setenv("https_proxy", "socks5://proxy.example")
    with pytest.raises(WireError, match="a proxy that is asked by socks5"):
        route_to("https://a.example/v1")


def test_a_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch):
    with raw_server(lambda peer: peer.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}"), heard := []) as url:
        monkeypatch.setenv("http_proxy", url.replace("http://", "http://ada:pass%20word@").removesuffix("/v1"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert post("http://model.example/v1") == post(url) == b"{}"
    assert heard[0].startswith(b"POST http://model.example/v1 HTTP/1.1")
    assert b"Basic YWRhOnBhc3Mgd29yZA==" in heard[0] and b"Basic" not in heard[1]


def test_a_certificate_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    with pytest.raises(WireError, match="No such file"):
        post("https://127.0.0.1:9/v1")
