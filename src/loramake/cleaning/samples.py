"""Samples of what each step of `clean` changed: how a text read before it, and how after."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, takewhile
from typing import Any

from loramake.cleaning.finders import PLACEHOLDER
from loramake.cleaning.lines import read_line
from loramake.cleaning.mask import Masker
from loramake.cleaning.spool import Lines
from loramake.cleaning.steps import text_at
from loramake.recipe.cleaning import Step
from loramake.records import Document

EACH = 3
_CANDIDATES = 20  # some of them show nothing
LONGEST = 200_000  # bytes of a line that a sample is taken from
_BEFORE, _CHANGED = 60, 180  # characters shown before what changed, and from there on


@dataclass(frozen=True)
class Sample:
    """What a step (`2 unicode`) changed first in a document; nothing that the recipe masks is in it.

    `before` is empty where the step itself masks.
    """

    step: str
    source: str
    path: str
    part: str
    before: str
    after: str


class Samples:
    """Takes note of the first documents that each step changes."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._positions: list[list[int]] = [[] for _ in steps]

    def note(self, position: int, changed: Sequence[bool], size: int) -> None:
        """Take note of a document by its position: which steps changed it, and how many bytes its line has."""
        if size > LONGEST:
            return
        for positions, is_changed in zip(self._positions, changed, strict=False):
            if is_changed and len(positions) < _CANDIDATES:
                positions.append(position)

    def rows(self, lines: Lines) -> Iterator[dict[str, Any]]:
        """The samples, step by step, from the `lines` of the documents."""
        for number, positions in enumerate(self._positions):
            samples = (_sample(self._steps, number, read_line(lines[position])) for position in positions)
            for sample in islice(filter(None, samples), EACH):
                yield asdict(sample)


def _sample(steps: Sequence[Step], number: int, document: Document) -> Sample | None:
    """None if all that the step changed is masked by another one, or is white space at the end."""
    masker = Masker()
    before, after = (_masked(steps, text_at(steps, document, at), masker) for at in (number, number + 1))
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    if before.rstrip() == after.rstrip():
        if not steps[number].mask:
            return None
        found = PLACEHOLDER.search(after)
        start = found.start() if found else 0
    kind = steps[number].kind
    shown = ("" if kind == "mask" else _cut(before, start), _cut(after, start))
    return Sample(f"{number + 1} {kind}", document.source, document.path, document.part, *shown)


def _masked(steps: Sequence[Step], text: str, masker: Masker) -> str:
    for step in steps:
        text = masker.mask(text, step.mask) if step.mask else text
    return text


def _cut(text: str, start: int) -> str:
    begin, end = max(0, start - _BEFORE), start + _CHANGED
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
