"""Synthesize: passages -> examples, written by a model, by rules, or taken from the records."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from loramake.errors import DataError, TeacherError
from loramake.files import digest, write_json
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Counts, Example, Writer, read_records, read_rows
from loramake.teachers.asking import Outcome, in_order
from loramake.teachers.calls import UNREACHABLE, Call, Teacher
from loramake.teachers.tasks import Item, Made, Sample, items_of, kinds_of, make

log = logging.getLogger(__name__)


def synthesize(
    spec: Synthesize,
    *,
    chunks: Path,
    examples: Path,
    quarantined: Path,
    calls: Path,
    bill: Path | None = None,
    recipe: str = "",
) -> Counts:
    """Write the examples that `spec`'s tasks make of `chunks`; passages without a usable answer go to `quarantined`.

    `calls` is the folder of the journal of paid answers; `bill` takes what the calls cost, and `recipe` is the name of
    whoever pays: the spend limit is for all its runs together. The order is that of tasks, passages and pairs, whoever
    answers first. Raises TeacherError when the model cannot be asked, DataError when a template is wrong or no example
    comes out.
    """
    stop = Event()
    items = partial(items_of, spec.tasks, kinds_of(spec.tasks), partial(read_records, Chunk, chunks))
    with _teacher(spec, calls, stop, recipe, items) as teacher:
        work = partial(make, teacher=teacher, retries=0 if spec.model.offline else spec.retries)
        made = in_order(work, items(), in_flight=1 if spec.model.here else spec.limit.in_flight, stop=stop)
        try:
            counts = _write(spec, _watched(made, teacher, items), examples, quarantined)
        except TeacherError as error:
            raise _with_way_on(error, teacher, items()) from None
        if bill is not None:
            _write_bill(bill, teacher)
    log.info("%d examples from %d passages", counts.made["examples"], counts.given)
    return counts


@contextmanager
def _teacher(
    spec: Synthesize, calls: Path, stop: Event, recipe: str, items: Callable[[], Iterator[Item]]
) -> Iterator[Teacher]:
    if spec.model.offline:
        from loramake.teachers.offline import Rules

        yield Rules()
        return
    from loramake.teachers.connected import connected

    first = partial(_first_calls, items)
    with connected(spec, calls=calls, recipe=recipe, stop=stop, first=first) as teacher:
        yield teacher


def _first_calls(items: Callable[[], Iterator[Item]]) -> Iterator[Call]:
    return (call for item in items() if (call := item.call()))


def _write_bill(bill: Path, teacher: Teacher) -> None:
    from loramake.teachers.endpoint import Endpoint

    if isinstance(teacher, Endpoint) and teacher.purse:
        write_json(bill, {**teacher.purse.bill(), "from_journal": teacher.from_journal})


def _watched(made: Iterator[Made], teacher: Teacher, items: Callable[[], Iterator[Item]]) -> Iterable[Made]:
    from loramake.teachers.endpoint import Endpoint
    from loramake.teachers.progress import watched

    return watched(made, teacher, sum(1 for _ in items())) if isinstance(teacher, Endpoint) else made


def _with_way_on(error: TeacherError, teacher: Teacher, items: Iterable[Item]) -> TeacherError:
    at_hand = Counter(teacher.knows(call) for item in items if (call := item.call()))
    way = f"run the same command again: {at_hand[True]} of {at_hand.total()} answers are kept"
    return TeacherError(error.what, where=error.where, hint="; ".join(part for part in (error.hint, way) if part))


def _write(spec: Synthesize, made: Iterable[Made], examples: Path, quarantined: Path) -> Counts:
    passed, dropped, unusable, tasks = 0, Counter[str](), Counter[str](), Counter[str]()
    with Writer(examples) as out, Writer(quarantined) as refused:
        for result in made:
            passages = result.item.passages
            if result.unusable:
                refused.write(_quarantine(result.item, result.unusable), reason=result.unusable.reason)
                unusable[result.unusable.reason.split(":")[0]] += passages
            elif result.dropped:
                dropped[result.dropped] += passages
            else:
                passed += passages
                for sample in result.samples:
                    out.write(_example(spec, result.item, sample))
                tasks[result.item.task] += len(result.samples)
    given = passed + dropped.total() + unusable.total()
    if unusable[UNREACHABLE] and spec.on_error == "fail":
        raise _unreachable(unusable[UNREACHABLE], given, quarantined)
    if not out.count:
        raise _nothing(given, dropped + unusable, quarantined)
    return Counts(
        unit="passages",
        given=given,
        passed=passed,
        dropped=dict(sorted(dropped.items())),
        quarantined=dict(sorted(unusable.items())),
        made={"examples": out.count},
        detail={"tasks": {task: tasks[task] for task in spec.tasks}, "teacher": spec.model.name},
    )


def _unreachable(count: int, given: int, quarantined: Path) -> TeacherError:
    rows = read_rows(quarantined)
    reason = next(row["reason"] for row in rows if row["reason"].startswith(UNREACHABLE))
    if count == given:
        return TeacherError(f"nobody answers: {reason.removeprefix(UNREACHABLE + ': ')}")
    return TeacherError(
        f"{count} of {given} passages got no answer; all others are done",
        where=f"the first: {reason}",
        hint="'on_error: quarantine' goes on without them",
    )


def _nothing(given: int, reasons: Counter[str], quarantined: Path) -> DataError:
    counted = ", ".join(f"{count} {name}" for name, count in sorted(reasons.items()))
    refused = next(read_rows(quarantined), None)
    return DataError(
        f"no example came out of {given} passages{f' ({counted})' if counted else ''}",
        where=f"the first unusable answer: {refused['reason']}" if refused else "",
        hint=f"see {quarantined}" if refused else "see whether the tasks read the sources that they should",
    )


def _quarantine(item: Item, outcome: Outcome) -> dict[str, Any]:
    return {
        "task": item.task,
        "chunk": item.chunk.id,
        "document": item.chunk.document,
        "path": item.chunk.path,
        "reason": outcome.reason,
        "answers": list(outcome.answers),
        "attempts": outcome.attempts,
    }


def _example(spec: Synthesize, item: Item, sample: Sample) -> Example:
    chunk = item.chunk
    return Example(
        id=digest([item.task, chunk.id, sample.messages]),
        task=item.task,
        messages=sample.messages,
        chunk=chunk.id,
        document=chunk.document,
        source=chunk.source,
        group=f"{chunk.path}#{chunk.part}" if chunk.part else chunk.path,
        teacher="direct" if spec.tasks[item.task].kind == "direct" else spec.model.name,
        scores=dict(sample.scores),
    )


if __name__ == "__main__":
    from loramake import store

    store.main(synthesize)
