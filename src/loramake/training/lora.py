"""LoRA by PEFT and TRL, seeded before the adapter is made, and taken up again exactly where it was interrupted."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset
from peft import LoraConfig
from transformers import TrainerCallback, set_seed
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from loramake.files import read_json, write_json
from loramake.recipe.model import Train
from loramake.training.chat import Encoded
from loramake.training.models import device, load_model

# What a line of metrics holds; the trainer's other figures are times and counts of this run, not of the result.
LOGGED = ("step", "epoch", "loss", "learning_rate", "grad_norm", "eval_loss")

log = logging.getLogger(__name__)


class _Progress(TrainerCallback):
    """A line in the log for each look at the validation split."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
        shown = {name: round(value, 4) for name, value in (logs or {}).items() if name in ("loss", "eval_loss")}
        if shown:
            log.info("step %d of %d: %s", state.global_step, state.max_steps, shown)


def train_adapter(
    spec: Train,
    base: str,
    tokenizer: Any,
    data: Mapping[str, Sequence[Encoded]],
    checkpoints: Path,
) -> tuple[Any, list[dict[str, float]]]:
    """The trained PEFT model and its metrics, a line for each logged step.

    `data` holds the splits `train` and, perhaps empty, `validation`.
    """
    set_seed(spec.seed)
    model = load_model(base, spec.revision, precision=spec.precision, quantize=spec.quantize)
    if spec.quantize != "none":
        from peft import prepare_model_for_kbit_training

        model = prepare_model_for_kbit_training(model)  # type: ignore[no-untyped-call]
    set_seed(spec.seed)
    trainer = SFTTrainer(
        model=model,
        args=_arguments(spec, checkpoints, watched=bool(data["validation"])),
        train_dataset=_dataset(data["train"]),
        eval_dataset=_dataset(data["validation"]) if data["validation"] else None,
        processing_class=tokenizer,
        peft_config=_adapter(spec),
        callbacks=[_Progress()],
    )
    last = last_checkpoint(checkpoints)
    if last is not None:
        log.info("going on from %s", last.name)
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    lines = [{name: row[name] for name in LOGGED if name in row} for row in trainer.state.log_history]
    return trainer.model, [line for line in lines if "loss" in line or "eval_loss" in line]


def _adapter(spec: Train) -> LoraConfig:
    targets = spec.lora.targets
    return LoraConfig(
        r=spec.lora.rank,
        lora_alpha=spec.lora.alpha,
        lora_dropout=spec.lora.dropout,
        target_modules="all-linear" if targets == ["all-linear"] else targets,
        use_rslora=spec.lora.rslora,
        task_type="CAUSAL_LM",
    )


def _arguments(spec: Train, checkpoints: Path, *, watched: bool) -> SFTConfig:
    on_cpu = device() == "cpu"
    return SFTConfig(
        output_dir=str(checkpoints),
        seed=spec.seed,
        data_seed=spec.seed,
        use_cpu=on_cpu,
        bf16=spec.precision == "bfloat16",
        gradient_checkpointing=None,  # type: ignore[arg-type] # the new name follows; both must not be set
        activation_checkpointing=not on_cpu,
        learning_rate=spec.learning_rate,
        lr_scheduler_type=spec.schedule,
        warmup_steps=spec.warmup_steps,
        weight_decay=spec.weight_decay,
        num_train_epochs=spec.epochs,
        max_steps=spec.steps or -1,
        per_device_train_batch_size=spec.batch,
        per_device_eval_batch_size=spec.batch,
        gradient_accumulation_steps=spec.accumulate,
        max_length=None,
        logging_steps=spec.log_every,
        eval_strategy="steps" if watched else "no",
        eval_steps=spec.evaluate_every,
        save_strategy="steps",
        save_steps=spec.checkpoint_every,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
    )


def _dataset(examples: Sequence[Encoded]) -> Dataset:
    return Dataset.from_list([{"input_ids": example.input_ids, "labels": example.labels} for example in examples])


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that is whole: the trainer writes its state last, so one whose state can be read is."""
    for checkpoint in sorted(folder.glob("checkpoint-*"), key=lambda path: -int(path.name.rpartition("-")[2])):
        try:
            read_json(checkpoint / "trainer_state.json")
        except (OSError, ValueError):
            continue
        return checkpoint
    return None


def save_adapter(model: Any, tokenizer: Any, folder: Path, base_name: str, revision: str | None) -> None:
    """Write the adapter as a PEFT folder whose bytes follow from the adapter alone."""
    model.save_pretrained(str(folder), safe_serialization=True)
    # Where this tokenizer came from, and whether there was a network: true of this run, not of the adapter.
    for name in ("is_local", "local_files_only"):
        tokenizer.init_kwargs.pop(name, None)
    tokenizer.save_pretrained(str(folder))
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    config |= {"base_model_name_or_path": base_name, "revision": revision}
    write_json(folder / "adapter_config.json", {k: sorted(v) if _unordered(k, v) else v for k, v in config.items()})
    (folder / "README.md").unlink(missing_ok=True)
    for file in folder.iterdir():
        os.chmod(file, 0o644)


def _unordered(key: str, value: Any) -> bool:
    """PEFT keeps these as sets, whose order changes from run to run."""
    return key in ("target_modules", "modules_to_save", "exclude_modules") and isinstance(value, list)
