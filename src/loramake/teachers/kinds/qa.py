"""Questions and answers about a passage."""

from collections.abc import Mapping
from typing import Any

from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.kinds.asked import Asked
from loramake.teachers.kinds.kind import Sample, conversation
from loramake.teachers.prompts import qa_schema


class Qa(Asked):
    """A conversation for each pair of question and answer."""

    kind = "qa"

    def __init__(self, name: str, task: Task) -> None:
        super().__init__(name, task, qa_schema(task.pairs))

    def samples(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Sample]:  # noqa: ARG002 - one interface
        """A pair that comes twice is one."""
        pairs = dict.fromkeys((pair["question"].strip(), pair["answer"].strip()) for pair in value["pairs"])
        return [Sample(conversation(question, answer)) for question, answer in pairs]
