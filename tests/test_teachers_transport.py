"""HTTP to a model: whole replies, or an error that says what came instead."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from api_server import ApiServer, Fault
from loramake.teachers import transport
from loramake.teachers.transport import Transport
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
    sender = Transport(sockets=2, timeout=timeout)
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
        assert Transport(sockets=1, timeout=2).post(f"{server.url}/chat/completions", b"{}", {}).status == 307


def test_connections_are_kept():
    with ApiServer() as server:
        sender, opened = Transport(sockets=1, timeout=2), []
        for _ in range(3):
            sender.post(
                f"{server.url}/chat/completions", b'{"model": "m", "messages": [{"role": "user", "content": ""}]}', {}
            )
        for pool in sender._pools:
            opened += [pool.pools[key].num_connections for key in pool.pools.keys()]  # noqa: SIM118 - no mapping
        sender.close()
    assert opened == [1]


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
