"""Clean: documents -> the ones worth learning from, and why the others went."""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from loramake.cleaning.steps import Outcome, clean_batch, clean_document
from loramake.cleaning.workers import ordered_map
from loramake.errors import DataError
from loramake.recipe.model import Clean
from loramake.records import Counts, Document, Writer, read_records, read_rows

log = logging.getLogger("loramake.clean")

_PARALLEL_BYTES = 4_000_000  # below, processes take longer to start than to work
_MANY = 0.3


def clean(spec: Clean, *, documents: Path, unread: Path, train: Path, dropped: Path, threads: int = 1) -> Counts:
    """Write the documents that `spec` keeps to `train`, the others with their reason to `dropped`.

    `dropped` begins with the rows of `unread`, of what `sources` could not read; they count there, not here. Neither
    file depends on `threads`. Raises DataError when nothing is left.
    """
    funnel = _Funnel(spec)
    masked: Counter[str] = Counter()
    with Writer(train) as kept, Writer(dropped) as out:
        for row in read_rows(unread):
            out.write({**row, "stage": "sources"})
        for outcome in tqdm(_outcomes(spec, documents, threads), desc="clean", unit=" documents", disable=None):
            funnel.count(outcome)
            if outcome.reason is None:
                kept.write(outcome.document)
                masked.update(outcome.masked)
            else:
                out.write(_dropped_row(outcome), reason=outcome.reason)
    reasons = dict(sorted(out.reasons.items()))
    _complain(reasons, kept.count, documents)
    detail = {"masked": dict(sorted(masked.items())), "steps": funnel.steps}
    return Counts("documents", kept.count + sum(reasons.values()), kept.count, dropped=reasons, detail=detail)


def _dropped_row(outcome: Outcome) -> dict[str, Any]:
    row = {name: getattr(outcome.document, name) for name in outcome.document.__slots__}
    return {**row, "reason": outcome.reason, "stage": "clean"}


def _outcomes(spec: Clean, documents: Path, threads: int) -> Iterator[Outcome]:
    """What becomes of each document, in order. Of those that say the same, the first is kept."""
    processes = threads if documents.stat().st_size >= _PARALLEL_BYTES else 1
    rounds = [number for number, step in enumerate(spec.steps) if step.deduplicate]
    seen: list[dict[bytes, str]] = [{} for _ in rounds]
    read = read_records(Document, documents)
    work = partial(clean_batch, spec.steps)
    for outcome in ordered_map(work, read, weigh=lambda document: len(document.text), processes=processes):
        yield _judged(outcome, spec, rounds, seen)


def _judged(outcome: Outcome, spec: Clean, rounds: list[int], seen: list[dict[bytes, str]]) -> Outcome:
    """`outcome`, or that of a duplicate: `seen` holds, for each `deduplicate`, who said what first."""
    for number, digest, first in zip(rounds, outcome.digests, seen, strict=False):
        if digest not in first:
            first[digest] = outcome.document.id
            continue
        reason = f"duplicate: {first[digest]}"
        if outcome.original is None:
            return replace(outcome, reason=reason)
        return clean_document(spec.steps, outcome.original, last=number, reason=reason)
    return outcome


class _Funnel:
    """How many documents came to each step, were changed by it, and went no further."""

    def __init__(self, spec: Clean) -> None:
        self.steps = {
            f"{number} {step.kind}": {"given": 0, "changed": 0, "dropped": 0}
            for number, step in enumerate(spec.steps, 1)
        }
        self._counts = list(self.steps.values())

    def count(self, outcome: Outcome) -> None:
        """Add a document."""
        for counts, changed in zip(self._counts, outcome.changed, strict=False):
            counts["given"] += 1
            counts["changed"] += changed
        if outcome.reason is not None and outcome.changed:
            self._counts[len(outcome.changed) - 1]["dropped"] += 1


def _complain(reasons: dict[str, int], passed: int, documents: Path) -> None:
    """Say that much was dropped; raise DataError if everything was."""
    lost = sum(reasons.values())
    listed = ", ".join(
        f"{count} {reason}" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )
    if not passed:
        what = f"nothing is left of {lost} documents" if lost else "there are no documents to clean"
        raise DataError(
            what, where=str(documents), hint=f"dropped: {listed}; loosen the steps of 'clean'" if lost else ""
        )
    if lost > _MANY * (lost + passed):
        log.warning("%d of %d documents were dropped: %s", lost, lost + passed, listed)


if __name__ == "__main__":
    from loramake import store

    store.main(clean)
