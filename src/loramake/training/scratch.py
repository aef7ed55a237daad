"""A tiny llama from scratch, in one loop that can be killed at any step and goes on with the same numbers."""

import hashlib
import logging
import math
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from loramake.recipe.model import Pretrain
from loramake.training.reading import frequent_words, reading_conversation
from loramake.training.tokenizer import as_chat

WARMUP_STEPS = 20
CHECKPOINT_STEPS = 100
LOG_STEPS = 20
HELD_OUT_WINDOWS = 16

log = logging.getLogger(__name__)


def new_model(spec: Pretrain, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A llama of the recipe's shape with random weights; its embeddings are tied."""
    torch.manual_seed(spec.seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=spec.hidden,
        intermediate_size=spec.intermediate,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        num_key_value_heads=spec.kv_heads,
        max_position_embeddings=max(1024, spec.context),
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


class Stream:
    """Windows of `context` tokens: pieces of the text, and packed conversations about made-up records.

    The batch of a step follows from seed and step alone, so a run that is taken up again sees what it would have seen.
    """

    def __init__(self, spec: Pretrain, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]) -> None:
        self.spec, self.tokenizer = spec, tokenizer
        ids = [token for text in texts for token in [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]]
        windows = max(1, len(ids) // spec.context)
        self.held_out = min(HELD_OUT_WINDOWS, windows // 10)
        repeated = ids * (spec.context // max(1, len(ids)) + 1) if len(ids) < spec.context else ids
        self.text = torch.tensor(repeated)
        self.last = len(self.text) - spec.context * (1 + self.held_out)
        self.words = frequent_words(texts)

    def batch(self, step: int) -> torch.Tensor:
        """(batch, context) token ids."""
        rng = random.Random(f"{self.spec.seed} {step}")
        reading = sum(rng.random() < self.spec.reading for _ in range(self.spec.batch))
        rows = [self.reading_window(rng) for _ in range(reading)]
        starts = [rng.randint(0, max(0, self.last)) for _ in range(self.spec.batch - reading)]
        return torch.stack(rows + [self.text[start : start + self.spec.context] for start in starts])

    def reading_window(self, rng: random.Random) -> torch.Tensor:
        """(context,) token ids of conversations about made-up records, end to end."""
        ids: list[int] = []
        while len(ids) < self.spec.context:
            text = as_chat(reading_conversation(self.words, rng))
            ids += self.tokenizer.backend_tokenizer.encode(text).ids
        return torch.tensor(ids[: self.spec.context])

    def held_out_windows(self) -> torch.Tensor | None:
        """(windows, context) token ids from the end of the text, which no batch holds; None where it is too short."""
        if not self.held_out:
            return None
        return self.text[-self.held_out * self.spec.context :].view(self.held_out, self.spec.context)


def pretrain_model(
    spec: Pretrain, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], checkpoints: Path
) -> tuple[LlamaForCausalLM, list[dict[str, float]]]:
    """The trained model, and lines of `step`, `loss` (nats a token), `learning_rate` and `held_out_loss`."""
    model, stream = new_model(spec, tokenizer), Stream(spec, tokenizer, texts)
    optimizer = torch.optim.AdamW(model.parameters(), lr=spec.learning_rate, betas=(0.9, 0.95), weight_decay=0.1)
    first, metrics, losses = _resume(checkpoints, model, optimizer)
    model.train()
    for step in tqdm(range(first + 1, spec.steps + 1), initial=first, total=spec.steps, desc="pretrain", disable=None):
        rate = _learning_rate(spec, step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        losses.append(_train_step(model, optimizer, stream.batch(step), spec))
        if step % LOG_STEPS == 0 or step == spec.steps:
            metrics.append({"step": step, "loss": round(sum(losses) / len(losses), 5), "learning_rate": round(rate, 8)})
            losses = []
            log.info("step %d of %d: loss %.3f", step, spec.steps, metrics[-1]["loss"])
        if step % CHECKPOINT_STEPS == 0 and step < spec.steps:
            progress = {"step": step, "metrics": metrics, "losses": losses}
            _save(checkpoints, {"model": model.state_dict(), "optimizer": optimizer.state_dict(), **progress})
    model.train(False)
    if (windows := stream.held_out_windows()) is not None:
        with torch.no_grad():
            metrics[-1]["held_out_loss"] = round(float(model(input_ids=windows, labels=windows).loss), 5)
    return model, metrics


def _train_step(
    model: LlamaForCausalLM, optimizer: torch.optim.Optimizer, batch: torch.Tensor, spec: Pretrain
) -> float:
    with torch.autocast("cpu", torch.bfloat16, enabled=spec.precision == "bfloat16"):
        loss = model(input_ids=batch, labels=batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def _learning_rate(spec: Pretrain, step: int) -> float:
    """Linear warm-up, then a cosine down to a tenth."""
    if step <= WARMUP_STEPS:
        return spec.learning_rate * step / WARMUP_STEPS
    done = (step - WARMUP_STEPS) / max(1, spec.steps - WARMUP_STEPS)
    return spec.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * done)))


def _save(folder: Path, state: dict[str, Any]) -> None:
    """Keep the state under the sha256 of its bytes, so that half a checkpoint is never taken for a whole one."""
    new = folder / "new.pt"
    torch.save(state, new)
    seal = hashlib.sha256(new.read_bytes()).hexdigest()
    os.replace(new, folder / "state.pt")
    (folder / "state.sha256").write_text(seal, encoding="utf-8")


def _resume(
    folder: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[int, list[dict[str, float]], list[float]]:
    """Load the last checkpoint into model and optimizer; its step, the metrics so far, and the losses since then."""
    state, seal = folder / "state.pt", folder / "state.sha256"
    if not state.is_file() or not seal.is_file() or hashlib.sha256(state.read_bytes()).hexdigest() != seal.read_text():
        return 0, [], []
    kept = torch.load(state, weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    return kept["step"], kept["metrics"], kept["losses"]
