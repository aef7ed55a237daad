"""What evaluation found: the headline, a table for each split, and answers side by side."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loramake.reporting.built import Build
from loramake.reporting.figures import interval, said

MODELS = ("base", "majority", "adapter")
OVERALL = ("exact match", "perplexity")
SAMPLES = 20
CUT, MOST = 360, 2000


@dataclass(frozen=True)
class Headline:
    """One task on one split: exact match before and after, as shares, with the 95 % interval of the latter."""

    split: str
    task: str
    n: int
    base: float
    adapter: float
    majority: float | None
    low: float
    high: float
    verdict: str

    @property
    def doubtful(self) -> bool:
        """Whether the majority baseline is within the interval, or above it."""
        return self.majority is not None and self.low <= self.majority


@dataclass(frozen=True)
class Measure:
    """A row of a table: one figure for each of MODELS; `share` tells a share from a perplexity."""

    name: str
    values: list[float | None]
    share: bool = True


@dataclass(frozen=True)
class Table:
    """The figures of one split, by task (all tasks together under "all tasks", when there are several)."""

    split: str
    tasks: list[tuple[str, int, list[Measure]]]


@dataclass(frozen=True)
class Passage:
    """A text as it is shown: its beginning, the rest behind a fold, and how many characters are left out."""

    head: str
    rest: str = ""
    cut: int = 0


@dataclass(frozen=True)
class Answer:
    """What a model said: field by field where a JSON object was asked for and came, else as it is.

    `right` is what counts as an exact match: the same text. `mark` says it in words.
    """

    right: bool
    mark: str
    passage: Passage
    fields: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Sample:
    """One example with the answers of base and adapter."""

    task: str
    prompt: Passage
    expected: Answer
    base: Answer
    adapter: Answer


def metrics(build: Build) -> dict[str, Any]:
    """The figures of every split, `test` first, then the hold-outs by name; empty without evaluation."""
    found = build["evaluate"].json("metrics.json") if "evaluate" in build else {}
    return {split: found[split] for split in sorted(found, key=lambda split: (split != "test", split))}


def headline_task(found: Mapping[str, Any]) -> str | None:
    """The task to speak of: the largest of the first split whose answers have fields, else the largest of all."""
    if not found:
        return None
    tasks = next(iter(found.values()))["adapter"].get("tasks") or {}
    ranks = {name: (bool(task.get("fields")), task.get("n", 0), name) for name, task in tasks.items()}
    return max(ranks, key=lambda name: ranks[name]) if ranks else None


def headlines(build: Build) -> list[Headline]:
    """Exact match before and after, for every split that has the headline's task (or all of it, without tasks)."""
    found = metrics(build)
    task = headline_task(found)
    rows: list[Headline] = []
    for split, by_model in found.items():
        figures = {model: _of_task(by_model.get(model), task) for model in MODELS}
        if figures["base"] and figures["adapter"].get("n"):
            rows.append(_headline(split, task or "all tasks", figures, rows[0] if rows else None))
    return rows


def _of_task(figures: Mapping[str, Any] | None, task: str | None) -> Mapping[str, Any]:
    if not figures:
        return {}
    if task is None:
        return figures
    return (figures.get("tasks") or {}).get(task) or {}


def _headline(split: str, task: str, figures: Mapping[str, Any], first: Headline | None) -> Headline:
    base, adapter = figures["base"]["exact_match"], figures["adapter"]["exact_match"]
    majority, n = figures["majority"].get("exact_match"), figures["adapter"]["n"]
    low, high = interval(adapter, n)
    verdict = f"{_compared(adapter, base)} the base"
    if majority is not None:
        verdict += f", {_compared(adapter, majority)} the majority baseline"
    if first:
        verdict += f"; {_compared(adapter, first.adapter)} the {first.split} split"
    return Headline(split, task, n, base, adapter, majority, low, high, verdict)


def _compared(value: float, with_: float) -> str:
    points = round((value - with_) * 100, 1)
    if not points:
        return "level with"
    return f"{abs(points):g} {'point' if abs(points) == 1 else 'points'} {'above' if points > 0 else 'below'}"


def tables(build: Build) -> list[Table]:
    """The figures of every split."""
    return [Table(split, list(_tasks(by_model))) for split, by_model in metrics(build).items()]


def _tasks(by_model: Mapping[str, Any]) -> Iterator[tuple[str, int, list[Measure]]]:
    names = sorted(by_model["adapter"].get("tasks") or {})
    for name in names:
        figures = [_of_task(by_model.get(model), name) for model in MODELS]
        yield name, figures[-1].get("n", 0), _measures(figures)
    if len(names) != 1:
        figures = [by_model.get(model) or {} for model in MODELS]
        measures = _measures(figures)
        yield "all tasks", figures[-1].get("n", 0), [row for row in measures if not names or row.name in OVERALL]


def _measures(figures: list[Mapping[str, Any]]) -> list[Measure]:
    rows = [Measure("exact match", [row.get("exact_match") for row in figures])]
    rows.append(Measure("valid JSON", [row.get("valid_json") for row in figures]))
    names = list(dict.fromkeys(name for row in reversed(figures) for name in row.get("fields") or {}))
    rows += [Measure(name, [(row.get("fields") or {}).get(name) for row in figures]) for name in names]
    rows.append(Measure("perplexity", [row.get("perplexity") for row in figures], share=False))
    return [row for row in rows if any(value is not None for value in row.values)]


def samples(build: Build) -> dict[str, list[Sample]]:
    """Answers by split, `test` first, in the order of evaluation: the first ones of each, SAMPLES in all at most."""
    rows: dict[str, list[Sample]] = {}
    for row in build["evaluate"].rows("samples.jsonl") if "evaluate" in build else ():
        kept = rows.setdefault(row["split"], [])
        if len(kept) < SAMPLES:
            kept.append(_sample(row))
    order = sorted(rows, key=lambda split: (split != "test", split))
    return {split: rows[split][: max(1, SAMPLES // len(order))] for split in order}


def _sample(row: Mapping[str, Any]) -> Sample:
    expected = str(row["expected"])
    fields = _object(expected)
    return Sample(
        row["task"],
        passage(str(row["prompt"])),
        *(_answer(str(row[name]), expected, fields) for name in ("expected", "base", "adapter")),
    )


def _answer(text: str, expected: str, wanted: dict[str, Any] | None) -> Answer:
    found = _object(text) if wanted is not None else None
    right = text.strip() == expected.strip()
    if wanted is None or found is None:
        marks = ("wrong", "right") if wanted is not None else ("other words", "same words")
        return Answer(right, marks[right], passage(text), [])
    fields = [(name, said(found[name]), name in wanted and found[name] == wanted[name]) for name in found]
    fields += [(name, "missing", False) for name in wanted if name not in found]
    mark = "right" if right else "right fields, other form" if found == wanted else "wrong"
    return Answer(right, mark, passage(text), fields)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def passage(text: str, show: int = CUT) -> Passage:
    """`text` with what is beyond `show` characters behind a fold, and what is beyond MOST left out."""
    text = text.strip()
    if len(text) <= show * 1.2:
        return Passage(text)
    at = max(text.rfind(" ", show // 2, show), text.rfind("\n", show // 2, show))
    at = at if at > 0 else show
    return Passage(text[:at], text[at:MOST], max(0, len(text) - MOST))
