import gzip
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from live_server import KEY, Fault, LiveServer
from live_services import Reply, Request, Service
from loramake.errors import FetchError
from loramake.fetching import client as wire
from loramake.fetching import pauses
from loramake.fetching.address import Address
from loramake.fetching.client import Client
from loramake.fetching.credentials import Credentials
from loramake.recipe.source import Fetch


class Things(Service):
    """A service with one thing in it."""

    routes = (("GET", r"/things", "get_things"), ("POST", r"/things", "get_things"), ("GET", r"/gzip", "get_gzip"))

    def get_things(self, request: Request) -> Any:
        return {"things": 1, "query": request.query, "body": request.body}

    def get_gzip(self, _request: Request) -> Reply:
        packed = gzip.compress(b'"' + b"a" * 50_000_000 + b'"')
        return Reply(raw=packed, headers={"Content-Encoding": "gzip"})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


@contextmanager
def asked(
    before: Callable[[int, Request], Fault | None] | None = None, *, with_key: bool = True, largest: int = 2**20
) -> Iterator[tuple[Client, LiveServer, list[str]]]:
    said: list[str] = []
    with LiveServer(Things(), key=KEY, before=before) as server:
        credentials = Credentials(Fetch(url=server.url, key="LIVE_KEY" if with_key else None), "here")
        address = Address.of(server.url, with_key=True, where="here")
        client = Client(address, credentials, where="here", largest=largest, say=said.append)
        yield client, server, said
        client.close()


def once(fault: Fault) -> Callable[[int, Request], Fault | None]:
    return lambda number, _: fault if number == 1 else None


def always(fault: Fault) -> Callable[[int, Request], Fault | None]:
    return lambda *_: fault


def test_what_is_asked_arrives_and_what_arrives_is_given():
    with asked() as (client, server, _):
        assert client.get("/things", "thing", cql="a = 'b&c'", limit=3)["query"] == {"cql": "a = 'b&c'", "limit": "3"}
        assert client.post("/things", "thing", {"jql": "x"})["body"] == {"jql": "x"}
        assert client.find("/nothing") is None
        assert client.requests == len(server.requests) == 3


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=502, raw=b"<html>Bad gateway</html>"),
        Fault(status=503),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(status=403, headers={"Retry-After": "0"}),
        Fault(drop=True),
        Fault(half=True),
    ],
    ids=lambda fault: f"{fault.status}{' drop' * fault.drop}{' half' * fault.half}",
)
def test_what_passes_is_tried_again(fault: Fault):
    with asked(once(fault)) as (client, server, _):
        assert client.get("/things", "thing")["things"] == 1
        assert len(server.requests) == 2


def test_half_of_a_json_that_claims_to_be_whole_is_tried_again():
    class Cut(Things):
        def get_things(self, request: Request) -> Any:
            return Reply(raw=b'{"things": [1, 2') if first.pop() else super().get_things(request)

    first = [False, True]
    with asked() as (client, server, _):
        server.service = Cut()
        assert client.get("/things", "thing")["things"] == 1


def test_a_long_wait_is_told(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with asked(once(Fault(status=429, headers={"Retry-After": when}))) as (client, _, said):
        client.get("/things", "thing")
    assert 80 < max(slept) <= 90
    assert "asks to wait for" in said[0] and " s, until " in said[0]


def test_a_limit_that_does_not_say_how_long_is_respected(monkeypatch: pytest.MonkeyPatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    message = "You have exceeded a secondary rate limit."
    with asked(once(Fault(status=403, message=message))) as (client, _, _said):
        client.get("/things", "thing")
    assert max(slept) == pauses.UNSAID
    assert [pauses.backoff(tries, 60) for tries in (1, 2, 3, 9)] == [60, 120, 240, 960]


def test_a_wait_of_hours_is_left_to_the_person():
    with asked(always(Fault(status=429, headers={"Retry-After": "90000"}))) as (client, server, _):
        with pytest.raises(FetchError, match=r"to wait for 25\.0 hours.*\n.*\n.*goes on where it was"):
            client.get("/things", "thing")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("fault", "requests", "says"),
    [
        (Fault(status=401), 1, r"does not accept the key in LIVE_KEY \(401\): injected"),
        (Fault(status=403), 1, r"does not allow this to the key in LIVE_KEY \(403\)"),
        (Fault(status=404), 1, r"has no thing, or does not show it"),
        (Fault(status=410), 1, r"has no thing, or does not show it"),
        (Fault(status=400, message="no field 'x'"), 1, r"does not understand the request \(400\): no field 'x'"),
        (Fault(status=500), wire.TRIES, r"is in trouble \(500\)"),
        (Fault(drop=True), wire.TRIES, "gives no answer"),
        (Fault(status=429, headers={"Retry-After": "0"}), wire.PAUSES, "limits the rate, again and again"),
        (Fault(headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}), 1, "does not accept the key in LIVE_KEY"),
        (Fault(status=302, headers={"Location": "https://login.example/sso"}), 1, "sends on to login.example"),
        (Fault(status=302), 1, "sends on to nowhere"),
        (Fault(status=301, headers={"Location": "/again"}), wire.REDIRECTS, "sends on without end"),
        (Fault(status=401, raw=b"<html><style>p {}</style><p>Log  in"), 1, r"\(401\): Log in\n"),
    ],
)
def test_a_refusal_is_told_in_three_lines(fault: Fault, requests: int, says: str):
    with asked(always(fault)) as (client, server, _), pytest.raises(FetchError, match=says) as error:
        client.get("/things", "thing")
    assert len(server.requests) == requests
    assert str(error.value).count("\n") == 2 and "\n  here\n  " in str(error.value)


def test_who_has_no_key_is_told_so():
    with asked(with_key=False) as (client, _, _), pytest.raises(FetchError, match=r"wants a key \(401\)"):
        client.get("/things", "thing")


def test_a_service_that_shows_the_key_shows_it_to_nobody():
    with asked(always(Fault(status=403, echo=True))) as (client, _, _), pytest.raises(FetchError) as error:
        client.get("/things", "thing")
    assert "Bearer [key]" in str(error.value)
    with asked(once(Fault(status=500, echo=True))) as (client, server, _):
        server.service.get_things = lambda request: dict(request.headers)
        assert client.get("/things", "thing")["Authorization"] == "Bearer [key]"


def test_a_redirect_at_the_same_place_is_followed_with_the_key():
    with asked(once(Fault(status=301, headers={"Location": "/things?page=2"}))) as (client, server, _):
        assert client.get("/old", "thing")["query"] == {"page": "2"}
        assert server.requests[1].headers["Authorization"] == f"Bearer {KEY}"


def test_a_redirect_or_link_elsewhere_never_gets_the_key():
    with LiveServer(Things()) as other, asked() as (client, server, _):
        server.before = always(Fault(status=307, headers={"Location": f"{other.url}/things"}))
        with pytest.raises(FetchError, match="does not get your key"):
            client.get("/things", "thing")
        with pytest.raises(FetchError, match="not asked with your key"):
            client.answer(f"{other.url}/things", "thing")
        assert other.requests == []


def test_no_other_key_of_the_person_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ada password another-secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with asked(with_key=False) as (client, server, _):
        server.key = ""
        client.get("/things", "thing")
        assert server.requests[0].headers["Authorization"] is None


def test_a_trickle_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.2)
    with asked(once(Fault(drip=0.05))) as (client, server, _):
        start = time.monotonic()
        assert client.get("/things", "thing")["things"] == 1
        assert time.monotonic() - start < 2 and len(server.requests) == 2


def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "SILENCE_SECONDS", 0.1)
    monkeypatch.setattr(wire, "TRIES", 2)
    with asked() as (client, server, _), pytest.raises(FetchError, match=r"gives no answer: .*timed out"):
        server.delay = 0.5
        client.get("/things", "thing")


@pytest.mark.parametrize("path", ["/gzip", "/things"])
def test_an_answer_has_a_limit(path: str):
    with asked(largest=2**16) as (client, server, _), pytest.raises(FetchError, match="of more than 0 MiB"):
        server.service.get_things = lambda _: "x" * 100_000
        client.get(path, "thing")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "gives no answer: half of an answer"),
        (b"[" * 100_000, "gives no answer: half of an answer"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "gives no answer"),
    ],
)
def test_what_is_no_json_is_no_answer(raw: bytes, says: str):
    with asked() as (client, server, _), pytest.raises(FetchError, match=says):
        server.service.get_things = lambda _: Reply(raw=raw)
        client.get("/things", "thing")


def test_a_page_for_people_is_told_from_data():
    page = Reply(raw=b"<html><title>Log in</title>", headers={"Content-Type": "text/html"})
    with asked() as (client, server, _), pytest.raises(FetchError, match=r"a page for people \('Log in'\)"):
        server.service.get_things = lambda _: page
        client.get("/things", "thing")


def client_of(url: str) -> Client:
    fetch = Fetch(url=url)
    address = Address.of(url, with_key=False, where="here")
    return Client(address, Credentials(fetch, "here"), where="here", largest=2**20, say=print)


def test_a_host_that_is_not_there_is_named():
    with pytest.raises(FetchError, match=r"nobody\.invalid gives no answer: .*(resolve|known|resolution)"):
        client_of("http://nobody.invalid").get("/things", "thing")


def test_a_port_where_nobody_listens_is_named():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FetchError, match=r"gives no answer: .*refused"):
        client_of(f"http://127.0.0.1:{port}").get("/things", "thing")


def test_a_host_without_tls_is_told():
    with LiveServer(Things()) as server:
        url = server.url.replace("http://", "https://")
        with pytest.raises(FetchError, match=r"gives no answer: .*SSL"):
            client_of(url).get("/things", "thing")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with LiveServer(Things(), tls=context) as server:
        with pytest.raises(FetchError, match=r"certificate of localhost is not trusted(.|\n)*REQUESTS_CA_BUNDLE"):
            client_of(server.url).get("/things", "thing")
        assert server.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert client_of(server.url).get("/things", "thing")["things"] == 1


def test_a_proxy_is_not_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.invalid:1")
    with asked() as (client, _, _):
        assert client.get("/things", "thing")["things"] == 1
