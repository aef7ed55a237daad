"""Which answers can be used."""

import pytest

from loramake.errors import DataError
from loramake.teachers.calls import Answer, Call
from loramake.teachers.checks import UnusableError, check_schema, in_schema_order, mismatch, usable
from loramake.teachers.prompts import qa_schema

PAIR = {"question": "Who?", "answer": "Ada."}
GOOD = '{"pairs": [{"question": "Who?", "answer": "Ada."}]}'


def read(content: str, finish_reason: str = "stop", kind: str = "qa", schema: dict | None = None) -> dict:
    call = Call(kind, "", None, {}, 2, [], schema or qa_schema(2))
    return usable(Answer(content, finish_reason), call)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Here you are:\n{GOOD}\nAnything else? {{I wonder}}",
        f"<think>\nIs {{this}} JSON?\n</think>\n{GOOD}",
        '{"pairs": [{"question": "Who?", "answer": "Ada.", "because": 1}], "note": "extra keys do no harm"}',
    ],
)
def test_an_object_is_found_whatever_stands_around_it(content: str):
    pair = read(content)["pairs"][0]
    assert (pair["question"], pair["answer"]) == ("Who?", "Ada.")


def test_a_fence_inside_an_answer_is_a_part_of_it():
    value = read('{"pairs": [{"question": "How?", "answer": "```sh\\nmake\\n```"}]}')
    assert value["pairs"][0]["answer"] == "```sh\nmake\n```"


def test_a_line_break_inside_a_string_is_forgiven():
    assert read('{"pairs": [{"question": "Who\n?", "answer": "Ada."}]}')["pairs"][0]["question"] == "Who\n?"


@pytest.mark.parametrize(
    ("content", "finish_reason", "reason"),
    [
        (GOOD, "length", "truncated"),
        (" \n", "stop", "empty"),
        ("<think>so long</think>", "stop", "empty"),
        ("no", "stop", "not_json: no object in it"),
        ('{"pairs": [', "stop", "not_json: Expecting value"),
        ('{"pairs": NaN}', "stop", "not_json: NaN is no number"),
        ('{"a":' * 20000, "stop", "not_json: "),
        ('{"pairs": [{"question": "\\ud83d?", "answer": "x"}]}', "stop", "not_json: half a character in it"),
        ('{"answers": []}', "stop", "schema: $: 'pairs' is a required property"),
        ('{"pairs": [{"question": 3, "answer": "x"}]}', "stop", "schema: pairs[0].question: 3 is not of type 'string'"),
        ('{"pairs": [{"question": "x", "answer": "\\n"}]}', "stop", "schema: pairs[0].answer: blank"),
    ],
)
def test_why_an_answer_is_unusable(content: str, finish_reason: str, reason: str):
    with pytest.raises(UnusableError) as raised:
        read(content, finish_reason)
    assert str(raised.value).startswith(reason)


def test_a_list_where_an_object_is_wanted_is_not_taken_apart():
    with pytest.raises(UnusableError, match="schema"):
        read("[1, {}]", kind="extract", schema={"type": "object", "required": ["a"]})


def test_an_object_follows_its_schema_at_every_depth():
    schema = {
        "properties": {
            "b": {"items": {"properties": {"y": {}, "x": {}}}},
            "a": {"properties": {"q": True, "p": True}},
        }
    }
    value = {"z": 1, "c": 2, "a": {"p": 1, "q": 2}, "b": [{"x": 1, "y": 2}]}
    ordered = in_schema_order(value, schema)
    assert (list(ordered), list(ordered["a"]), list(ordered["b"][0])) == (["b", "a", "c", "z"], ["q", "p"], ["y", "x"])
    assert ordered == value


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "objekt"}, "not a JSON Schema"),
        ({"properties": {"a": {"anyOf": [{"$ref": "https://example.com/x"}]}}}, "something outside itself"),
    ],
)
def test_a_schema_is_looked_at_before_anything_is_asked(schema: dict, says: str):
    with pytest.raises(DataError, match=says):
        check_schema(schema, "triage")


@pytest.mark.parametrize(
    ("schema", "says"), [({"$ref": "#/$defs/gone"}, "that is not there"), ({"pattern": "("}, "no regular expression")]
)
def test_a_schema_that_fails_in_use_is_no_fault_of_the_answer(schema: dict, says: str):
    with pytest.raises(DataError, match=says):
        mismatch("x", schema)


def test_a_long_reason_is_cut():
    assert len(mismatch("x" * 1000, {"enum": ["y"]})) <= 200
