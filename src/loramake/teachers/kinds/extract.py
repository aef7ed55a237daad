"""A JSON object that says what a passage says."""

import json
from collections.abc import Mapping
from typing import Any

from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.checks import check_schema, in_schema_order
from loramake.teachers.kinds.asked import Asked
from loramake.teachers.kinds.kind import Sample, conversation
from loramake.teachers.prompts import passage_values, student_template


class Extract(Asked):
    """The filled template, and the object in the schema's order.

    Of a record or commit, the first passage alone is read.
    """

    kind = "extract"

    def __init__(self, name: str, task: Task) -> None:
        assert isinstance(task.schema_, dict), "a stage sees the schema itself"
        check_schema(task.schema_, name)
        super().__init__(name, task, task.schema_)
        self._student = student_template(name, task)

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        return "beyond_first_chunk" if chunk.part and chunk.index else ""

    def samples(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Sample]:
        """One conversation."""
        answer = json.dumps(in_schema_order(value, self._schema), ensure_ascii=False)
        return [Sample(conversation(self._student.render(**passage_values(chunk)), answer))]
