"""Extraction in stages that feed each other: what one finds in a document, the next one asks about, item by item."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loramake.errors import DataError
from loramake.recipe.task import Extraction, Task, in_order
from loramake.records import OF_THE_WHOLE, Chunk
from loramake.teachers import sections
from loramake.teachers.calls import Call
from loramake.teachers.checks import check_schema, in_schema_order
from loramake.teachers.compression import stems
from loramake.teachers.documents import MOST_CHARACTERS
from loramake.teachers.kinds.asked import shortener
from loramake.teachers.kinds.kind import Sample, UnfitError, Work
from loramake.teachers.kinds.shots import shots_of
from loramake.teachers.prompts import CHAINED, ITEM, PASSAGE, Prompt
from loramake.teachers.templates import Template


@dataclass(frozen=True)
class Run:
    """A stage run once: for which item, below which others, knowing which results, and what came of it."""

    item: Any = None
    above: tuple[Any, ...] = ()
    results: Mapping[str, Any] = field(default_factory=dict)
    value: Mapping[str, Any] = field(default_factory=dict)


class Chain:
    """A conversation for every question asked of a document. An item without an answer takes its document with it."""

    whole = True

    def __init__(self, name: str, task: Task) -> None:
        assert task.stages is not None
        many = frozenset(stage for stage, spec in task.stages.items() if spec.each is not None)
        self._stages = [_Stage(name, stage, task.stages[stage], many) for stage in in_order(task.stages)]
        schemas = {stage.name: stage.schema for stage in self._stages}
        for stage in self._stages:
            stage.check_path(schemas)

    def why_not(self, chunk: Chunk) -> str:
        """Why a document is passed over, or ""."""
        if len(chunk.text) > MOST_CHARACTERS:
            return "too_long"
        return "" if chunk.text.strip() else "blank"

    def work(self, chunk: Chunk) -> Work:
        """Ask stage by stage, in the order in which they build on each other."""
        samples: list[Sample] = []
        runs: dict[str, list[Run]] = {}
        for stage in self._stages:
            planned = list(stage.runs(runs))
            runs[stage.name] = []
            text = (yield from stage.read(chunk)) if planned else ""
            for run in planned:
                values = _values(chunk, text, run)
                value = in_schema_order((yield stage.call(chunk, values)), stage.schema)
                runs[stage.name].append(Run(run.item, run.above, run.results, value))
                samples.append(stage.sample(values, value))
        return samples


def _values(chunk: Chunk, text: str, run: Run) -> dict[str, Any]:
    # Lists about the whole document (its headings, its pictures) are as long as the document.
    told = {name: value for name, value in chunk.meta.items() if name not in OF_THE_WHOLE}
    about = {"item": run.item, "above": list(run.above), "results": run.results}
    return {"text": text, "section": "", "path": chunk.path, "meta": told, **about}


class _Stage:
    """One stage: what it reads, for which items, and what it asks."""

    def __init__(self, task: str, name: str, spec: Extraction, many: frozenset[str]) -> None:
        assert isinstance(spec.schema_, dict), "a stage sees the schema itself"
        self._many = many
        self.name, self.schema, self._spec = name, spec.schema_, spec
        self._where = f"{task}, stage {name}"
        check_schema(spec.schema_, self._where)
        words = stems(*(spec.sections.keywords if spec.sections else ()))
        self._shorten = shortener(spec.budget, words)
        constant = {"task": task, "stage": name}
        where = f"task {self._where}"
        shots = shots_of(spec.examples, spec.schema_, where=where, kind="", shorten=self._shorten, more=CHAINED)
        self._prompt = Prompt(self._where, spec.prompt, spec.schema_, constant, user=ITEM, more=CHAINED, shots=shots)
        self._student = (
            Template(spec.student, task=self._where, key="student", variables=(*PASSAGE, *CHAINED))
            if spec.student is not None
            else None
        )

    def check_path(self, schemas: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise DataError when the schema of the stage that `each` names has no such list."""
        above, *path = (self._spec.each or "").split(".")
        part: Any = schemas.get(above)
        for name in path:
            part = part.get("items", part) if isinstance(part, Mapping) and part.get("type") == "array" else part
            known = part.get("properties") if isinstance(part, Mapping) else None
            if not isinstance(known, Mapping):
                return
            if name not in known:
                what, hint = f"the schema of '{above}' has no '{name}'", f"it has {', '.join(known)}"
                raise DataError(what, where=f"task {self._where}, each: {self._spec.each}", hint=hint)
            part = known[name]

    def runs(self, done: Mapping[str, list[Run]]) -> Iterator[Run]:
        """What there is to do. Raises UnfitError when there are more items than the stage allows."""
        shared = {name: _result(done[name], many=name in self._many) for name in self._spec.after or ()}
        if self._spec.each is None:
            yield Run(results=shared)
            return
        above, *path = self._spec.each.split(".")
        count = 0
        for run in done[above]:
            outer = run.above if run.item is None else (*run.above, run.item)
            for item in _list_at(run.value, path, self._spec.each):
                count += 1
                if count > self._spec.most:
                    raise UnfitError(f"too_many: more than {self._spec.most} items for the stage {self.name}")
                yield Run(item, outer, {**shared, **run.results, above: run.value})

    def read(self, chunk: Chunk) -> Any:
        """The text that the stage reads of a document; asks which sections, if rules find none."""
        text = yield from sections.read(chunk, self._spec.sections)
        return self._shorten(text)

    def call(self, chunk: Chunk, values: Mapping[str, Any]) -> Call:
        """What a teacher is asked."""
        messages = self._prompt.messages(values)
        return Call("extract", values["text"], None, chunk.meta, 1, messages, dict(self.schema), stage=self.name)

    def sample(self, values: Mapping[str, Any], value: Mapping[str, Any]) -> Sample:
        """What the student is asked, which is what the teacher was unless the stage says otherwise, and the answer."""
        asked = (
            [{"role": "user", "content": self._student.render(**values)}]
            if self._student
            else self._prompt.without_examples(values)
        )
        return Sample([*asked, {"role": "assistant", "content": json.dumps(value, ensure_ascii=False)}])


def _result(runs: Sequence[Run], *, many: bool) -> Any:
    """What a stage has found: a list where it ran for each of some items."""
    values = [run.value for run in runs]
    return values if many else values[0]


def _list_at(value: Any, path: list[str], name: str) -> list[Any]:
    """The items at `path`, through lists on the way; none where there is nothing. Raises UnfitError for no list."""
    if isinstance(value, list) and path:
        return [item for part in value for item in _list_at(part, path, name)]
    if path:
        return _list_at(value.get(path[0]), path[1:], name) if isinstance(value, Mapping) else []
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnfitError(f"not_a_list: {name}")
    return value
