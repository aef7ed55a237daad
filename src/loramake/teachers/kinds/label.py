"""Scores by a rubric: an oracle judges a passage, and a student learns to judge the very same input."""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loramake.recipe.task import Dimension, Task
from loramake.records import Chunk
from loramake.teachers.compression import stems, words_of
from loramake.teachers.kinds.asked import Asked
from loramake.teachers.kinds.kind import Sample
from loramake.teachers.prompts import label_schema, passage_values, rubric_of, student_template

RUBRIC = "The scores are whole numbers:\n{{ rubric }}"


class Label(Asked):
    """What the oracle was sent, byte for byte, and its scores with the overall score and the tier that follow."""

    kind = "label"

    def __init__(self, name: str, task: Task) -> None:
        self._dimensions, self._tiers = task.dimensions or {}, task.tiers
        self._reasoning = task.reasoning
        constant = {"rubric": rubric_of(self._dimensions)}
        super().__init__(name, task, label_schema(self._dimensions), constant=constant, forms={"rubric": RUBRIC})
        self._student = student_template(name, task) if task.student is not None else None

    def words(self, task: Task) -> frozenset[str]:
        """The task's keywords and the words of the rubric."""
        return stems(*(task.keywords or ())) | words_of(
            *(f"{name} {dimension.about}" for name, dimension in (task.dimensions or {}).items())
        )

    def samples(self, chunk: Chunk, value: Mapping[str, Any]) -> list[Sample]:
        """One conversation."""
        scores = {name: int(value["scores"][name]) for name in self._dimensions}
        overall = overall_of(scores, self._dimensions)
        answer: dict[str, Any] = {"reasoning": value["reasoning"].strip()} if self._reasoning else {}
        answer |= {"scores": scores, "overall": overall}
        if self._tiers:
            answer["tier"] = tier_of(overall, self._tiers)
        values = passage_values(chunk)
        asked = (
            [{"role": "user", "content": self._student.render(**values)}]
            if self._student
            else self._prompt.without_examples(values)
        )
        said = {"role": "assistant", "content": json.dumps(answer, ensure_ascii=False)}
        return [Sample([*asked, said], {**{name: float(score) for name, score in scores.items()}, "overall": overall})]


def overall_of(scores: Mapping[str, int], dimensions: Mapping[str, Dimension]) -> float:
    """The sum of weight times score, to two places, halves up; computed in decimals, so alike on every machine."""
    total = sum((Decimal(str(dimensions[name].weight)) * score for name, score in scores.items()), Decimal(0))
    return float(total.quantize(Decimal("0.01"), ROUND_HALF_UP))


def tier_of(overall: float, tiers: Mapping[str, float]) -> str:
    """The name of the highest tier that `overall` earns."""
    return max((begins, name) for name, begins in tiers.items() if begins <= overall)[1]
