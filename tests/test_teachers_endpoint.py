"""The online teacher: what is sent, and what identifies it."""

import threading
from pathlib import Path

import pytest

from api_server import ApiServer, Fault
from loramake.errors import TeacherError
from loramake.recipe.limit import Limit
from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Call
from loramake.teachers.clock import Clock
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.journal import Journal, identify
from loramake.teachers.prompts import qa_schema

CALL = Call("qa", "text", None, {}, 1, [{"role": "user", "content": "text"}], qa_schema(1))


def endpoint(
    journal: Journal, model: object, limit: Limit | None = None, key: str | None = None, clock: Clock | None = None
) -> Endpoint:
    spec = Synthesize.model_validate({"model": model, "tasks": {"qa": {}}})
    model = spec.model.model_copy(update={"key": key})
    spec = spec.model_copy(update={"limit": limit or Limit(), "model": model})
    return Endpoint(spec, journal=journal, stop=threading.Event(), clock=clock)


@pytest.mark.parametrize(
    ("answers", "form"),
    [
        ("text", None),
        ("json_object", {"type": "json_object"}),
        ("json_schema", {"type": "json_schema", "json_schema": {"name": "answer", "schema": qa_schema(1)}}),
    ],
)
def test_the_form_of_the_answer_is_asked_for_as_the_endpoint_knows_it(tmp_path: Path, answers: str, form: object):
    with (
        ApiServer() as server,
        Journal(tmp_path) as journal,
        endpoint(journal, {"name": "m", "url": server.url, "answers": answers}) as teacher,
    ):
        teacher.answer(CALL)
    (body,) = server.bodies
    assert body.get("response_format") == form
    assert (body["model"], body["temperature"], body["max_tokens"], body["messages"]) == ("m", 0.0, 2048, CALL.messages)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("deepseek/m", {"thinking": {"type": "disabled"}, "max_tokens": 2048}),
        ("openai/m", {"max_completion_tokens": 2048}),
        ({"name": "m", "url": "http://localhost:8000/v1"}, {"max_tokens": 2048}),
    ],
)
def test_what_some_endpoints_want_otherwise(tmp_path: Path, model: object, expected: dict):
    with Journal(tmp_path) as journal:
        body = endpoint(journal, model)._wire.request(CALL)
    common = {"model", "messages", "temperature", "response_format"}
    assert {key: value for key, value in body.items() if key not in common} == expected


def test_how_to_ask_is_no_part_of_what_is_asked(tmp_path: Path):
    with Journal(tmp_path) as journal:
        one = endpoint(journal, {"name": "m", "url": "http://a/v1", "key": "ONE"}, Limit(in_flight=1))
        other = endpoint(journal, {"name": "m", "url": "http://a/v1"}, Limit(timeout=3), key="OTHER")
        elsewhere = endpoint(journal, {"name": "m", "url": "http://b/v1"})
        names = [teacher.look(CALL)[0] for teacher in (one, other, elsewhere)]
        assert names[0] == names[1] != names[2]


def test_a_call_has_the_name_that_earlier_versions_gave_it(tmp_path: Path):
    with Journal(tmp_path) as journal:
        name, body, _ = endpoint(journal, {"name": "m", "url": "http://a/v1"}).look(CALL)
    expected = {
        "model": "m",
        "messages": CALL.messages,
        "temperature": 0.0,
        "max_tokens": 2048,
        "response_format": {"type": "json_object"},
    }
    assert body == expected
    assert name == identify({"url": "http://a/v1", "attempt": 0, "body": expected})
    assert name == "bb38e9ee6b6401e2090112c151c90b49a1f0a4ad1192a667c93f2a3479e7c30a"


def test_the_attempt_is_a_part_of_what_is_asked(tmp_path: Path):
    with (
        ApiServer() as server,
        Journal(tmp_path) as journal,
        endpoint(journal, {"name": "m", "url": server.url}) as teacher,
    ):
        answer = teacher.answer(CALL)
        assert teacher.knows(CALL) and not teacher.knows(CALL.again(CALL, answer, "empty"))
        assert teacher.answer(CALL) == answer
    assert server.requests == 1


def test_the_same_call_from_many_threads_at_once_is_paid_for_once(tmp_path: Path):
    answers = []
    with (
        ApiServer(delay=0.1) as server,
        Journal(tmp_path) as journal,
        endpoint(journal, {"name": "m", "url": server.url}) as teacher,
    ):
        threads = [threading.Thread(target=lambda: answers.append(teacher.answer(CALL))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.requests == 1 and len(answers) == 20 and len(set(map(str, answers))) == 1


def test_whoever_waits_for_the_same_call_hears_of_its_failure(tmp_path: Path):
    raised = []
    with (
        ApiServer(fault=lambda *_: Fault(status=401, delay=0.1)) as server,
        Journal(tmp_path) as journal,
        endpoint(journal, {"name": "m", "url": server.url}) as teacher,
    ):

        def ask() -> None:
            with pytest.raises(TeacherError) as error:
                teacher.answer(CALL)
            raised.append(error.value.what)

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not teacher.knows(CALL) and teacher._asked == {}
    assert server.requests == 1 and len(raised) == 5 and "does not accept" in raised[0]


@pytest.mark.parametrize("fault", [Fault(status=400, error="no"), Fault(status=500)], ids=["refused", "unreachable"])
def test_what_was_not_answered_is_asked_again_by_the_next_run(tmp_path: Path, fault: Fault):
    with (
        ApiServer(fault=lambda *_: fault) as server,
        Journal(tmp_path) as journal,
        endpoint(journal, {"name": "m", "url": server.url}, clock=Clock(speed=1000)) as teacher,
    ):
        first = teacher.answer(CALL)
        before = server.requests
        assert teacher.answer(CALL) == first and first.refused
        assert server.requests == 2 * before and not teacher.knows(CALL)
