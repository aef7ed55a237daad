"""The journal of paid answers."""

import json
import os
import threading
from pathlib import Path

import pytest

from loramake.errors import StoreError
from loramake.teachers.calls import Answer
from loramake.teachers.journal import Journal, identify

FIRST, SECOND = identify({"n": 1}), identify({"n": 2})
ANSWER = Answer("Wie geht’s? \ud83d", finish_reason="length", usage={"total_tokens": 7})


def test_an_answer_is_found_by_the_next_process(tmp_path: Path):
    with Journal(tmp_path) as journal:
        journal.keep(FIRST, ANSWER)
        assert journal.find(FIRST) == ANSWER
    with Journal(tmp_path) as later:
        assert later.find(FIRST) == ANSWER
        assert (FIRST in later, SECOND in later, later.find(SECOND), len(later)) == (True, False, None, 1)


def test_an_answer_is_on_the_disk_when_keep_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(next(tmp_path.iterdir()).read_bytes()))
    with Journal(tmp_path) as journal:
        journal.keep(FIRST, ANSWER)
        assert FIRST.encode() in synced[-1]
        journal.keep(SECOND, ANSWER)
        assert SECOND.encode() in synced[-1]


def test_a_line_holds_the_name_the_answer_and_the_time(tmp_path: Path):
    with Journal(tmp_path) as journal:
        journal.keep(FIRST, ANSWER, attempt=2)
    (path,) = tmp_path.iterdir()
    row = json.loads(path.read_text())
    assert list(row) == ["call", "answer", "attempt", "at"] and row["attempt"] == 2
    assert row["answer"] == {"content": ANSWER.content, "finish_reason": "length", "usage": {"total_tokens": 7}}
    assert row["at"].endswith("+00:00")


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_a_torn_last_line_is_counted_and_passed_over(tmp_path: Path, cut: int):
    with Journal(tmp_path) as journal:
        journal.keep(FIRST, ANSWER)
        journal.keep(SECOND, ANSWER)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(tmp_path) as later:
        assert (later.find(FIRST), later.find(SECOND), later.torn) == (ANSWER, None, 1)


def test_a_damaged_line_is_asked_for_again(tmp_path: Path):
    with Journal(tmp_path) as journal:
        journal.keep(FIRST, ANSWER)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"content": ', b'"content": ?'))
    with Journal(tmp_path) as later:
        assert later.find(FIRST) is None


def test_every_process_has_a_file_of_its_own_and_reads_all(tmp_path: Path):
    with Journal(tmp_path) as one, Journal(tmp_path) as two:
        one.keep(FIRST, ANSWER)
        two.keep(SECOND, ANSWER)
    assert len(list(tmp_path.iterdir())) == 2
    with Journal(tmp_path) as later:
        assert later.find(FIRST) == later.find(SECOND) == ANSWER


def test_a_run_that_asks_nothing_leaves_no_file(tmp_path: Path):
    with Journal(tmp_path / "calls"):
        pass
    assert not (tmp_path / "calls").exists()


def test_many_threads_share_a_file(tmp_path: Path):
    names = [identify(number) for number in range(200)]
    with Journal(tmp_path) as journal:
        threads = [
            threading.Thread(
                target=lambda part: [journal.keep(name, Answer(name)) for name in part], args=(names[n::8],)
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Journal(tmp_path) as later:
        assert [later.find(name) for name in names] == [Answer(name) for name in names]


def test_an_answer_that_cannot_be_written_down_is_an_error(tmp_path: Path):
    (tmp_path / "calls").write_text("a file where the folder should be")
    with Journal(tmp_path / "calls") as journal, pytest.raises(StoreError, match="cannot be written down"):
        journal.keep(FIRST, ANSWER)


def test_a_call_is_named_by_what_is_sent_whatever_the_order_of_keys():
    assert identify({"a": 1, "b": [2]}) == identify({"b": [2], "a": 1}) != identify({"a": 1, "b": [3]})
