"""The kinds of task: which passages one takes up, what it asks about them, and what it makes of the answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from loramake.recipe.model import Task
from loramake.records import Chunk, messages_of
from loramake.teachers.asking import Outcome, settle
from loramake.teachers.calls import Call, Teacher
from loramake.teachers.checks import check_schema, in_schema_order
from loramake.teachers.prompts import Prompt, passage_values, qa_schema, student_template

Messages = list[dict[str, str]]


class Kind(Protocol):
    """What a task does with a passage."""

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        ...

    def call(self, chunk: Chunk) -> Call | None:
        """What a teacher is asked, or None when the record itself has the answer."""
        ...

    def conversations(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Messages]:
        """The conversations that a usable answer makes."""
        ...


class Qa:
    """Questions and answers about a passage."""

    def __init__(self, name: str, task: Task) -> None:
        self._pairs, self._schema = task.pairs, qa_schema(task.pairs)
        self._prompt = Prompt(name, task, self._schema)

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        return "" if chunk.text.strip() else "blank"

    def call(self, chunk: Chunk) -> Call:
        """What a teacher is asked."""
        return Call(
            kind="qa",
            text=chunk.text,
            section=chunk.section,
            meta=chunk.meta,
            pairs=self._pairs,
            messages=self._prompt.messages(chunk),
            schema=self._schema,
        )

    def conversations(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Messages]:  # noqa: ARG002 - one interface
        """A conversation for each pair; a pair that comes twice is one."""
        pairs = dict.fromkeys((pair["question"].strip(), pair["answer"].strip()) for pair in value["pairs"])
        return [conversation(question, answer) for question, answer in pairs]


class Extract:
    """A JSON object that says what a passage says. Of a record or commit, the first passage alone is read."""

    def __init__(self, name: str, task: Task) -> None:
        assert isinstance(task.schema_, dict), "a stage sees the schema itself"
        check_schema(task.schema_, name)
        self._schema = task.schema_
        self._prompt = Prompt(name, task, self._schema)
        self._student = student_template(name, task)

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        return "beyond_first_chunk" if chunk.part and chunk.index else ""

    def call(self, chunk: Chunk) -> Call:
        """What a teacher is asked."""
        return Call(
            kind="extract",
            text=chunk.text,
            section=chunk.section,
            meta=chunk.meta,
            pairs=1,
            messages=self._prompt.messages(chunk),
            schema=self._schema,
        )

    def conversations(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Messages]:
        """One conversation: the filled template, and the object in the schema's order."""
        answer = json.dumps(in_schema_order(value, self._schema), ensure_ascii=False)
        return [conversation(self._student.render(**passage_values(chunk)), answer)]


class Direct:
    """The fields of a record are the answer, or the record is a conversation, which is taken as it stands.

    The first passage of a document alone is read.
    """

    def __init__(self, name: str, task: Task) -> None:
        self._answer = task.answer
        self._student = student_template(name, task)

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        if chunk.index:
            return "beyond_first_chunk"
        if self._answer is None:
            return "" if messages_of(chunk.meta) else "no_conversation"
        if isinstance(self._answer, str):
            return f"no_field: {self._answer}" if chunk.meta.get(self._answer) in (None, "") else ""
        missing = next((field for field in self._answer if field not in chunk.meta), None)
        return f"no_field: {missing}" if missing is not None else ""

    def call(self, chunk: Chunk) -> None:  # noqa: ARG002 - one interface
        """No teacher is asked."""
        return

    def conversations(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Messages]:  # noqa: ARG002
        """The record's own conversation; or the filled template, and the field's text or the fields as an object."""
        if self._answer is None:
            return [messages_of(chunk.meta) or []]
        if isinstance(self._answer, str):
            field = chunk.meta[self._answer]
            answer = field if isinstance(field, str) else json.dumps(field, ensure_ascii=False)
        else:
            answer = json.dumps({field: chunk.meta[field] for field in self._answer}, ensure_ascii=False)
        return [conversation(self._student.render(**passage_values(chunk)), answer)]


KINDS: dict[str, Callable[[str, Task], Kind]] = {"qa": Qa, "extract": Extract, "direct": Direct}


def conversation(user: str, assistant: str) -> Messages:
    """One question and its answer, as chat messages."""
    return [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]


@dataclass(frozen=True, slots=True)
class Item:
    """One passage in one task."""

    task: str
    kind: Kind
    chunk: Chunk

    def call(self) -> Call | None:
        """What a teacher is asked about the passage, if anything."""
        return None if self.kind.why_not(self.chunk) else self.kind.call(self.chunk)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an item: conversations, or why it was dropped, or the outcome that could not be used."""

    item: Item
    conversations: list[Messages]
    dropped: str = ""
    unusable: Outcome | None = None


def make(item: Item, teacher: Teacher, retries: int) -> Made:
    """Do a task on a passage. Raises TeacherError when nobody can be asked, DataError when a template is wrong."""
    if reason := item.kind.why_not(item.chunk):
        return Made(item, [], dropped=reason)
    call = item.call()
    outcome = settle(teacher, call, retries) if call else Outcome({})
    if outcome.value is None:
        return Made(item, [], unusable=outcome)
    conversations = item.kind.conversations(item.chunk, outcome.value)
    return Made(item, conversations, dropped="" if conversations else "no_pairs")
