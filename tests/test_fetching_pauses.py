import time
from email.utils import format_datetime

import pytest

from live_services import EPOCH
from loramake.fetching import pauses


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    moment = EPOCH.timestamp()
    monkeypatch.setattr(time, "time", lambda: moment)
    return moment


SOON = 1704067200 + 90


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"retry-after": " 0 "}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "Mon, 01 Jan 2024 00:01:30 GMT"}, 90),
        ({"Retry-After": "Sun, 31 Dec 2023 00:00:00 GMT"}, 0),
        ({"Retry-After": "nonsense"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(SOON)}, 91),
        ({"X-RateLimit-Remaining": "3", "X-RateLimit-Reset": str(SOON)}, None),
        ({"X-RateLimit-Remaining": "0"}, None),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": str(SOON)}, 91),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2024-01-01T00:01:30Z"}, 91),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2024-01-01T00:01Z"}, 61),
        ({"Retry-After": "7", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(SOON)}, 7),
    ],
)
def test_a_service_says_how_long_to_wait(headers: dict[str, str], seconds: float | None):
    assert pauses.asked_for(headers) == seconds


def test_dates_of_every_writing_are_read():
    assert pauses.asked_for({"Retry-After": format_datetime(EPOCH.replace(minute=2), usegmt=True)}) == 120


def test_waits_grow_up_to_a_limit():
    waits = [pauses.backoff(tries) for tries in range(1, 12)]
    assert 0.3 < waits[0] <= 0.5
    assert waits[3] > waits[0]
    assert max(waits) <= pauses.LONGEST
