"""What each provider's request holds: from a call to a body, by protocol and by the form of answer that is asked for.

Bodies stay as they are, byte for byte, for whatever an earlier version could ask: the answers have been paid for.
"""

from typing import Any

from loramake.recipe.model import Synthesize
from loramake.teachers.calls import Call

# What Anthropic's structured outputs know of JSON Schema; what they do not know is left to the prompt, which holds the
# whole schema, and to the check of the answer. https://platform.claude.com/docs/en/build-with-claude/structured-outputs
KNOWN = ("type", "enum", "const", "description", "title", "required", "$ref")
DEFINITIONS = ("$defs", "definitions")
CHOICES = {"anyOf": "anyOf", "oneOf": "anyOf", "allOf": "allOf"}


def body(spec: Synthesize, call: Call) -> dict[str, Any]:
    """The body that asks `call`: JSON that, with address and attempt, identifies it."""
    return _messages(spec, call) if spec.model.protocol == "anthropic" else _chat(spec, call)


def _chat(spec: Synthesize, call: Call) -> dict[str, Any]:
    """A request of OpenAI's chat API."""
    model, provider = spec.model, spec.model.provider
    return {
        "model": model.name,
        "messages": call.messages,
        "temperature": spec.temperature,
        provider.length: spec.max_tokens,
        **provider.extras,
        **_form(model.answers, call.schema),
    }


def _form(answers: str, schema: dict[str, Any]) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "json_schema": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}},
        "json_object_schema": {"type": "json_object", "schema": schema},
        "json_object": {"type": "json_object"},
    }
    return {"response_format": forms[answers]} if answers in forms else {}


def _messages(spec: Synthesize, call: Call) -> dict[str, Any]:
    """A request of Anthropic's Messages API.

    No tool is forced and no temperature of 0 sent: the models since Sonnet 5.5 refuse the one, those since Opus 4.7 the
    other, and think by themselves, within `max_tokens`.
    """
    asked: dict[str, Any] = {
        "model": spec.model.name,
        "messages": [message for message in call.messages if message["role"] != "system"],
        "max_tokens": spec.max_tokens,
    }
    if system := [message["content"] for message in call.messages if message["role"] == "system"]:
        asked["system"] = "\n\n".join(system)
    if spec.temperature:
        asked["temperature"] = spec.temperature
    if spec.model.answers == "json_schema" and (schema := narrowed(call.schema)):
        asked["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return asked


def narrowed(schema: Any) -> dict[str, Any] | None:
    """What of a JSON Schema Anthropic's structured outputs can hold to; None when it is of no use to them.

    Objects are closed, bounds are left out. An object of any keys cannot be said.
    """
    try:
        return _narrowed(schema)
    except (_UnsayableError, RecursionError):
        return None


def _narrowed(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict) or not {"type", "enum", "const", "$ref", *CHOICES} & schema.keys():
        raise _UnsayableError
    said: dict[str, Any] = {key: schema[key] for key in KNOWN if key in schema}
    for key in DEFINITIONS:
        if key in schema:
            said[key] = {name: _narrowed(part) for name, part in schema[key].items()}
    for key, name in CHOICES.items():
        if key in schema:
            said[name] = [_narrowed(part) for part in schema[key]]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "object" in kinds:
        if not schema.get("properties") or schema.get("additionalProperties"):
            raise _UnsayableError
        said["properties"] = {name: _narrowed(part) for name, part in schema["properties"].items()}
        said["additionalProperties"] = False
    if "array" in kinds:
        said["items"] = _narrowed(schema.get("items"))
    return said


class _UnsayableError(Exception):
    """A schema that structured outputs cannot hold to."""
