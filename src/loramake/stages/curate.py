"""Curate: examples -> train, validation and test, split by document, and whatever is held out by name."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from loramake.errors import DataError
from loramake.files import digest
from loramake.recipe.model import Curate, Split
from loramake.records import Counts, Example, Writer, read_records


def curate(spec: Curate, *, examples: Path, splits: Path, dropped: Path) -> Counts:
    """Write `sft_<split>.jsonl` for every split and hold-out to the folder `splits`, refused examples to `dropped`.

    All examples of a group (a file, a record) fall into one split, and stay there when other groups come or go.
    Raises DataError when there is nothing to learn from.
    """
    everything = list(read_records(Example, examples))
    held = {source: name for name, sources in spec.holdout.items() for source in sources}
    place = _split_of_groups(spec, (e for e in everything if e.source not in held))
    reasons = _refused(everything, held) if spec.deduplicate == "exact" else {}
    names = [name for name, share in spec.split if share] + list(spec.holdout)
    chosen: dict[str, list[Example]] = {name: [] for name in names}
    with Writer(dropped) as out:
        for example in everything:
            name = held.get(example.source) or place[example.source, example.group]
            if example.id in reasons:
                out.write(example, reason=reasons[example.id])
            else:
                chosen[name].append(replace(example, split=name))
    if not chosen["train"]:
        hint = "look at the task's examples, or hold out less"
        raise DataError(f"no example is left to learn from, of {len(everything)}", where=str(examples), hint=hint)
    for name, rows in chosen.items():
        with Writer(splits / f"sft_{name}.jsonl") as split:
            for example in rows:
                split.write(example)
    tasks = {name: dict(sorted(Counter(e.task for e in rows).items())) for name, rows in chosen.items()}
    return Counts(
        unit="examples",
        given=len(everything),
        passed=sum(map(len, chosen.values())),
        dropped=dict(out.reasons),
        made={name: len(rows) for name, rows in chosen.items()},
        detail={"tasks": tasks},
    )


def _refused(everything: list[Example], held: dict[str, str]) -> dict[str, str]:
    """Why examples are refused, by id.

    A copy of a held-out example goes, so that nobody learns what is to be judged by.
    """
    first: dict[str, str] = {}
    reasons: dict[str, str] = {}
    for example in sorted(everything, key=lambda e: e.source not in held):
        content = digest(example.messages)
        if content in first:
            reasons[example.id] = f"duplicate: {first[content]}"
        else:
            first[content] = example.id
    return reasons


def _split_of_groups(spec: Curate, examples: Iterable[Example]) -> dict[tuple[str, str], str]:
    """The split of every (source, group)."""
    groups: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        groups[example.source].add(example.group)
    return {
        (source, group): name
        for source, members in groups.items()
        for group, name in _assign(
            spec.split, {group: _position(spec.seed, source, group) for group in members}
        ).items()
    }


def _position(seed: int, source: str, group: str) -> float:
    """Where in [0, 1) a group falls: by its own name alone, so that other groups cannot move it."""
    return int(digest([seed, source, group]), 16) / 16**16


def _assign(split: Split, positions: dict[str, float]) -> dict[str, str]:
    """The split of every group by its position; one that would stay empty takes the group that falls nearest to it."""
    shares = [(name, share) for name, share in split if share]
    edges, edge = {}, 0.0
    for name, share in shares:
        edges[name] = (edge, edge + share)
        edge += share
    place = {
        group: next((name for name, (_, high) in edges.items() if position < high), shares[-1][0])
        for group, position in sorted(positions.items())
    }
    for name, (low, high) in edges.items():
        counts = Counter(place.values())
        if counts[name] or len(positions) < len(shares):
            continue
        donor = max(counts, key=lambda other: (counts[other], other))
        nearest = min(
            (group for group in place if place[group] == donor),
            key=lambda group: (max(low - positions[group], positions[group] - high), group),
        )
        place[nearest] = name
    return place


if __name__ == "__main__":
    from loramake import store

    store.main(curate)
