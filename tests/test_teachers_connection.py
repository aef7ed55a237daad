"""The wire to a model's endpoint."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from api_server import ApiServer, Fault
from loramake.errors import TeacherError
from loramake.recipe.model import Limit, Teacher
from loramake.teachers import connection
from loramake.teachers.connection import Connection

BODY = {"model": "m", "messages": [{"role": "user", "content": "some words of a passage"}]}


@pytest.fixture
def connect():
    open_ones = []

    def opened(url: str, *, stop: threading.Event | None = None, timeout: float = 5) -> Connection:
        model = Teacher(name="m", url=url)
        open_ones.append(Connection(model, limit=Limit(timeout=timeout), key=None, stop=stop or threading.Event()))
        return open_ones[-1]

    yield opened
    for one in open_ones:
        one.close()


def test_a_request_is_answered(connect):
    with ApiServer() as server:
        answer = connect(server.url).ask(BODY)
    assert answer.content == "some words passage" and answer.finish_reason == "stop"
    assert answer.usage["total_tokens"] == 103


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(connect, url: str):
    with pytest.raises(TeacherError, match="no http"):
        connect(url) if url else Connection(Teacher(name="m"), limit=Limit(), key=None, stop=threading.Event())


def test_a_password_in_the_address_is_not_shown(connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "TRIES", 1)
    with pytest.raises(TeacherError) as raised:
        connect("http://ada:hunter22@127.0.0.1:9/v1?token=hunter22").ask(BODY)
    assert "127.0.0.1:9/v1" in raised.value.where and "hunter22" not in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
        ({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(headers: dict, expected: float | None):
    assert connection._retry_after(headers) == expected


def test_retry_after_as_a_date_to_come():
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < connection._retry_after({"retry-after": later}) <= 90


@pytest.mark.parametrize("seconds", ["150", "3000"])
def test_a_wait_of_more_than_two_minutes_is_honoured(connect, seconds: str):
    stop = threading.Event()
    waited = []
    stop.wait = lambda wait: waited.append(wait) or False
    faults = [Fault(status=429, headers={"Retry-After": seconds}), None]
    with ApiServer(fault=lambda number, _: faults[number - 1]) as server:
        assert connect(server.url, stop=stop).ask(BODY).content
    assert waited == [float(seconds)]


def test_a_limited_rate_is_given_more_patience_than_a_failure(connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "FIRST_WAIT", 0.0)
    for status, tries in ((429, connection.TRIES_WHEN_LIMITED), (503, connection.TRIES)):
        with ApiServer(fault=lambda *_, status=status: Fault(status=status)) as server:
            with pytest.raises(TeacherError):
                connect(server.url).ask(BODY)
            assert server.requests == tries


def test_waits_grow_and_have_an_end():
    waits = [connection._backoff(tries) for tries in range(1, 20)]
    assert 0.375 <= waits[0] <= 0.5 and 1.5 <= waits[2] <= 2
    assert max(waits) <= connection.LONGEST_WAIT


def test_a_stop_ends_the_wait_for_the_next_try(connect):
    stop = threading.Event()
    with ApiServer(fault=lambda *_: Fault(status=429, headers={"Retry-After": "60"})) as server:
        threading.Timer(0.1, stop.set).start()
        begun = time.monotonic()
        with pytest.raises(TeacherError, match="limits the rate"):
            connect(server.url, stop=stop).ask(BODY)
    assert time.monotonic() - begun < 5


def test_after_a_stop_nothing_new_is_asked(connect):
    stop = threading.Event()
    stop.set()
    with ApiServer() as server:
        with pytest.raises(TeacherError, match="stopped"):
            connect(server.url, stop=stop).ask(BODY)
        assert server.requests == 0


def test_an_answer_that_does_not_come_in_time_says_so(connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "TRIES", 1)
    with ApiServer(delay=1) as server, pytest.raises(TeacherError, match=r"no answer within 0\.05 s") as raised:
        connect(server.url, timeout=0.05).ask(BODY)
    assert "limit.timeout" in raised.value.hint
