"""All that page and card say about a build, gathered once."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loramake.reporting import exports, funnel, lineage, results
from loramake.reporting.built import Build, Built
from loramake.reporting.charts import Chart, Point, line_chart
from loramake.reporting.figures import count, plural, said
from loramake.store import bill_in_words

OWN_BASE = "a small llama made from scratch"


@dataclass(frozen=True)
class Link:
    """A stage in the chain: its address, version, what it was made from, and its settings off the defaults."""

    stage: str
    key: str
    version: int
    upstream: dict[str, str]
    settings: list[tuple[str, str]]


@dataclass(frozen=True)
class Run:
    """How a stage ran: seconds of the clock and of the processor, peak memory in bytes, where and when. Volatile.

    `linked` is the result that this one is a link of: the same inputs gave it before. `bill` says what calls cost.
    """

    stage: str
    seconds: float
    cpu_seconds: float
    memory: int
    host: str
    started: str
    attempts: int
    linked: str
    bill: str = ""


@dataclass(frozen=True)
class Story:
    """A build, told; what a recipe leaves out is empty or None."""

    title: str
    lead: str
    base: str | None
    own_base: bool
    hub_base: bool
    base_size: int
    totals: list[tuple[str, int]]
    headlines: list[results.Headline]
    tables: list[results.Table]
    samples: dict[str, list[results.Sample]]
    steps: list[funnel.Step]
    reasons: list[funnel.Reason]
    splits: dict[str, int]
    masks: dict[str, int]
    changes: dict[str, list[dict[str, str]]]
    charts: list[Chart]
    files: list[exports.Export]
    data_files: list[exports.Export]
    origins: list[lineage.Origin]
    licence: str | None
    teachers: Counter[str]
    tasks: dict[str, Counter[str]]
    chain: list[Link]
    walk: lineage.Walk | None
    train: Mapping[str, Any]
    pretrain: Mapping[str, Any]
    runs: list[Run]

    def training(self) -> Iterator[tuple[str, str]]:
        """The settings of the training that make the adapter what it is."""
        for name in ("rank", "alpha", "dropout", "targets", "rslora"):
            yield f"lora.{name}", said(self.train.get("lora", {}).get(name))
        for name in ("learning_rate", "schedule", "warmup_steps", "weight_decay", "epochs", "steps", "batch"):
            if self.train.get(name) is not None and not (name == "epochs" and self.train.get("steps")):
                yield name, said(self.train[name])
        for name in ("accumulate", "max_length", "quantize", "precision", "seed"):
            yield name, said(self.train.get(name))


def tell(build: Build) -> Story:
    """The story of `build`. Raises DataError when a file beside a receipt is not what its stage writes."""
    origins, examples = lineage.origins(build), lineage.learnt(build)
    totals = dict(funnel.totals(build))
    return Story(
        title=_title(build, totals),
        lead=_lead(build, totals, origins),
        base=_base(build),
        own_base="train" in build and not build["train"].spec.get("base"),
        hub_base="train" in build and bool(build["train"].spec.get("base")) and "base" not in build["train"].models,
        base_size=build["pretrain"].size("base/") if "pretrain" in build else 0,
        totals=list(totals.items()),
        headlines=results.headlines(build),
        tables=results.tables(build),
        samples=results.samples(build),
        steps=funnel.steps(build),
        reasons=funnel.reasons(build),
        splits=funnel.splits(build),
        masks=funnel.masks(build),
        changes=funnel.changes(build),
        charts=_charts(build),
        files=exports.exports(build),
        data_files=exports.data_files(build),
        origins=origins,
        licence=lineage.one_licence(origins),
        teachers=examples.teachers,
        tasks=examples.tasks,
        chain=[_link(stage, built) for stage, built in build.items()],
        walk=lineage.walk(build),
        train=build["train"].spec if "train" in build else {},
        pretrain=build["pretrain"].spec if "pretrain" in build else {},
        runs=[_run(stage, built.run) for stage, built in build.items() if built.run],
    )


def _base(build: Build) -> str | None:
    if "train" not in build:
        return None
    named = build["train"].spec.get("base")
    return str(named) if named else OWN_BASE


def _title(build: Build, totals: Mapping[str, int]) -> str:
    if "train" in build:
        return f"A LoRA adapter on {_base(build)}"
    if "pretrain" in build:
        return OWN_BASE.capitalize()
    name, number = list(totals.items())[-1]
    return plural(number, name.removesuffix("s"))


def _lead(build: Build, totals: Mapping[str, int], origins: list[lineage.Origin]) -> str:
    documents = f"{plural(totals['documents'], 'document')} of {plural(len(origins), 'source')}"
    if "train" not in build:
        return f"Made from {documents}."
    lora, learnt = build["train"].spec["lora"], funnel.splits(build).get("train", 0)
    shape = f"Rank {lora['rank']}, alpha {lora['alpha']:g}: "
    own = "pretrain" in build and not build["train"].spec.get("base")
    parameters = build["pretrain"].counts["made"].get("parameters") if own else None
    base = f" The base has {count(parameters)} parameters, and has read the same documents." if parameters else ""
    return f"{shape}learnt from {plural(learnt, 'example')}, which were made from {documents}.{base}"


def _link(stage: str, built: Built) -> Link:
    models = [(f"models.{key}", value) for key, value in built.models.items()]
    return Link(stage, built.key, built.version, built.upstream, lineage.settings(stage, built) + models)


def _run(stage: str, run: Mapping[str, Any]) -> Run:
    return Run(
        stage,
        run.get("seconds") or 0.0,
        run.get("cpu_seconds") or 0.0,
        round((run.get("peak_memory_mb") or 0) * 2**20),
        str(run.get("host", "")),
        str(run.get("started", "")),
        run.get("attempts") or 1,
        str(run.get("linked", "")),
        bill_in_words(run["bill"]) if "bill" in run else "",
    )


def _charts(build: Build) -> list[Chart]:
    drawn = []
    for stage, title in (("train", "The adapter"), ("pretrain", "The base, from scratch")):
        if stage in build:
            chart = line_chart(title, "loss", _losses(build[stage]))
            drawn += [chart] if chart else []
    return drawn


def _losses(built: Built) -> dict[str, list[Point]]:
    """Training and validation loss by step; of a step that was logged twice (a run resumed), the last."""
    training: dict[int, float] = {}
    validation: dict[int, float] = {}
    for row in built.rows("metrics.jsonl"):
        for losses, name in ((training, "loss"), (validation, "eval_loss")):
            if row.get(name) is not None:
                losses[row["step"]] = row[name]
    series = {"training": training, "validation": validation}
    return {name: sorted(losses.items()) for name, losses in series.items() if losses}
