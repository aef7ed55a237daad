"""What each provider is sent. The bodies of earlier versions stay as they are: answers to them have been paid for."""

import json
from typing import Any

import pytest

from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Call
from loramake.teachers.journal import identify
from loramake.teachers.providers import body, narrowed

SCHEMA = {"type": "object", "properties": {"a": {"enum": ["x", "y"]}}, "required": ["a"]}
MESSAGES = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Hello?"}]
CALL = Call(kind="extract", text="t", section=None, meta={}, pairs=1, messages=MESSAGES, schema=SCHEMA)
OBJECT = {"response_format": {"type": "json_object"}}
JSON_SCHEMA = {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}}


def asked(model: Any, **more: Any) -> dict[str, Any]:
    return body(Synthesize.model_validate({"model": model, "tasks": {"t": {}}, **more}), CALL)


# As version 0.2.0 sent them.
BEFORE = [
    (
        "deepseek/m",
        '{"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 2048, "thinking": {"type": "disabled"}'
        ', "response_format": {"type": "json_object"}}',
    ),
    (
        "openai/m",
        '{"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_completion_tokens": 2048, '
        '"response_format": {"type": "json_object"}}',
    ),
    (
        {"name": "m", "url": "http://localhost:8000/v1"},
        '{"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 2048, '
        '"response_format": {"type": "json_object"}}',
    ),
    (
        {"name": "m", "url": "http://gpu/v1", "answers": "json_schema"},
        '{"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 2048, "response_format": '
        '{"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}}',
    ),
    (
        {"name": "m", "url": "http://gpu/v1", "answers": "text"},
        '{"model": "m", "messages": MESSAGES, "temperature": 0.0, "max_tokens": 2048}',
    ),
]


@pytest.mark.parametrize(("model", "before"), BEFORE)
def test_what_was_asked_before_is_asked_in_the_same_bytes(model: Any, before: str):
    text = before.replace("MESSAGES", json.dumps(MESSAGES)).replace("SCHEMA", json.dumps(SCHEMA))
    assert json.dumps(asked(model)) == text


def test_a_call_keeps_its_name():
    request = {"url": "https://api.deepseek.com", "attempt": 0, "body": asked("deepseek/m")}
    assert identify(request) == "6c667da872aacdffe9cb65499d660b2e09629aa8d60f952a51fb0421818ef2e7"


@pytest.mark.parametrize(
    ("model", "form"),
    [
        ("gemini/m", JSON_SCHEMA),
        ("vllm/m", JSON_SCHEMA),
        ("ollama/m", JSON_SCHEMA),
        ({"name": "openai/m", "answers": "json_schema"}, JSON_SCHEMA),
        ("llama_cpp/m.gguf", {"response_format": {"type": "json_object", "schema": SCHEMA}}),
        ({"name": "m", "file": "m.gguf", "answers": "json_object"}, OBJECT),
    ],
)
def test_the_form_of_an_answer_is_the_strongest_that_the_provider_has(model: Any, form: dict):
    assert asked(model).get("response_format") == form["response_format"]


def test_anthropic_is_asked_in_its_own_way():
    assert asked("anthropic/m") == {
        "model": "m",
        "system": "Be terse.",
        "messages": MESSAGES[1:],
        "max_tokens": 2048,
        "output_config": {"format": {"type": "json_schema", "schema": {**SCHEMA, "additionalProperties": False}}},
    }
    assert asked("anthropic/m", temperature=0.5)["temperature"] == 0.5
    assert "output_config" not in asked({"name": "anthropic/m", "answers": "text"})


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "array", "minItems": 2, "items": {"type": "integer", "minimum": 1}},
            {"type": "array", "items": {"type": "integer"}},
        ),
        (
            {"type": ["string", "null"], "maxLength": 3, "description": "d"},
            {"type": ["string", "null"], "description": "d"},
        ),
        ({"oneOf": [{"type": "string"}, {"const": 1}]}, {"anyOf": [{"type": "string"}, {"const": 1}]}),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}},
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}},
        ),
        ({"type": "object"}, None),
        ({"type": "object", "properties": {"a": {}}}, None),
        ({"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "null"}}, None),
        ({"type": "array"}, None),
        (True, None),
        ({}, None),
    ],
)
def test_what_of_a_schema_anthropic_can_hold_to(schema: Any, expected: Any):
    assert narrowed(schema) == expected
