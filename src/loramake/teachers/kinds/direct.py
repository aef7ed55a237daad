"""The fields of a record are the answer, or the record is a conversation, which is taken as it stands."""

import json

from loramake.recipe.task import Task
from loramake.records import Chunk, messages_of
from loramake.teachers.kinds.kind import Sample, Work, conversation
from loramake.teachers.prompts import passage_values, student_template


class Direct:
    """No teacher is asked. The first passage of a document alone is read."""

    whole = False

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

    def work(self, chunk: Chunk) -> Work:
        """The record's own conversation; or the filled template, and the field's text or the fields as an object."""
        yield from ()
        if self._answer is None:
            return [Sample(messages_of(chunk.meta) or [])]
        if isinstance(self._answer, str):
            field = chunk.meta[self._answer]
            answer = field if isinstance(field, str) else json.dumps(field, ensure_ascii=False)
        else:
            answer = json.dumps({field: chunk.meta[field] for field in self._answer}, ensure_ascii=False)
        return [Sample(conversation(self._student.render(**passage_values(chunk)), answer))]
