"""A passage in another form."""

from collections.abc import Mapping
from typing import Any

from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.kinds.asked import Asked
from loramake.teachers.kinds.kind import Sample, conversation
from loramake.teachers.prompts import passage_values, rewrite_schema, student_template


class Rewrite(Asked):
    """The filled template, and the text that the teacher made of the passage."""

    kind = "rewrite"

    def __init__(self, name: str, task: Task) -> None:
        super().__init__(name, task, rewrite_schema())
        self._student = student_template(name, task)

    def samples(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Sample]:
        """One conversation."""
        return [Sample(conversation(self._student.render(**passage_values(chunk)), value["text"].strip()))]
