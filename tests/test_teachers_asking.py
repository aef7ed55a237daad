"""Asking again, and asking many at once."""

import threading
import time
from threading import Event

import pytest

from loramake.errors import TeacherError
from loramake.teachers.asking import Outcome, in_order, settle
from loramake.teachers.calls import Answer, Call
from loramake.teachers.prompts import qa_schema

CALL = Call("qa", "text", None, {}, 1, [{"role": "user", "content": "text"}], qa_schema(1))
GOOD = Answer('{"pairs": []}')


class Script:
    """A teacher that says its lines in order."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.calls = list(answers), []

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.answers.pop(0)

    def knows(self, call: Call) -> bool:
        return call in self.calls


def test_a_usable_answer_ends_the_asking():
    teacher = Script(Answer("no"), GOOD)
    assert settle(teacher, CALL, 2) == Outcome({"pairs": []}, attempts=2)
    assert [call.attempt for call in teacher.calls] == [0, 1]


def test_after_the_last_retry_the_last_reason_and_all_texts_remain():
    outcome = settle(Script(Answer("no"), Answer(""), Answer("x" * 3000, "length")), CALL, 2)
    assert outcome == Outcome(None, "truncated", ("no", "", "x" * 2000), attempts=3)


def test_each_attempt_shows_the_answer_before_it_alone():
    teacher = Script(Answer("no"), Answer("never"), Answer(" "), GOOD)
    settle(teacher, CALL, 3)
    assert [[m["content"][:5] for m in call.messages] for call in teacher.calls] == [
        ["text"],
        ["text", "no", "That "],
        ["text", "never", "That "],
        ["text", "That "],
    ]


def test_a_request_that_nobody_answers_keeps_what_was_said_before():
    outcome = settle(Script(Answer("no"), Answer("", "unreachable", refused="no connection")), CALL, 5)
    assert outcome == Outcome(None, "unreachable: no connection", ("no",), attempts=2)


def test_a_refused_request_is_not_repeated():
    outcome = settle(Script(Answer("", refused="too long")), CALL, 5)
    assert (outcome.reason, outcome.attempts) == ("refused: too long", 1)


@pytest.mark.parametrize("in_flight", [1, 2, 16])
def test_results_come_in_the_order_of_the_items(in_flight: int):
    def work(number: int) -> int:
        time.sleep(0.002 * (number % 5))
        return number

    assert list(in_order(work, range(60), in_flight=in_flight, stop=Event())) == list(range(60))


def test_items_are_taken_as_they_are_needed():
    taken = []

    def items():
        for number in range(100_000):
            taken.append(number)
            yield number

    results = in_order(lambda number: number, items(), in_flight=4, stop=Event())
    assert next(results) == 0
    assert len(taken) <= 1024
    results.close()


@pytest.mark.parametrize("in_flight", [1, 4])
def test_the_first_error_stops_what_has_not_begun_and_waits_for_what_has(in_flight: int):
    done, stop, threads = [], Event(), set(threading.enumerate())

    def work(number: int) -> None:
        if number == 5:
            raise TeacherError("gone")
        time.sleep(0.01)
        done.append(number)

    with pytest.raises(TeacherError, match="gone"):
        list(in_order(work, range(200), in_flight=in_flight, stop=stop))
    assert set(range(5)) <= set(done) and len(done) < 20
    assert set(threading.enumerate()) <= threads


def test_the_error_to_tell_is_the_one_that_stopped_the_others():
    stop = Event()

    def work(number: int) -> None:
        if number == 1:
            raise TeacherError("no key")
        stop.wait(5)
        raise TeacherError("stopped")

    with pytest.raises(TeacherError, match="no key"):
        list(in_order(work, range(4), in_flight=2, stop=stop))


def test_whoever_stops_listening_stops_the_work():
    done, stop = [], Event()
    results = in_order(lambda number: (time.sleep(0.005), done.append(number)), range(500), in_flight=2, stop=stop)
    next(results)
    results.close()
    assert stop.is_set() and len(done) < 50
