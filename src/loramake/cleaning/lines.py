"""Lines of documents -> what becomes of each: the one function that every engine runs, to the same bytes."""

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from loramake.cleaning.steps import Outcome, clean_document
from loramake.errors import DataError
from loramake.recipe.cleaning import Step
from loramake.records import Document

_FIELDS = [f.name for f in fields(Document)]


class NotADocumentError(DataError):
    """A line that holds no document."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What every line is cleaned with: the steps, and the passages of evaluation sets by the number of their step."""

    steps: Sequence[Step]
    passages: dict[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a line: a document to keep, or one dropped for `reason`; a line of JSON without its end.

    `changed`, `digests` and `masked` are as in `Outcome`.
    """

    line: bytes
    reason: str | None
    changed: tuple[bool, ...]
    digests: tuple[bytes, ...]
    masked: dict[str, int]

    def dropped(self, reason: str, step: int) -> "Cleaned":
        """The same text, dropped by step number `step` (from 0) for `reason`."""
        line = _line({**json.loads(self.line), **_why(reason)})
        return replace(self, line=line, reason=reason, changed=self.changed[: step + 1])


def clean_lines(recipe: Recipe, lines: Iterable[bytes]) -> list[Cleaned]:
    """What becomes of `lines`, in order. Raises NotADocumentError for one that is none."""
    with _no_collector():
        return [_cleaned(clean_document(recipe.steps, read_line(line), passages=recipe.passages)) for line in lines]


@contextmanager
def _no_collector() -> Iterator[None]:
    # Half a million tuples in ten megabytes, none of them in a circle, and the collector would look at them all.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def redone(recipe: Recipe, line: bytes, last: int, reason: str) -> Cleaned:
    """A document that step number `last` (from 0) drops for `reason`, which only all lines together tell."""
    document = read_line(line)
    return _cleaned(clean_document(recipe.steps, document, last=last, reason=reason, passages=recipe.passages))


def read_line(line: bytes) -> Document:
    """The document that a line holds; keys that a document does not have are left out. Raises NotADocumentError."""
    try:
        row = json.loads(line)
        return Document(**{name: row[name] for name in _FIELDS if name in row})
    except (ValueError, TypeError, RecursionError) as error:
        raise NotADocumentError(str(error)) from None


def _cleaned(outcome: Outcome) -> Cleaned:
    row: dict[str, Any] = {name: getattr(outcome.document, name) for name in _FIELDS}
    if outcome.reason is not None:
        row |= _why(outcome.reason)
    return Cleaned(_line(row), outcome.reason, outcome.changed, outcome.digests, outcome.masked)


def _why(reason: str) -> dict[str, str]:
    return {"reason": reason, "stage": "clean"}


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def batches(lines: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """`lines` in runs of `size` bytes or a little more."""
    batch: list[bytes] = []
    weight = 0
    for line in lines:
        batch.append(line)
        weight += len(line)
        if weight >= size:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
