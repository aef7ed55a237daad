"""From documents to examples: what came through every stage, what did not and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loramake.reporting.built import Build, Built

REFUSED = ("dropped.jsonl", "quarantined.jsonl")
DATA = ("sources", "clean", "chunk", "synthesize", "curate")
EXAMPLES = 3
SPLITS = "splits/sft_"


@dataclass(frozen=True)
class Step:
    """One stage of the funnel; `given = passed + dropped + quarantined`, in `unit`s, and `made` in other ones.

    What `curate` made are the splits, which are told apart.
    """

    stage: str
    unit: str
    given: int
    passed: int
    reasons: dict[str, int]
    made: dict[str, int]


@dataclass(frozen=True)
class Reason:
    """Why records did not come through a stage: how many, and the places of the first EXAMPLES of them."""

    stage: str
    reason: str
    count: int
    places: list[str]


def steps(build: Build) -> list[Step]:
    """What the stages that make examples were given and let through, in running order; later ones if they lost any."""
    return [_step(stage, built) for stage, built in build.items() if stage in DATA or any(built.reasons().values())]


def _step(stage: str, built: Built) -> Step:
    counts = built.counts
    made = {} if stage == "curate" else dict(counts["made"])
    return Step(stage, counts["unit"], counts["given"], counts["passed"], built.reasons(), made)


def totals(build: Build) -> list[tuple[str, int]]:
    """How many there are of what each hop gives: documents, clean documents, passages, examples, kept examples."""
    hops = (
        ("sources", "documents.jsonl", "documents"),
        ("clean", "train/", "clean documents"),
        ("chunk", "chunks.jsonl", "passages"),
        ("synthesize", "examples.jsonl", "examples"),
    )
    found = [(name, build[stage].records(file)) for stage, file, name in hops if stage in build]
    if "curate" in build:
        found.append(("curated examples", sum(splits(build).values())))
    return found


def splits(build: Build) -> dict[str, int]:
    """Examples by split: train, validation, test, then the hold-outs by name."""
    if "curate" not in build:
        return {}
    outputs = [name for name in build["curate"].receipt["outputs"] if name.startswith(SPLITS)]
    sizes = {name[len(SPLITS) :].removesuffix(".jsonl"): build["curate"].records(name) for name in outputs}
    order = ("train", "validation", "test")
    return {name: sizes[name] for name in sorted(sizes, key=lambda n: (order.index(n) if n in order else 9, n))}


def reasons(build: Build) -> list[Reason]:
    """Every reason of every stage, the largest of a stage first; those of records within a file that was read, too."""
    found = []
    for stage, built in build.items():
        numbers = Counter(built.reasons())
        numbers.update(built.counts["detail"].get("records_refused", {}))
        places = _places(built, set(numbers))
        order = sorted(numbers, key=lambda reason: (-numbers[reason], reason))
        found += [Reason(stage, reason, numbers[reason], places.get(reason, [])) for reason in order if numbers[reason]]
    return found


def _places(built: Built, wanted: set[str]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for row in (row for name in REFUSED for row in built.rows(name)):
        reason = str(row.get("reason", ""))
        name = reason if reason in wanted else reason.split(":")[0]
        listed = places.setdefault(name, [])
        place = place_of(row)
        if place and place not in listed and len(listed) < EXAMPLES:
            listed.append(place)
    return places


def place_of(row: Mapping[str, Any]) -> str:
    """Where a refused record stands: its path and part, or the nearest thing to them that it has."""
    path, part = row.get("path") or row.get("group") or row.get("chunk") or row.get("id") or "", row.get("part")
    return f"{path} · {part}" if part else str(path)


def changes(build: Build) -> dict[str, list[dict[str, str]]]:
    """Samples of what the steps of `clean` changed, by step."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in build["clean"].rows("samples.jsonl") if "clean" in build else ():
        found.setdefault(row["step"], []).append({**row, "place": place_of(row)})
    return found


def masks(build: Build) -> dict[str, int]:
    """How many of each kind were masked, by the name of the kind."""
    detail = build["clean"].counts["detail"] if "clean" in build else {}
    return dict(_numbers(next((detail[key] for key in ("masked", "masks", "mask") if key in detail), {})))


def _numbers(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        yield from ((str(kind), number) for kind, number in sorted(value.items()) if isinstance(number, int))
