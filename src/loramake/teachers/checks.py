"""Which answers can be used: whole, not empty, JSON, and what the schema says."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema.exceptions import SchemaError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from loramake.errors import DataError
from loramake.files import canonical_json
from loramake.teachers.calls import Answer, Call

THOUGHTS = re.compile(r"\s*<think>.*?</think>", re.DOTALL)


KEPT = 64
_LAST: dict[int, tuple[Mapping[str, Any], Validator]] = {}


class UnusableError(Exception):
    """An answer that cannot be used; its text is the reason, short name first: `schema: …`."""


def usable(answer: Answer, call: Call) -> dict[str, Any]:
    """The object that `answer` holds. Raises UnusableError with the reason when it holds none that fits `call`."""
    if answer.refused:
        raise UnusableError(f"refused: {answer.refused}")
    if answer.finish_reason == "length":
        raise UnusableError("truncated")
    text = THOUGHTS.sub("", answer.content, count=1)
    if not text.strip():
        raise UnusableError("empty")
    value = json_object(text)
    if call.kind == "qa" and isinstance(value.get("pairs"), list):
        value["pairs"] = value["pairs"][: call.pairs]
    fault = mismatch(value, call.schema) or _blank(value, call)
    if fault:
        raise UnusableError(f"schema: {fault}")
    return value


def json_object(text: str) -> dict[str, Any]:
    """The outermost JSON object in `text`, whatever stands around it. Raises UnusableError (`not_json`)."""
    start = text.find("{")
    if start < 0:
        raise UnusableError("not_json: no object in it")
    decoder = json.JSONDecoder(strict=False, parse_constant=_not_a_number)
    try:
        value, _ = decoder.raw_decode(text, start)
        # Half of a surrogate pair is JSON, but no text: no file could hold it.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise UnusableError(f"not_json: {error.msg}") from None
    except UnicodeEncodeError:
        raise UnusableError("not_json: half a character in it") from None
    except (ValueError, RecursionError) as error:
        raise UnusableError(f"not_json: {str(error)[:80]}") from None
    assert isinstance(value, dict)
    return value


def _not_a_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def mismatch(value: Any, schema: Mapping[str, Any]) -> str:
    """What is wrong with `value`, with its place in it, or "". Raises DataError when the schema itself is wrong."""
    try:
        error = best_match(_validator(schema).iter_errors(value))
    except Unresolvable as fault:
        raise DataError(f"the schema refers to something that is not there: {fault}") from None
    except re.error as fault:
        raise DataError(f"the schema has a pattern that is no regular expression: {fault}") from None
    return f"{error.json_path.removeprefix('$.')}: {error.message}"[:200] if error else ""


def _validator(schema: Mapping[str, Any]) -> Validator:
    # A task has one schema, and asks thousands of times: the same mapping need not be spelt out again.
    known, validator = _LAST.get(id(schema), (None, None))
    if known is not schema or validator is None:
        validator = _compiled(canonical_json(schema))
        if len(_LAST) >= KEPT:
            _LAST.clear()
        _LAST[id(schema)] = (schema, validator)
    return validator


@lru_cache(maxsize=KEPT)
def _compiled(schema: str) -> Validator:
    value = json.loads(schema)
    # An empty registry: nothing is ever fetched for a `$ref`.
    return validator_for(value, default=Draft202012Validator)(value, registry=Registry())


def check_schema(schema: dict[str, Any], task: str) -> None:
    """Raise DataError unless `schema` is a JSON Schema that stands by itself."""
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
    except SchemaError as error:
        where = f"task {task}, schema, {error.json_path}"
        raise DataError(f"not a JSON Schema: {error.message[:200]}", where=where) from None
    outside = next((reference for reference in _references(schema) if not reference.startswith("#")), None)
    if outside is not None:
        raise DataError(
            f"the schema refers to something outside itself: {outside[:200]}",
            where=f"task {task}, schema",
            hint="put what it refers to under '$defs'",
        )


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for part in schema:
            yield from _references(part)
    elif isinstance(schema, dict):
        for key, part in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(part, str):
                yield part
            yield from _references(part)


def _blank(value: Mapping[str, Any], call: Call) -> str:
    """Which text that an answer cannot do without consists of white space alone, or ""."""
    if call.kind == "qa":
        return blank_pair(value)
    name = {"label": "reasoning", "rewrite": "text"}.get(call.kind)
    return f"{name}: blank" if name and not value[name].strip() else ""


def blank_pair(value: Mapping[str, Any]) -> str:
    """Which question or answer consists of white space alone, or ""."""
    return next(
        (
            f"pairs[{number}].{key}: blank"
            for number, pair in enumerate(value["pairs"])
            for key in ("question", "answer")
            if not pair[key].strip()
        ),
        "",
    )


def in_schema_order(value: Any, schema: Mapping[str, Any]) -> Any:
    """`value` with the keys of every object in the order of the schema's properties, others after them by name."""
    if isinstance(value, list):
        items = schema.get("items")
        return [in_schema_order(item, items if isinstance(items, Mapping) else {}) for item in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    names = [name for name in known if name in value] + sorted(name for name in value if name not in known)
    return {name: in_schema_order(value[name], _part(known, name)) for name in names}


def _part(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = properties.get(name)
    return part if isinstance(part, Mapping) else {}
