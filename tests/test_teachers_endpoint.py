"""The online teacher: what is sent, and what identifies it."""

import threading
from pathlib import Path

import pytest

from api_server import ApiServer
from loramake.recipe.model import Limit, Synthesize
from loramake.teachers.calls import Call
from loramake.teachers.endpoint import Endpoint
from loramake.teachers.journal import Journal
from loramake.teachers.prompts import qa_schema

CALL = Call("qa", "text", None, {}, 1, [{"role": "user", "content": "text"}], qa_schema(1))


def endpoint(journal: Journal, model: object, limit: Limit | None = None, key: str | None = None) -> Endpoint:
    spec = Synthesize.model_validate({"model": model, "tasks": {"qa": {}}})
    model = spec.model.model_copy(update={"key": key})
    spec = spec.model_copy(update={"limit": limit or Limit(), "model": model})
    return Endpoint(spec, journal=journal, stop=threading.Event())


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
        body = endpoint(journal, model)._body(CALL)
    common = {"model", "messages", "temperature", "response_format"}
    assert {key: value for key, value in body.items() if key not in common} == expected


def test_how_to_ask_is_no_part_of_what_is_asked(tmp_path: Path):
    with Journal(tmp_path) as journal:
        one = endpoint(journal, {"name": "m", "url": "http://a/v1", "key": "ONE"}, Limit(in_flight=1))
        other = endpoint(journal, {"name": "m", "url": "http://a/v1"}, Limit(timeout=3), key="OTHER")
        elsewhere = endpoint(journal, {"name": "m", "url": "http://b/v1"})
        assert one._name(CALL) == other._name(CALL) != elsewhere._name(CALL)


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
