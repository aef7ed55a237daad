"""Evaluation sets: documents that share passages with what somebody will be judged by must not be learnt from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from loramake.cleaning.shingles import shingles
from loramake.recipe.cleaning import Decontaminate, Step
from loramake.records import Document


def is_contaminated(text: str, document: Document, step: Decontaminate, passages: frozenset[int]) -> bool:
    """Whether more than the allowed share of the document's passages is in `passages`; never one of the set itself."""
    if document.source in step.against:
        return False
    runs = [int(run) for run in shingles(text, step.words)]
    common = sum(run in passages for run in runs)
    return bool(runs) and common > step.share * len(runs)


def passages_of(steps: Sequence[Step], rows: Iterable[dict[str, Any]]) -> dict[int, frozenset[int]]:
    """The passages of the evaluation sets among `rows` of documents, by the number of the step that they are for."""
    wanted = {number: step.decontaminate for number, step in enumerate(steps) if step.decontaminate}
    found: dict[int, set[int]] = {number: set() for number in wanted}
    for row in rows if wanted else ():
        for number, about in wanted.items():
            if row["source"] in about.against:
                found[number].update(_long_enough(row["text"], about.words))
    return {number: frozenset(passages) for number, passages in found.items()}


def _long_enough(text: str, words: int) -> Iterator[int]:
    """The passages of a text. A text shorter than a passage is one by itself only when it has half of the words."""
    if len(text.split()) * 2 >= words:
        yield from (int(run) for run in shingles(text, words))
