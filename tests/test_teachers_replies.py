"""What an endpoint sends back."""

import json

import pytest

from loramake.teachers.calls import Answer
from loramake.teachers.replies import read_reply, without

SECRET = "sk-0123456789abcdef"


def reply(content: object, **more: object) -> dict:
    return {"choices": [{"message": {"content": content}, **more}]}


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (reply("yes", finish_reason="length"), Answer("yes", "length")),
        (reply("yes"), Answer("yes", "stop")),
        (reply(None, finish_reason=None), Answer("", "stop")),
        (reply([{"type": "text", "text": "ye"}, {"text": "s"}, {"image": 1}]), Answer("yes")),
        ({**reply("yes"), "usage": {"total_tokens": 3}}, Answer("yes", usage={"total_tokens": 3})),
        ({**reply("yes"), "usage": "free"}, Answer("yes")),
        (json.dumps(reply("yes")), Answer("yes")),
        (reply("half \ud83d"), Answer("half ?")),
        (reply(f"your key is {SECRET}"), Answer("your key is ***")),
    ],
)
def test_a_completion_becomes_an_answer(given: object, answer: Answer):
    assert read_reply(given, secret=SECRET) == answer


@pytest.mark.parametrize(
    "given", ["<html>", "", None, 3, [], {}, {"choices": None}, {"choices": []}, {"choices": [{}]}, {"error": "x"}]
)
def test_anything_else_is_no_answer(given: object):
    with pytest.raises(ValueError, match=r"no choices|Expecting value"):
        read_reply(given, secret="")


@pytest.mark.parametrize(
    ("text", "secret", "shown"),
    [("a none b", "none", "a none b"), ("abc", "abc", "abc"), ("x-key1-y", "key1", "x-***-y"), ("text", "", "text")],
)
def test_a_secret_is_starred_out(text: str, secret: str, shown: str):
    assert without(text, secret) == shown
