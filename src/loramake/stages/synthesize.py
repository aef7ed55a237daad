"""Synthesize: passages -> examples, written by a model, by rules, or taken from the records."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from tqdm import tqdm

from loramake.errors import DataError, TeacherError
from loramake.files import digest
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Counts, Example, Writer, read_records, read_rows
from loramake.teachers.asking import Outcome, in_order
from loramake.teachers.calls import Teacher
from loramake.teachers.tasks import KINDS, Item, Kind, Made, Messages, make

log = logging.getLogger(__name__)


def synthesize(
    spec: Synthesize,
    *,
    chunks: Path,
    examples: Path,
    quarantined: Path,
    calls: Path,
) -> Counts:
    """Write the examples that `spec`'s tasks make of `chunks`; passages without a usable answer go to `quarantined`.

    `calls` is the folder of the journal of paid answers. The order is that of tasks, passages and pairs, whoever
    answers first. Raises TeacherError when the model cannot be asked, DataError when a template is wrong or no example
    comes out.
    """
    stop = Event()
    kinds: dict[str, Kind] = {name: KINDS[task.kind](name, task) for name, task in spec.tasks.items()}
    items = partial(_items, spec, kinds, chunks)
    with _teacher(spec, calls, stop) as teacher:
        work = partial(make, teacher=teacher, retries=0 if _offline(spec) else spec.retries)
        made = in_order(work, items(), in_flight=1 if _offline(spec) else spec.limit.in_flight, stop=stop)
        try:
            counts = _write(spec, tqdm(made, desc="synthesize", unit="passage", disable=None), examples, quarantined)
        except TeacherError as error:
            raise _with_way_on(error, teacher, items()) from None
    log.info("%d examples from %d passages", counts.made["examples"], counts.given)
    return counts


def _offline(spec: Synthesize) -> bool:
    return spec.model.name == "offline" and spec.model.url is None


def _items(spec: Synthesize, kinds: Mapping[str, Kind], chunks: Path) -> Iterator[Item]:
    for name, task in spec.tasks.items():
        for chunk in read_records(Chunk, chunks):
            if task.sources is None or chunk.source in task.sources:
                yield Item(name, kinds[name], chunk)


@contextmanager
def _teacher(spec: Synthesize, calls: Path, stop: Event) -> Iterator[Teacher]:
    if _offline(spec):
        from loramake.teachers.offline import Rules

        yield Rules()
        return
    from loramake.teachers.endpoint import Endpoint
    from loramake.teachers.journal import Journal

    with Journal(calls) as journal, Endpoint(spec, journal=journal, stop=stop) as teacher:
        yield teacher


def _with_way_on(error: TeacherError, teacher: Teacher, items: Iterable[Item]) -> TeacherError:
    at_hand = Counter(teacher.knows(call) for item in items if (call := item.call()))
    way = f"run the same command again: {at_hand[True]} of {at_hand.total()} answers are kept"
    return TeacherError(error.what, where=error.where, hint="; ".join(part for part in (error.hint, way) if part))


def _write(spec: Synthesize, made: Iterable[Made], examples: Path, quarantined: Path) -> Counts:
    passed, dropped, tasks = 0, Counter[str](), Counter[str]()
    with Writer(examples) as out, Writer(quarantined) as refused:
        for result in made:
            if result.unusable:
                refused.write(_quarantine(result.item, result.unusable), reason=result.unusable.reason)
            elif result.dropped:
                dropped[result.dropped] += 1
            else:
                passed += 1
                for messages in result.conversations:
                    out.write(_example(spec, result.item, messages))
                tasks[result.item.task] += len(result.conversations)
    given = passed + dropped.total() + refused.count
    if not out.count:
        raise _nothing(given, dropped + refused.reasons, quarantined)
    return Counts(
        unit="passages",
        given=given,
        passed=passed,
        dropped=dict(sorted(dropped.items())),
        quarantined=dict(sorted(refused.reasons.items())),
        made={"examples": out.count},
        detail={"tasks": {task: tasks[task] for task in spec.tasks}, "teacher": spec.model.name},
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


def _example(spec: Synthesize, item: Item, messages: Messages) -> Example:
    chunk = item.chunk
    return Example(
        id=digest([item.task, chunk.id, messages]),
        task=item.task,
        messages=messages,
        chunk=chunk.id,
        document=chunk.document,
        source=chunk.source,
        group=f"{chunk.path}#{chunk.part}" if chunk.part else chunk.path,
        teacher="direct" if spec.tasks[item.task].kind == "direct" else spec.model.name,
    )


if __name__ == "__main__":
    from loramake import store

    store.main(synthesize)
