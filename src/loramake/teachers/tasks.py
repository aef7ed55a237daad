"""Tasks at work: which passages each takes up, and what becomes of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from loramake.recipe.task import Task
from loramake.records import Chunk
from loramake.teachers.asking import Outcome, settle
from loramake.teachers.calls import Call, Teacher
from loramake.teachers.documents import whole_documents
from loramake.teachers.kinds.chain import Chain
from loramake.teachers.kinds.direct import Direct
from loramake.teachers.kinds.extract import Extract
from loramake.teachers.kinds.kind import Kind, Sample, UnfitError, conversation
from loramake.teachers.kinds.label import Label
from loramake.teachers.kinds.qa import Qa
from loramake.teachers.kinds.rewrite import Rewrite

__all__ = ["KINDS", "Item", "Kind", "Made", "Sample", "conversation", "items_of", "kinds_of", "make"]


def _extract(name: str, task: Task) -> Kind:
    return Chain(name, task) if task.stages else Extract(name, task)


KINDS: dict[str, Callable[[str, Task], Kind]] = {
    "qa": Qa,
    "extract": _extract,
    "label": Label,
    "rewrite": Rewrite,
    "direct": Direct,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One passage in one task, or all `passages` of a document as one."""

    task: str
    kind: Kind
    chunk: Chunk
    passages: int = 1

    def call(self) -> Call | None:
        """What a teacher is asked first, if anything; what it is asked next may follow from the answer."""
        return None if self.kind.why_not(self.chunk) else next(self.kind.work(self.chunk), None)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an item: samples, or why it was dropped, or the outcome that could not be used."""

    item: Item
    samples: list[Sample]
    dropped: str = ""
    unusable: Outcome | None = None


def kinds_of(tasks: Mapping[str, Task]) -> dict[str, Kind]:
    """The kind of every task, ready to work. Raises DataError when a template, schema or example is wrong."""
    return {name: KINDS[task.kind](name, task) for name, task in tasks.items()}


def items_of(
    tasks: Mapping[str, Task], kinds: Mapping[str, Kind], read: Callable[[], Iterable[Chunk]]
) -> Iterator[Item]:
    """Everything that there is to do, in the order of tasks and passages. `read` gives the passages from the first."""
    for name, task in tasks.items():
        chunks = (chunk for chunk in read() if task.sources is None or chunk.source in task.sources)
        if kinds[name].whole:
            yield from (Item(name, kinds[name], chunk, passages) for chunk, passages in whole_documents(chunks))
        else:
            yield from (Item(name, kinds[name], chunk) for chunk in chunks)


def make(item: Item, teacher: Teacher, retries: int) -> Made:
    """Do a task on a passage. Raises TeacherError when nobody can be asked, DataError when a template is wrong."""
    if reason := item.kind.why_not(item.chunk):
        return Made(item, [], dropped=reason)
    work = item.kind.work(item.chunk)
    outcome = Outcome(None)
    try:
        call = next(work)
        while True:
            outcome = settle(teacher, call, retries)
            if outcome.value is None:
                work.close()
                reason = f"{outcome.reason} (stage {call.stage})" if call.stage else outcome.reason
                return Made(item, [], unusable=replace(outcome, reason=reason))
            call = work.send(outcome.value)
    except StopIteration as end:
        samples: list[Sample] = end.value
    except UnfitError as error:
        return Made(item, [], unusable=replace(outcome, value=None, reason=str(error)))
    return Made(item, samples, dropped="" if samples else "no_pairs")
