"""Pretrain: clean documents -> a tiny base model with its tokenizer, from scratch."""

import logging
from pathlib import Path

from loramake.errors import DataError
from loramake.recipe.model import Pretrain
from loramake.records import PAGE_BREAK, Counts, Document, Writer, read_records

log = logging.getLogger(__name__)


def pretrain(
    spec: Pretrain, *, documents: Path, base: Path, metrics: Path, checkpoints: Path, threads: int = 1
) -> Counts:
    """Write a llama trained on `documents` to the folder `base`, and its losses to `metrics`.

    `checkpoints` is where an interrupted run is taken up again. Raises DataError when there is no text.
    """
    import torch

    from loramake.training.scratch import pretrain_model
    from loramake.training.tokenizer import train_tokenizer

    torch.set_num_threads(threads)
    texts = [document.text.replace(PAGE_BREAK, "\n") for document in read_records(Document, documents)]
    if not any(texts):
        raise DataError("there is no text to learn from", where=str(documents))
    tokenizer = train_tokenizer(texts, spec.vocabulary, max(1024, spec.context))
    model, lines = pretrain_model(spec, tokenizer, texts, checkpoints)
    model.save_pretrained(base)
    tokenizer.save_pretrained(base)
    with Writer(metrics) as out:
        for line in lines:
            out.write(line)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    log.info(
        "%d parameters, %d tokens in the vocabulary, last loss %.3f", parameters, len(tokenizer), lines[-1]["loss"]
    )
    return Counts(
        unit="documents",
        given=len(texts),
        passed=len(texts),
        made={"parameters": parameters, "vocabulary": len(tokenizer), "steps": spec.steps},
        detail={"characters": sum(map(len, texts))},
    )


if __name__ == "__main__":
    from loramake import store

    store.main(pretrain)
