"""Train: curated examples and a base -> the adapter."""

import logging
from pathlib import Path
from typing import Any

from loramake.errors import DataError
from loramake.recipe.model import Train
from loramake.records import Counts, Example, Writer, read_records

log = logging.getLogger(__name__)


def train(
    spec: Train,
    *,
    splits: Path,
    base: Path | None,
    adapter: Path,
    metrics: Path,
    checkpoints: Path,
    threads: int = 1,
) -> Counts:
    """Write a LoRA adapter for `base` (or for the model that the spec names) to the folder `adapter`, and its losses.

    Examples of more than `max_length` tokens are dropped and counted. Raises DataError when none is left.
    """
    import torch

    from loramake.training.lora import save_adapter, train_adapter
    from loramake.training.models import OWN_BASE, load_tokenizer

    torch.set_num_threads(threads)
    where = str(base) if base is not None else str(spec.base)
    tokenizer = load_tokenizer(where, spec.revision)
    names = {"train": splits / "sft_train.jsonl", "validation": splits / "sft_validation.jsonl"}
    given = {name: list(read_records(Example, path)) if path.is_file() else [] for name, path in names.items()}
    data = {name: _encoded(examples, tokenizer, spec.max_length) for name, examples in given.items()}
    if not data["train"]:
        hint = f"raise train.max_length ({spec.max_length}), or cut smaller chunks"
        raise DataError("every example is longer than max_length", where=str(names["train"]), hint=hint)
    model, lines = train_adapter(spec, where, tokenizer, data, checkpoints)
    save_adapter(model, tokenizer, adapter, OWN_BASE if base is not None else where, spec.revision)
    with Writer(metrics) as out:
        for line in lines:
            out.write(line)
    too_long = sum(map(len, given.values())) - sum(map(len, data.values()))
    return Counts(
        unit="examples",
        given=sum(map(len, given.values())),
        passed=sum(map(len, data.values())),
        dropped={"too_long": too_long} if too_long else {},
        made={"parameters": model.num_parameters(only_trainable=True), "steps": int(lines[-1]["step"])},
        detail={
            "trained_tokens": sum(e.trained for e in data["train"]),
            "tokens": sum(len(e.input_ids) for e in data["train"]),
        },
    )


def _encoded(examples: list[Example], tokenizer: Any, longest: int) -> list[Any]:
    """The examples as ids and labels, less those that are too long. Raises DataError when one would teach nothing."""
    from loramake.training.chat import encode

    kept = []
    for example in examples:
        encoded = encode(tokenizer, example.messages)
        if encoded.trained == 0:
            raise DataError(
                "an example has no token to learn from", where=example.id, hint="it has no assistant's turn"
            )
        if len(encoded.input_ids) <= longest:
            kept.append(encoded)
    return kept


if __name__ == "__main__":
    from loramake import store

    store.main(train)
