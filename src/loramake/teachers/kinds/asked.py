"""Kinds of task that ask a model one thing about each passage."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loramake.recipe.task import Budget, KindName, Task
from loramake.records import Chunk
from loramake.teachers.calls import Call
from loramake.teachers.compression import Compressor, measure_of, stems
from loramake.teachers.kinds.kind import Sample, Work
from loramake.teachers.kinds.shots import shots_of
from loramake.teachers.prompts import passage_values, prompt_of


class Asked:
    """Asks for an object of `schema` about what the task's budget leaves of a passage."""

    whole = False
    kind: KindName

    def __init__(self, name: str, task: Task, schema: dict[str, Any], **prompt: Any) -> None:
        self._schema, self._pairs = schema, task.pairs
        self.shorten = shortener(task.budget, self.words(task))
        shots = shots_of(task.examples, schema, where=f"task {name}", kind=self.kind, shorten=self.shorten)
        self._prompt = prompt_of(name, task, schema, shots=shots, **prompt)

    def words(self, task: Task) -> frozenset[str]:
        """The words that mark what a passage keeps when it is shortened."""
        return stems(*(task.keywords or ()))

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        return "" if chunk.text.strip() else "blank"

    def work(self, chunk: Chunk) -> Work:
        """Ask once."""
        chunk = replace(chunk, text=self.shorten(chunk.text))
        value = yield Call(
            kind=self.kind,  # type: ignore[arg-type]
            text=chunk.text,
            section=chunk.section,
            meta=chunk.meta,
            pairs=self._pairs,
            messages=self._prompt.messages(passage_values(chunk)),
            schema=self._schema,
        )
        return self.samples(chunk, value)

    def samples(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Sample]:
        """What a usable answer makes of a passage, as it was shortened."""
        raise NotImplementedError


def shortener(budget: Budget | None, words: frozenset[str]) -> Compressor:
    """What cuts a passage to `budget`; nothing is cut without one."""
    return Compressor(budget.size, measure_of(budget), words) if budget else Compressor(1, lambda _: 0)
