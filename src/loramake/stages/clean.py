"""Clean: documents -> the ones worth learning from, and why the others went."""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from loramake.cleaning.contamination import passages_of
from loramake.cleaning.engines import choose, cleaned
from loramake.cleaning.judge import Judge
from loramake.cleaning.lines import Cleaned, NotADocumentError, Recipe, read_line, redone
from loramake.cleaning.samples import Samples
from loramake.cleaning.shingles import shingles
from loramake.cleaning.spool import Lines, Spool
from loramake.cleaning.steps import text_at
from loramake.errors import DataError
from loramake.recipe.cleaning import Clean
from loramake.records import Counts, PartsWriter, Writer, read_rows

log = logging.getLogger("loramake.clean")

_MANY = 0.3


def clean(
    spec: Clean, *, documents: Path, unread: Path, train: Path, dropped: Path, samples: Path, threads: int = 1
) -> Counts:
    """Write the documents that `spec` keeps to the folder `train`, the others with their reason to `dropped`.

    `samples` shows what each step changed in some of them. `dropped` begins with the rows of `unread`, of what
    `sources` could not read; they count there, not here. No file depends on `threads`, nor on the engine. Raises
    DataError when nothing is left.
    """
    engine, why = choose(spec, documents.stat().st_size)
    log.info("engine: %s, because %s", engine, why)
    recipe = Recipe(spec.steps, passages_of(spec.steps, read_rows(documents)))
    funnel, changes, lines = _Funnel(spec), Samples(spec.steps), Lines(documents)
    with Spool(dropped.parent) as spool, PartsWriter(train, "train") as kept, Writer(dropped) as out:
        for row in read_rows(unread):
            out.write({**row, "stage": "sources"})
        judge = Judge(spec.steps)
        _fill(spool, judge, recipe, documents, engine, threads)
        for position, result in enumerate(_judged(spool, judge, recipe, lines)):
            funnel.count(result)
            changes.note(position, result.changed, len(result.line))
            if result.reason is None:
                kept.write_line(result.line)
            else:
                out.write_line(result.line, reason=result.reason)
    with Writer(samples) as shown:
        for row in changes.rows(lines):
            shown.write(row)
    reasons = dict(sorted(out.reasons.items()))
    _complain(reasons, kept.count, documents)
    detail = {"masked": dict(sorted(funnel.masked.items())), "steps": funnel.steps}
    return Counts("documents", kept.count + sum(reasons.values()), kept.count, dropped=reasons, detail=detail)


def _fill(spool: Spool, judge: Judge, recipe: Recipe, documents: Path, engine: str, threads: int) -> None:
    """Put what becomes of each document into `spool`, and what tells duplicates into `judge`."""
    results = tqdm(cleaned(recipe, documents, engine, threads), desc="clean", unit=" documents", disable=None)
    try:
        for position, result in enumerate(results):
            judge.add(position, result.digests)
            spool.append(result)
    except NotADocumentError:
        raise _bad_line(documents) from None


def _bad_line(documents: Path) -> DataError:
    """The error for the first line that is no document."""
    with documents.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                read_line(line)
            except NotADocumentError as error:
                return DataError(f"not a line of JSON: {error.what}", where=f"{documents}:{number}")
    return DataError("not a document", where=str(documents))


def _judged(spool: Spool, judge: Judge, recipe: Recipe, lines: Lines) -> Iterator[Cleaned]:
    """What becomes of each document in the end, in order: a duplicate is dropped as it stood at that step."""
    verdicts = judge.verdicts(
        spool.order,
        lambda position, step: shingles(text_at(recipe.steps, read_line(lines[position]), step)),
        spool.name,
    )
    for position, result in enumerate(spool):
        yield _dropped(recipe, lines, position, result, *verdicts[position]) if position in verdicts else result


def _dropped(recipe: Recipe, lines: Lines, position: int, result: Cleaned, step: int, reason: str) -> Cleaned:
    """A document that `step` drops after all; cleaned anew only where a later step has changed it, or dropped it."""
    if result.reason is None and not any(result.changed[step + 1 :]):
        return result.dropped(reason, step)
    return redone(recipe, lines[position], step, reason)


class _Funnel:
    """How many documents came to each step, were changed by it, went no further; what was masked in those kept."""

    def __init__(self, spec: Clean) -> None:
        self.masked: Counter[str] = Counter()
        self.steps = {
            f"{number} {step.kind}": {"given": 0, "changed": 0, "dropped": 0}
            for number, step in enumerate(spec.steps, 1)
        }
        self._counts = list(self.steps.values())

    def count(self, result: Cleaned) -> None:
        """Add a document."""
        for counts, changed in zip(self._counts, result.changed, strict=False):
            counts["given"] += 1
            counts["changed"] += changed
        if result.reason is None:
            self.masked.update(result.masked)
        elif result.changed:
            self._counts[len(result.changed) - 1]["dropped"] += 1


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
