"""The pace: how many at once, how many a minute, at which hours."""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from loramake.recipe.limit import Limit
from loramake.teachers.clock import Clock
from loramake.teachers.pacing import Pace, StoppedError, duration, seconds_until, tokens_in


def pace(clock: Clock | None = None, stop: threading.Event | None = None, **limit: object) -> Pace:
    return Pace(Limit.model_validate(limit), stop=stop or threading.Event(), clock=clock)


def round_of(pace: Pace, *, slower: int = 0) -> None:
    """As many requests as may be under way at once, of which some are told to be slower."""
    begun = [pace.begin(0) for _ in range(pace.width)]
    for number, moment in enumerate(begun):
        pace.end(moment, usage=None if number < slower else {}, slower=number < slower)


def test_the_width_doubles_up_to_the_ceiling():
    asker, widths = pace(in_flight=100), []
    for _ in range(5):
        widths.append(asker.width)
        round_of(asker)
    assert widths == [16, 32, 64, 100, 100]


def test_a_small_limit_is_kept_from_the_first():
    asker = pace(in_flight=3)
    round_of(asker)
    assert asker.width == 3


def test_many_complaints_of_one_round_halve_once_and_growth_is_slow_after():
    asker = pace(in_flight=1000)
    for _ in range(3):
        round_of(asker)
    assert asker.width == 128
    round_of(asker, slower=128)
    assert asker.width == 64
    round_of(asker)
    assert 66 <= asker.width < 90


def test_at_least_one_request_is_always_let_through():
    asker = pace(in_flight=2)
    for _ in range(5):
        round_of(asker, slower=2)
    assert asker.width == 1


@pytest.mark.parametrize(("slower", "borne"), [(6, True), (7, False)])
def test_a_few_complaints_among_many_answers_are_borne(slower: int, borne: bool):
    asker = pace(in_flight=1000)
    for _ in range(3):
        round_of(asker)
    round_of(asker, slower=slower)
    assert (asker.width > 128) == borne


def test_no_more_begin_than_the_width_allows():
    asker, most = pace(in_flight=4), []

    def work() -> None:
        begun = asker.begin(0)
        most.append(asker.under_way)
        time.sleep(0.002)
        asker.end(begun, usage={})

    threads = [threading.Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 4 and asker.under_way == 0


def test_requests_of_a_minute_are_spread_over_it():
    asker = pace(Clock(speed=600), requests_per_minute=30)
    moments = [asker.begin(0) for _ in range(10)]
    assert all(2 <= later - sooner < 12 for sooner, later in pairwise(moments))


def test_tokens_are_guessed_from_characters_until_answers_tell():
    asker = pace(Clock(speed=600), tokens_per_minute=6000)
    first = asker.begin(4000)
    second = asker.begin(400)
    assert 10 <= second - first < 20  # a thousand tokens, a hundred a second
    asker.end(first, size=4000, usage={"total_tokens": 3000})
    asker.end(second, size=400, usage={"prompt_tokens": 250, "completion_tokens": 50})
    assert asker.begin(0) - second >= 21  # 2000 and 200 more than was guessed
    assert asker._expected(440) == 330


def test_a_pause_holds_for_everyone_and_is_said(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    clock = Clock(speed=2000)
    asker, begun, moments = pace(clock), clock.now(), []
    asker.pause(600)
    threads = [threading.Thread(target=lambda: moments.append(asker.begin(0))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(moments) - begun >= 600
    assert [record.getMessage() for record in caplog.records] == [
        "the endpoint asks to wait: nothing is asked for 10 min"
    ]


@dataclass(frozen=True, slots=True)
class Noon(Clock):
    """A clock that stands at noon."""

    def utc(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_outside_of_the_hours_nothing_begins(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(StoppedError):
        pace(Noon(), stop, hours="16:30-00:30").begin(0)
    assert "requests begin within 16:30-00:30 UTC: nothing is asked for 4 h 30 min" in caplog.text
    assert pace(Noon(), hours="11:00-13:00").begin(0)


@pytest.mark.parametrize(
    ("hours", "now", "seconds"),
    [
        ("16:30-00:30", "16:30", 0),
        ("16:30-00:30", "00:29", 0),
        ("16:30-00:30", "00:30", 16 * 3600),
        ("09:00-17:00", "08:59", 60),
        ("09:00-17:00", "17:00", 16 * 3600),
        ("09:00-17:00", "12:00", 0),
        ("00:00-00:00", "12:00", 0),
    ],
)
def test_seconds_until_the_hours_begin(hours: str, now: str, seconds: float):
    assert seconds_until(hours, datetime.fromisoformat(f"2026-02-28T{now}+00:00")) == seconds


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"total_tokens": 7}, 7),
        ({"prompt_tokens": 3, "completion_tokens": 4}, 7),
        ({"input_tokens": 3, "output_tokens": 4, "service_tier": "standard"}, 7),
        ({"total_tokens": "many"}, 0),
        ({}, 0),
    ],
)
def test_tokens_have_other_names_elsewhere(usage: dict, tokens: int):
    assert tokens_in(usage) == tokens


@pytest.mark.parametrize(("seconds", "said"), [(7, "7 s"), (119, "119 s"), (200, "3 min"), (16200, "4 h 30 min")])
def test_a_duration_is_said_as_people_do(seconds: float, said: str):
    assert duration(seconds) == said
