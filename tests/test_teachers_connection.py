"""The connection to a model: tries, waits, and when to give up."""

import threading
import time
from collections.abc import Iterator

import pytest

from api_server import ApiServer, Fault
from loramake.errors import TeacherError
from loramake.recipe.limit import Limit
from loramake.recipe.model import Synthesize
from loramake.teachers import connection
from loramake.teachers.breaker import Breaker
from loramake.teachers.chat import Chat
from loramake.teachers.clock import Clock
from loramake.teachers.connection import Connection

BODY = {"model": "m", "messages": [{"role": "user", "content": "some words of a passage"}]}
FAST = Clock(speed=2000)


@pytest.fixture
def connect() -> Iterator:
    open_ones = []

    def opened(url: str, *, stop=None, clock: Clock = FAST, patient: bool = False, **limit: object) -> Connection:
        limits = Limit.model_validate({"timeout": 5, **limit})
        spec = Synthesize.model_validate({"model": {"name": "m", "url": url}, "tasks": {"qa": {}}, "limit": limits})
        stop = stop or threading.Event()
        one = Connection(spec.model, Chat(spec), limit=limits, stop=stop, patient=patient, clock=clock)
        open_ones.append(one)
        return one

    yield opened
    for one in open_ones:
        one.close()


def test_a_request_is_answered(connect):
    with ApiServer() as server:
        asker = connect(server.url)
        answer = asker.ask(BODY)
    assert answer.content == "some words passage" and answer.finish_reason == "stop"
    assert answer.usage["total_tokens"] == 103 and (asker.sent, asker.pace.under_way) == (1, 0)


@pytest.mark.parametrize("seconds", ["200", "3000"])
def test_a_wait_of_more_than_two_minutes_is_honoured_for_everyone(connect, seconds: str):
    with ApiServer(
        fault=lambda n, _: Fault(status=429, headers={"Retry-After": seconds}) if n == 1 else None
    ) as server:
        asker = connect(server.url)
        begun = asker._clock.now()
        assert asker.ask(BODY).content
        assert asker._clock.now() - begun >= float(seconds)
    assert server.requests == 2


def test_a_wait_of_more_than_an_hour_is_not_waited_for(connect):
    with ApiServer(fault=lambda *_: Fault(status=429, headers={"Retry-After": "3601"})) as server:
        with pytest.raises(TeacherError, match="limits the rate"):
            connect(server.url).ask(BODY)
        assert server.requests == 1


@pytest.mark.parametrize(
    ("fault", "tries", "reason"),
    [
        (Fault(status=429), connection.TRIES_WHEN_LIMITED, "the endpoint limits the rate (429)"),
        (Fault(status=503, error="busy"), connection.TRIES, "the endpoint fails (503): busy"),
        (Fault(drop=True), connection.TRIES, "no connection"),
        (Fault(half=True), connection.TRIES, "no connection"),
        (Fault(raw="<html>"), connection.TRIES, "what came back is no answer"),
        (Fault(delay=0.3), connection.TRIES_WHEN_SILENT, "no answer within 0.05 s"),
    ],
    ids=str,
)
def test_a_request_that_brings_nothing_is_given_up_while_others_are_answered(connect, fault, tries, reason):
    first = {**BODY, "model": "bad"}
    with ApiServer(fault=lambda _, body: fault if body["model"] == "bad" else None) as server:
        asker = connect(server.url, timeout=0.05 if fault.delay else 5)
        asker._breaker = Breaker(in_a_row=99)
        answer = asker.ask(first)
        assert server.requests == tries and asker.ask(BODY).content
    assert answer.finish_reason == "unreachable" and answer.refused.startswith(reason) and not answer.content


def test_an_endpoint_that_answers_nobody_is_given_up(connect):
    with ApiServer(fault=lambda *_: Fault(status=500, error="on fire")) as server:
        asker = connect(server.url)
        given_up = [asker.ask(BODY).finish_reason for _ in range(3)]
        with pytest.raises(TeacherError, match=r"the endpoint fails \(500\): on fire"):
            asker.ask(BODY)
        assert given_up == ["unreachable"] * 3 and server.requests == 4 * connection.TRIES


def test_whoever_is_patient_gives_up_the_endpoint_later(connect):
    with ApiServer(fault=lambda *_: Fault(status=500)) as server:
        asker = connect(server.url, patient=True)
        for _ in range(19):
            assert asker.ask(BODY).finish_reason == "unreachable"
        with pytest.raises(TeacherError):
            asker.ask(BODY)


def test_a_refusal_is_a_sign_of_life(connect):
    with ApiServer(fault=lambda n, _: Fault(status=400 if n % 7 == 0 else 500)) as server:
        asker = connect(server.url)
        finishes = [asker.ask(BODY).finish_reason for _ in range(12)]
    assert set(finishes) == {"unreachable", "refused"}


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 307])
def test_what_no_patience_helps_ends_at_once(connect, status: int):
    with ApiServer(fault=lambda *_: Fault(status=status)) as server:
        with pytest.raises(TeacherError):
            connect(server.url).ask(BODY)
        assert server.requests == 1


def test_waits_grow_and_have_an_end():
    waits = [connection.backoff(tries) for tries in range(1, 20)]
    assert 0.375 <= waits[0] <= 0.5 and 1.5 <= waits[2] <= 2
    assert max(waits) <= connection.LONGEST_WAIT


@pytest.mark.parametrize("fault", [Fault(status=429, headers={"Retry-After": "60"}), Fault(status=500)], ids=str)
def test_a_stop_ends_every_wait(connect, fault: Fault, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "FIRST_WAIT", 60.0)
    monkeypatch.setattr(connection, "LONGEST_WAIT", 60.0)
    stop, ended = threading.Event(), []
    with ApiServer(fault=lambda *_: fault) as server:
        asker = connect(server.url, stop=stop, clock=Clock())

        def ask() -> None:
            with pytest.raises(TeacherError):
                asker.ask(BODY)
            ended.append(time.monotonic())

        threads = [threading.Thread(target=ask) for _ in range(30)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        stopped = time.monotonic()
        stop.set()
        for thread in threads:
            thread.join()
    assert len(ended) == 30 and max(ended) - stopped < 1


def test_after_a_stop_nothing_new_is_asked(connect):
    stop = threading.Event()
    stop.set()
    with ApiServer() as server:
        with pytest.raises(TeacherError, match="stopped"):
            connect(server.url, stop=stop).ask(BODY)
        assert server.requests == 0
