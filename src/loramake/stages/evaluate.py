"""Evaluate: test examples, base and adapter -> metrics of both, the majority baseline beside them, and samples."""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from loramake.errors import DataError
from loramake.files import digest, write_json
from loramake.recipe.model import Evaluate
from loramake.records import Counts, Example, Writer, read_records

log = logging.getLogger(__name__)
Figures = dict[str, Any]


def evaluate(
    spec: Evaluate, *, splits: Path, base: Path | None, adapter: Path, metrics: Path, samples: Path, threads: int = 1
) -> Counts:
    """Write `{split: {"base", "adapter", "majority": figures}}` to `metrics`, answers side by side to `samples`.

    Every split but train and validation is judged. Raises DataError when there is none, or nothing in them.
    """
    import torch

    from loramake.training.models import load_adapted

    torch.set_num_threads(threads)
    names = sorted(path.stem.removeprefix("sft_") for path in splits.glob("sft_*.jsonl"))
    everything = {name: list(read_records(Example, splits / f"sft_{name}.jsonl")) for name in names}
    judged = {
        name: _chosen(rows, spec.limit) for name, rows in everything.items() if name not in ("train", "validation")
    }
    if not any(judged.values()):
        raise DataError(
            "there is no test example to judge by", where=str(splits), hint="give curate.split.test a share"
        )
    model, tokenizer = load_adapted(adapter, base)
    result: dict[str, Figures] = {}
    with Writer(samples) as out:
        for name, examples in judged.items():
            answers, losses = {}, {}
            for who in ("base", "adapter"):
                with model.disable_adapter() if who == "base" else nullcontext():
                    answers[who], losses[who] = _asked(model, tokenizer, examples, spec)
            result[name] = _figures(examples, answers, losses, everything["train"])
            log.info(
                "%s: exact match %s -> %s", name, *(result[name][who]["exact_match"] for who in ("base", "adapter"))
            )
            for row in _side_by_side(name, examples, answers, spec.samples):
                out.write(row)
    write_json(metrics, result)
    given = sum(len(rows) for name, rows in everything.items() if name in judged)
    passed = sum(map(len, judged.values()))
    return Counts(
        unit="examples",
        given=given,
        passed=passed,
        dropped={"over_limit": given - passed} if given > passed else {},
        detail={name: figures["adapter"]["exact_match"] for name, figures in result.items()},
    )


def _asked(
    model: Any, tokenizer: Any, examples: list[Example], spec: Evaluate
) -> tuple[list[str], list[tuple[float, int]]]:
    from tqdm import tqdm

    from loramake.training.answers import answer_loss, greedy_answers

    losses = [answer_loss(model, tokenizer, example) for example in tqdm(examples, desc="perplexity", disable=None)]
    return greedy_answers(model, tokenizer, examples, spec.max_new_tokens, spec.batch), losses


def _chosen(examples: list[Example], limit: int) -> list[Example]:
    """At most `limit` examples, evenly over the tasks, by no order that anybody could have wished for."""
    by_task: dict[str, list[Example]] = defaultdict(list)
    for example in sorted(examples, key=lambda example: digest(example.id)):
        by_task[example.task].append(example)
    kept: set[str] = set()
    for place in range(max(map(len, by_task.values()), default=0)):
        for rows in by_task.values():
            if place < len(rows) and len(kept) < limit:
                kept.add(rows[place].id)
    return [example for example in examples if example.id in kept]


def _figures(
    examples: list[Example],
    answers: dict[str, list[str]],
    losses: dict[str, list[tuple[float, int]]],
    train: list[Example],
) -> Figures:
    """Figures of base, adapter and majority, over all tasks and for each of them."""
    result: Figures = {}
    tasks = sorted({example.task for example in examples})
    for who in ("base", "adapter", "majority"):
        by_task = {}
        for task in [None, *tasks]:
            places = [place for place, example in enumerate(examples) if task in (None, example.task)]
            learnt = [_answer(example) for example in train if task in (None, example.task)]
            by_task[task] = _figures_of(who, places, examples, answers, losses, learnt)
        result[who] = by_task.pop(None) | {"tasks": by_task}
    return result


def _figures_of(
    who: str,
    places: Sequence[int],
    examples: list[Example],
    answers: dict[str, list[str]],
    losses: dict[str, list[tuple[float, int]]],
    learnt: list[str],
) -> Figures:
    from loramake.training.answers import majority_answers, perplexity, score

    expected = [_answer(examples[place]) for place in places]
    if who == "majority":
        return majority_answers(learnt, expected) | {"perplexity": None}
    ppl = perplexity([losses[who][place] for place in places])
    return score([answers[who][place] for place in places], expected) | {"perplexity": ppl and float(f"{ppl:.6g}")}


def _side_by_side(
    split: str, examples: list[Example], answers: dict[str, list[str]], count: int
) -> list[dict[str, str]]:
    shown = {example.id for example in _chosen(examples, count)}
    # Tasks take turns, so that whoever reads the first few has seen them all.
    turns: Counter[str] = Counter()
    order = []
    for place, example in enumerate(examples):
        if example.id in shown:
            order.append((turns[example.task], example.task, place))
            turns[example.task] += 1
    return [
        {
            "split": split,
            "task": example.task,
            "prompt": example.messages[-2]["content"],
            "expected": _answer(example),
            "base": answers["base"][place],
            "adapter": answers["adapter"][place],
        }
        for _, _, place in sorted(order)
        for example in [examples[place]]
    ]


def _answer(example: Example) -> str:
    return example.messages[-1]["content"].strip()


if __name__ == "__main__":
    from loramake import store

    store.main(evaluate)
