"""What a model is told: constant text first, the passage last, so that an endpoint's cache knows the beginning."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import resources
from traceback import extract_tb
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from loramake.errors import DataError
from loramake.recipe.model import Task
from loramake.records import PAGE_BREAK, Chunk

PASSAGE = ("meta", "path", "section", "text")
CONSTANT = ("pairs", "schema", "task")

STUDENT = "{{ text }}"
USER = "{% if section %}Section: {{ section }}\n\n{% endif %}{{ text }}"
FORMAT = "Answer with one JSON object and nothing else. It satisfies this JSON Schema:\n{{ schema }}"

PAIR = {"question": {"type": "string", "minLength": 1}, "answer": {"type": "string", "minLength": 1}}


def qa_schema(pairs: int) -> dict[str, Any]:
    """The JSON Schema of at most `pairs` questions with answers. None at all is an answer too."""
    pair = {"type": "object", "properties": PAIR, "required": list(PAIR)}
    return {
        "type": "object",
        "properties": {"pairs": {"type": "array", "items": pair, "maxItems": pairs}},
        "required": ["pairs"],
    }


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    # The two that would give another text every time.
    del environment.globals["lipsum"], environment.filters["random"]
    return environment


ENVIRONMENT = _environment()


class Template:
    """A Jinja template of a task, sandboxed. Errors are DataErrors that name task, line and the variables there are."""

    def __init__(self, source: str, *, task: str, key: str, variables: tuple[str, ...]) -> None:
        self._where = f"task {task}, {key}"
        self._variables = variables
        try:
            self.uses = meta.find_undeclared_variables(ENVIRONMENT.parse(source))
            self._template = ENVIRONMENT.from_string(source)
        except TemplateSyntaxError as error:
            raise self._error(error, error.lineno, self._variables) from None

    def render(self, **values: Any) -> str:
        """The text, without page breaks and without white space at its ends."""
        try:
            text = self._template.render(values)
        except Exception as error:
            fields = [f"meta.{name}" for name in sorted(values.get("meta", ()))]
            names = [name for name in self._variables if name != "meta" or not fields]
            raise self._error(error, _line(error), sorted([*fields, *names])) from None
        return text.replace(PAGE_BREAK, "\n").strip()

    def _error(self, error: Exception, line: int | None, names: Sequence[str]) -> DataError:
        return DataError(
            f"a template that cannot be filled in: {str(error)[:200]}",
            where=f"{self._where}, line {line}" if line else self._where,
            hint=f"there are {', '.join(names)}",
        )


def _line(error: Exception) -> int | None:
    lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] if lines else None


def passage_values(chunk: Chunk) -> dict[str, Any]:
    """What a template may say about a passage."""
    return {"text": chunk.text, "section": chunk.section or "", "path": chunk.path, "meta": chunk.meta}


class Prompt:
    """The messages to a teacher for one task.

    A prompt that mentions nothing of the passage is the system message, and the passage is the user's. A prompt that
    says where the passage goes is the user's message. The schema is stated in the system message unless the prompt
    has it.
    """

    def __init__(self, name: str, task: Task, schema: Mapping[str, Any]) -> None:
        source = task.prompt if task.prompt is not None else _built_in(task.kind)
        self._template = Template(source, task=name, key="prompt", variables=(*CONSTANT, *PASSAGE))
        self._constant = {
            "task": name,
            "pairs": task.pairs,
            "schema": json.dumps(schema, ensure_ascii=False),
        }

    def messages(self, chunk: Chunk) -> list[dict[str, str]]:
        """What the teacher is sent about `chunk`."""
        values = passage_values(chunk)
        user = self._template.render(**self._constant, **values) if self._whole else _USER.render(**values)
        messages = [{"role": "system", "content": self._system}, {"role": "user", "content": user}]
        return [message for message in messages if message["content"]]

    @cached_property
    def _whole(self) -> bool:
        return not self._template.uses.isdisjoint(PASSAGE)

    @cached_property
    def _system(self) -> str:
        instruction = "" if self._whole else self._template.render(**self._constant)
        form = "" if "schema" in self._template.uses else _FORMAT.render(**self._constant)
        return "\n\n".join(part for part in (instruction, form) if part)


_USER = Template(USER, task="", key="passage", variables=PASSAGE)
_FORMAT = Template(FORMAT, task="", key="format", variables=CONSTANT)


def _built_in(kind: str) -> str:
    return resources.files("loramake.teachers").joinpath(f"{kind}.jinja").read_text(encoding="utf-8")


def student_template(name: str, task: Task) -> Template:
    """The template of what the student is asked, in a task that reads fields."""
    source = task.student if task.student is not None else STUDENT
    return Template(source, task=name, key="student", variables=PASSAGE)
