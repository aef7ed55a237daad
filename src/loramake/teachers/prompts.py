"""What a model is told: constant text first, the passage last, so that an endpoint's cache knows the beginning."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import Any

from loramake.recipe.task import Dimension, Task
from loramake.records import Chunk
from loramake.teachers.templates import Template

Messages = list[dict[str, str]]

PASSAGE = ("meta", "path", "section", "text")
CHAINED = ("above", "item", "results")

STUDENT = "{{ text }}"
USER = "{% if section %}Section: {{ section }}\n\n{% endif %}{{ text }}"
ITEM = USER + "{% if item is not none %}{{ '\\n\\nItem:\\n' ~ item | tojson }}{% endif %}"
FORMAT = "Answer with one JSON object and nothing else. It satisfies this JSON Schema:\n{{ schema }}"

PAIR = {"question": {"type": "string", "minLength": 1}, "answer": {"type": "string", "minLength": 1}}

STYLES = {
    "plain": "",
    "howto": "Ask how something is done, and answer with the steps in their order. Where the passage tells of no way "
    "to do anything, give an empty list of pairs.",
    "why": "Ask why something is so, or what follows from it, and answer with the reason that the passage gives. Where "
    "it gives no reason for anything, give an empty list of pairs.",
    "compare": "Ask how two things differ, or which one fits a case, and answer for both of them. Where the passage "
    "holds nothing to compare, give an empty list of pairs.",
    "brief": "Answer in as few words as the question allows: a name, a number with its unit, a date, yes or no.",
}


def qa_schema(pairs: int) -> dict[str, Any]:
    """The JSON Schema of at most `pairs` questions with answers. None at all is an answer too."""
    pair = {"type": "object", "properties": PAIR, "required": list(PAIR)}
    return {
        "type": "object",
        "properties": {"pairs": {"type": "array", "items": pair, "maxItems": pairs}},
        "required": ["pairs"],
    }


def rewrite_schema() -> dict[str, Any]:
    """The JSON Schema of a text."""
    return {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"]}


def label_schema(dimensions: Mapping[str, Dimension]) -> dict[str, Any]:
    """The JSON Schema of scores. The reasoning comes first, so that a model thinks before it judges."""
    scores = {
        name: {"type": "integer", "minimum": dimension.least, "maximum": dimension.most}
        for name, dimension in dimensions.items()
    }
    return {
        "type": "object",
        "properties": {
            "reasoning": {"type": "string", "minLength": 1},
            "scores": {"type": "object", "properties": scores, "required": list(scores)},
        },
        "required": ["reasoning", "scores"],
    }


def rubric_of(dimensions: Mapping[str, Dimension]) -> str:
    """The rubric in words, a line for each dimension."""
    return "\n".join(
        f"- {name} (from {dimension.least} to {dimension.most}): {' '.join(dimension.about.split())}"
        for name, dimension in dimensions.items()
    )


def passage_values(chunk: Chunk) -> dict[str, Any]:
    """What a template may say about a passage."""
    return {"text": chunk.text, "section": chunk.section or "", "path": chunk.path, "meta": chunk.meta}


@dataclass(frozen=True)
class Prompt:
    """The messages to a teacher for one task.

    A prompt that mentions nothing of the passage is the system message, and the passage is the user's. A prompt that
    says where the passage goes is the user's message. The schema, and other `constant` values that have `forms`, are
    stated in the system message unless the prompt has them. Worked examples, `shots`, stand between the two as if they
    had been asked and answered; each is the values of a passage, and the answer.
    """

    where: str
    source: str
    schema: Mapping[str, Any]
    constant: Mapping[str, Any] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    user: str = USER
    more: tuple[str, ...] = ()
    shots: Sequence[tuple[Mapping[str, Any], str]] = ()

    def __post_init__(self) -> None:
        # What is wrong with a template is said before anything is asked.
        _ = self._user, self._beginning

    def messages(self, values: Mapping[str, Any]) -> Messages:
        """What the teacher is sent about a passage, of which `values` says everything."""
        first, *shots = self._beginning
        return [message for message in (first, *shots, self._asked(values)) if message["content"]]

    def without_examples(self, values: Mapping[str, Any]) -> Messages:
        """The same messages, byte for byte, less the worked examples."""
        return [message for message in (self._beginning[0], self._asked(values)) if message["content"]]

    @cached_property
    def _template(self) -> Template:
        names = tuple(sorted((*PASSAGE, *self.more, *self._constant)))
        return Template(self.source, task=self.where, key="prompt", variables=names)

    @cached_property
    def _user(self) -> Template:
        return Template(self.user, task=self.where, key="passage", variables=(*PASSAGE, *self.more))

    @cached_property
    def _constant(self) -> dict[str, Any]:
        return {**self.constant, "schema": json.dumps(self.schema, ensure_ascii=False)}

    @cached_property
    def _whole(self) -> bool:
        return not self._template.uses.isdisjoint((*PASSAGE, *self.more))

    def _asked(self, values: Mapping[str, Any]) -> dict[str, str]:
        content = self._template.render(**self._constant, **values) if self._whole else self._user.render(**values)
        return {"role": "user", "content": content}

    @cached_property
    def _beginning(self) -> Messages:
        parts = ["" if self._whole else self._template.render(**self._constant)]
        for name, form in {**self.forms, "schema": FORMAT}.items():
            if name not in self._template.uses:
                parts.append(Template(form, task=self.where, key=name, variables=(name,)).render(**self._constant))
        messages = [{"role": "system", "content": "\n\n".join(part for part in parts if part)}]
        for values, answer in self.shots:
            messages += [self._asked(values), {"role": "assistant", "content": answer}]
        return messages


def prompt_of(name: str, task: Task, schema: Mapping[str, Any], **more: Any) -> Prompt:
    """The prompt of a task with one call: its own, or the built-in one of its kind."""
    source = task.prompt if task.prompt is not None else built_in(task.kind)
    constant = {"task": name, "pairs": task.pairs, "style": STYLES[task.style], **more.pop("constant", {})}
    return Prompt(name, source, schema, constant, **more)


def built_in(kind: str) -> str:
    """The prompt that comes with a kind of task."""
    return resources.files("loramake.teachers").joinpath(f"{kind}.jinja").read_text(encoding="utf-8")


def student_template(name: str, task: Task) -> Template:
    """The template of what the student is asked, in a task that reads fields."""
    source = task.student if task.student is not None else STUDENT
    return Template(source, task=name, key="student", variables=PASSAGE)
