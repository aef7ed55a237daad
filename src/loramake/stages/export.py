"""Export: adapter -> merged weights and GGUF files, each checked against the adapter."""

import importlib.util
import logging
import tempfile
from pathlib import Path
from typing import Any

from loramake.errors import DataError, TrainingError
from loramake.files import write_json
from loramake.recipe.model import Export
from loramake.records import Counts, Example, read_records

log = logging.getLogger(__name__)


def export(
    spec: Export,
    *,
    splits: Path,
    base: Path | None,
    adapter: Path,
    merged: Path,
    gguf: Path,
    parity: Path,
    threads: int = 1,
) -> Counts:
    """Merge `adapter` into its base and write what `spec` asks for; `parity` says how alike each file is to both.

    `base` is a model's folder, or None when adapter_config.json names the base. Raises TrainingError when something
    cannot be written, or is not what the adapter is, and DataError when there is no example to compare on.
    """
    check_wishes(spec)
    examples = read_examples(splits)
    trial, reference, about = _write(spec, examples, base, adapter, merged, gguf, threads)
    files = {f"model-{kind}.gguf": _examined(gguf, kind, reference, trial, threads) for kind in spec.gguf}
    write_json(parity, {"merged": about, "files": files, "adapter": {"bytes": _weights(adapter).stat().st_size}})
    count = len(files) + spec.merged
    return Counts(unit="files", given=count, passed=count)


def check_wishes(spec: Export) -> None:
    """Raise TrainingError, before any work, when `spec` asks for what needs a missing package."""
    if spec.gguf and importlib.util.find_spec("llama_cpp") is None:
        raise TrainingError(
            "a GGUF export needs llama-cpp-python",
            where="export.gguf",
            hint="pip install 'loramake[gguf]' (it compiles for some minutes)",
        )


def read_examples(splits: Path) -> list[Example]:
    """The examples to compare on: those of the test split or, where it is empty, of the next best one."""
    for split in ("test", "validation", "train"):
        path = splits / f"sft_{split}.jsonl"
        examples = list(read_records(Example, path)) if path.is_file() else []
        if examples:
            log.info("comparing on examples of the %s split", split)
            return examples
    raise DataError("there is no example to compare the export on", where=str(splits))


def _write(
    spec: Export, examples: list[Example], base: Path | None, adapter: Path, merged: Path, gguf: Path, threads: int
) -> tuple[Any, Any, dict[str, Any]]:
    """Make every file: the trial, what base and adapter made of it, and the figures of the merge.

    The models leave memory with this function, before llama.cpp loads its own.
    """
    import torch

    from loramake.exporting.llama_gguf import check_architecture
    from loramake.exporting.merging import check_merged, observe, save_merged
    from loramake.exporting.probes import prepare, rounded, worthwhile
    from loramake.exporting.vocabulary import read_vocabulary

    model, tokenizer = _reference(base, adapter)
    torch.set_num_threads(worthwhile(threads, model.get_memory_footprint()))
    if spec.gguf:
        check_architecture(model.config)
        vocabulary = read_vocabulary(tokenizer, model.config.vocab_size)
    trial = prepare(examples, tokenizer, model.config)
    reference = observe(model, trial, answers=bool(spec.gguf))
    whole = model.merge_and_unload()
    difference = check_merged(reference, observe(whole, trial, answers=False))
    log.info("merged: logits differ by %.2g at most", difference)
    if spec.gguf:
        _write_gguf(whole, vocabulary, spec.gguf, gguf, threads)
    if spec.merged:
        save_merged(whole, tokenizer, merged, spec.precision)
    about = {
        "max_logit_difference": rounded(difference),
        "examples": len(trial.probes),
        "precision": spec.precision if spec.merged else None,
    }
    return trial, reference, about


def _write_gguf(model: Any, vocabulary: Any, kinds: list[Any], folder: Path, threads: int) -> None:
    """A file for each of `kinds`. What llama.cpp quantises comes from 32-bit floats, whether they are kept or not."""
    from loramake.exporting.llama_gguf import FLOATS, write_gguf
    from loramake.exporting.quantising import quantise

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".f32-") as aside:
        source = (folder if "f32" in kinds else Path(aside)) / "model-f32.gguf"
        if set(kinds) - {"f16"}:
            write_gguf(model, vocabulary, source, "f32")
        for kind in kinds:
            path = folder / f"model-{kind}.gguf"
            if kind not in FLOATS:
                quantise(source, path, kind, threads)
            elif path != source:
                write_gguf(model, vocabulary, path, kind)


def _examined(folder: Path, kind: str, reference: Any, trial: Any, threads: int) -> dict[str, Any]:
    """What `parity` says of one GGUF file."""
    from loramake.exporting.parity import compared
    from loramake.exporting.quantising import fallen_back, tensor_types

    path = folder / f"model-{kind}.gguf"
    types = tensor_types(path)
    about = {"asked": kind, "tensor_types": types, "bytes": path.stat().st_size}
    others = fallen_back(kind, types)
    if others:
        log.warning("%s holds %s too: its rows do not fill the blocks of %s", path.name, " and ".join(others), kind)
        about |= {"fell_back": True, "fell_back_to": others}
    about |= compared(reference, path, kind, trial, threads)
    log.info("%s: logits differ by %.2g at most", path.name, about["max_logit_difference"])
    return about


def _weights(adapter: Path) -> Path:
    weights = adapter / "adapter_model.safetensors"
    if not weights.is_file():
        raise TrainingError("the adapter has no weights as safetensors", where=str(weights), hint="train it again")
    return weights


def _reference(base: Path | None, adapter: Path) -> tuple[Any, Any]:
    """Base and adapter as one model of 32-bit floats, and its tokenizer. Raises TrainingError for a quantised base."""
    from transformers.utils import logging as transformers_logging

    from loramake.training.models import load_adapted

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    _weights(adapter)
    model, tokenizer = load_adapted(adapter, base)
    if getattr(model.config, "quantization_config", None):
        raise TrainingError(
            "the base is quantised, and nothing can be merged into it exactly",
            where="train.base",
            hint="name the model that it was quantised from",
        )
    return model, tokenizer


if __name__ == "__main__":
    from loramake import store

    store.main(export)
