"""The editors' schema and the key reference, from the model: `python -m loramake.recipe.reference [--check]`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from loramake.files import canonical_json, write_text
from loramake.recipe.load import holder
from loramake.recipe.model import Recipe
from loramake.recipe.spec import Spec
from loramake.recipe.teacher import PROVIDERS, called

SCHEMA = Path("recipes/schema.json")
REFERENCE = Path("docs/recipe.md")

OPENING = f"""# Recipe keys

A recipe is a YAML file in `recipes/`. A block that is left out is a stage that is left out; `clean: {{}}` is a block
with its defaults. All paths count from the project's folder, and nothing outside of it is read, unless `LORAMAKE_ALLOW`
names the folder.

Two keys stand beside the blocks:

- `from: other.yaml` inherits. This file wins key by key, and `null` removes a key.
- `vary:` maps dotted keys to lists, and makes a variant of every combination: `train.lora.rank: [8, 16]`.

Keys marked *runtime* say how to work, not what to make: changing one rebuilds nothing. Keys marked *file* name a file,
of which the contents count, not the place. Models are `offline`, {
    ", ".join(f"`{called(name)}`" + (f" (key in `{one.key}`)" if one.key else "") for name, one in PROVIDERS.items())
}, or a mapping with `url` and `name`.

This page is generated; `make generate` brings it up to date.
"""


def schema() -> str:
    """The JSON Schema of a recipe's file."""
    value: dict[str, Any] = Recipe.model_json_schema(by_alias=True)
    value["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    value["properties"] |= {
        "from": {"type": "string", "description": "The recipe to inherit from; this file wins key by key."},
        "vary": {
            "type": "object",
            "additionalProperties": {"type": "array", "minItems": 1},
            "description": "A sweep: dotted keys and the values that each of them takes.",
        },
    }
    # A recipe that inherits need not name its sources again.
    value.pop("required", None)
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def reference() -> str:
    """The page about all keys."""
    return "\n".join([OPENING, *_section(Recipe, "")])


def _section(spec: type[Spec], path: str) -> Iterator[str]:
    """A table of a block's keys, and the tables of the blocks in it."""
    below: list[tuple[type[Spec], str]] = []
    if path:
        yield f"\n## {path}\n"
        yield f"{(spec.__doc__ or '').strip()}\n"
    yield "| key | type | default | what it says |"
    yield "|---|---|---|---|"
    properties = spec.model_json_schema(by_alias=True)["properties"] if spec.model_fields else {}
    for name, field in spec.model_fields.items():
        key = field.alias or name
        inner = holder(field.annotation)
        if isinstance(inner, type):
            below.append((inner, f"{path}.{key}".lstrip(".")))
        elif inner is not None and isinstance(holder(get_args(inner)[-1]), type):
            below.append((holder(get_args(inner)[-1]), f"{path}.{key}.{_any_of(inner)}".lstrip(".")))
        yield f"| `{key}` | {_type(properties[key])} | {_default(field)} | {_marks(field)}{field.description or ''} |"
    for inner, place in below:
        yield from _section(inner, place)


def _any_of(kind: Any) -> str:
    return "NAME" if kind.__origin__ is dict else "N"


def _marks(field: FieldInfo) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    by_contents = extra.get("file") in ("text", "json", "rows", "bytes")
    return "*runtime* " if extra.get("runtime") else "*file* " if by_contents else ""


WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def _type(about: dict[str, Any]) -> str:
    """A type in the words of a recipe, from its JSON Schema."""
    if "anyOf" in about:
        parts = [_type(part) for part in about["anyOf"] if part != {"type": "null"}]
        return " or ".join(dict.fromkeys(parts))
    if "enum" in about:
        return " ".join(f"`{value}`" for value in about["enum"])
    if "const" in about:
        return f"`{about['const']}`"
    if "$ref" in about:
        return "block"
    if about.get("type") == "array":
        items = _type(about["items"])
        return "list of blocks" if items == "block" else f"list of {items}"
    if about.get("type") == "object":
        below = about.get("additionalProperties")
        return f"{_type(below)}s by name" if isinstance(below, dict) else "mapping"
    return WORDS.get(about.get("type", ""), "anything")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "*needed*"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or isinstance(value, Spec) or (isinstance(value, list) and value and isinstance(value[0], Spec)):
        return ""
    return f"`{value if isinstance(value, str) and value else canonical_json(value)}`"


def main() -> None:
    """Write both files; with `--check`, only say whether they are in step (exit code 1 if not)."""
    stale = [path for path, text in ((SCHEMA, schema()), (REFERENCE, reference())) if not _is(path, text)]
    if "--check" in sys.argv[1:]:
        sys.exit(f"out of step with the model: {', '.join(map(str, stale))}; run 'make generate'" if stale else 0)
    write_text(SCHEMA, schema())
    write_text(REFERENCE, reference())


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
