"""The line about a stage under way."""

import logging
import re
import sys
from dataclasses import dataclass, field

import pytest

from loramake.teachers import progress
from loramake.teachers.progress import watched


@dataclass
class Purse:
    spent_usd: float | None = 0.5


@dataclass
class Busy:
    tokens: int = 1200
    under_way: int = 3
    purse: Purse | None = field(default_factory=Purse)


def slowly(count: int):
    import time

    for number in range(count):
        time.sleep(0.05)
        yield number


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(progress, "LOG_EVERY", 0.12)
    caplog.set_level(logging.INFO)
    assert list(watched(slowly(6), Busy(), 12)) == list(range(6))
    assert 1 <= len(caplog.messages) <= 3
    line = r"[0-9] of 12 passages, 3 in flight, 1,200 tokens, 0\.5000 USD(, \d+ s left)?"
    assert all(re.fullmatch(line, message) for message in caplog.messages)


def test_a_terminal_gets_one_line_that_moves(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    monkeypatch.setattr(progress, "DRAW_EVERY", 0.02)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    list(watched(slowly(4), Busy(purse=Purse(None)), 4))
    said = capsys.readouterr().err
    assert "4/4" in said and "3 in flight, 1,200 tokens" in said and "USD" not in said and said.count("\n") == 1


def test_whoever_stops_early_leaves_no_thread_behind():
    import threading

    items = watched(slowly(100), Busy(), 100)
    next(items)
    items.close()
    assert "progress" not in {thread.name for thread in threading.enumerate()}
