"""What a model answers, and how good that is."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch

from loramake.records import Example
from loramake.training.chat import IGNORED, encode, end_ids, prompt_ids


def greedy_answers(model: Any, tokenizer: Any, examples: Sequence[Example], longest: int, batch: int) -> list[str]:
    """The model's most likely answer to each example's question, of at most `longest` tokens."""
    prompts = [prompt_ids(tokenizer, example.messages[:-1]) for example in examples]
    # Neighbours of like length waste little on padding.
    order = sorted(range(len(prompts)), key=lambda index: (len(prompts[index]), index))
    answers = [""] * len(prompts)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        for index, text in zip(chosen, _batch(model, tokenizer, [prompts[i] for i in chosen], longest), strict=True):
            answers[index] = text
    return answers


def _batch(model: Any, tokenizer: Any, prompts: list[list[int]], longest: int) -> list[str]:
    width = max(map(len, prompts))
    pad = tokenizer.pad_token_id
    ids = torch.tensor([[pad] * (width - len(prompt)) + prompt for prompt in prompts], device=model.device)
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=model.device)
    with torch.no_grad():
        out = model.generate(
            input_ids=ids,
            attention_mask=mask,
            max_new_tokens=longest,
            do_sample=False,
            pad_token_id=pad,
            eos_token_id=sorted(end_ids(tokenizer)),
        )
    return [tokenizer.decode(row, skip_special_tokens=True).strip() for row in out[:, width:]]


def answer_loss(model: Any, tokenizer: Any, example: Example) -> tuple[float, int]:
    """The loss on the expected answer, summed over its tokens (nats), and their number."""
    encoded = encode(tokenizer, example.messages)
    ids = torch.tensor([encoded.input_ids], device=model.device)
    labels = torch.tensor(encoded.labels[1:], device=model.device)
    with torch.no_grad():
        logits = model(input_ids=ids).logits[0, :-1].float()
    loss = torch.nn.functional.cross_entropy(logits, labels, ignore_index=IGNORED, reduction="sum")
    return float(loss), int((labels != IGNORED).sum())


def perplexity(losses: Sequence[tuple[float, int]]) -> float | None:
    """exp of the mean loss a token; None without tokens."""
    tokens = sum(count for _, count in losses)
    return math.exp(min(50.0, sum(loss for loss, _ in losses) / tokens)) if tokens else None


def as_object(text: str) -> dict[str, Any] | None:
    """The JSON object that `text` is; None when it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def score(answers: Sequence[str], expected: Sequence[str]) -> dict[str, Any]:
    """`n`, `exact_match`, and for answers that should be JSON objects `valid_json` and accuracy by `fields`."""
    exact = sum(answer == wanted for answer, wanted in zip(answers, expected, strict=True))
    pairs = [(as_object(answer), as_object(wanted)) for answer, wanted in zip(answers, expected, strict=True)]
    objects = [(answer, wanted) for answer, wanted in pairs if wanted is not None]
    asked: Counter[str] = Counter(name for _, wanted in objects for name in wanted)
    right = Counter(
        name
        for answer, wanted in objects
        for name in wanted
        if answer and name in answer and answer[name] == wanted[name]
    )
    return {
        "n": len(expected),
        "exact_match": _share(exact, len(expected)),
        "valid_json": _share(sum(answer is not None for answer, _ in objects), len(objects)) if objects else None,
        "fields": {name: _share(right[name], asked[name]) for name in sorted(asked)},
    }


def majority_answers(train: Sequence[str], expected: Sequence[str]) -> dict[str, Any]:
    """The score of whoever always gives the commonest answer of `train`, and for each field its commonest value."""
    if not train:
        return score([""] * len(expected), expected)
    commonest = _commonest(train)
    result = score([commonest] * len(expected), expected)
    objects = [value for value in map(as_object, train) if value is not None]
    for name in result["fields"]:
        values = [json.dumps(value[name], sort_keys=True) for value in objects if name in value]
        if values:
            best = json.loads(_commonest(values))
            wanted = [value for value in map(as_object, expected) if value is not None and name in value]
            result["fields"][name] = _share(sum(value[name] == best for value in wanted), len(wanted))
    return result


def _commonest(values: Sequence[str]) -> str:
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
