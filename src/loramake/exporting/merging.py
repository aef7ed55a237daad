"""An adapter merged into its base, and the proof that nothing else has changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from loramake.errors import TrainingError
from loramake.exporting.probes import Observation, Trial, compare, observation

# Merging in float32 moves logits by about 1e-5; merging into the wrong base moves them by more than 1.
MOST_DIFFERENCE = 1e-3


def observe(model: Any, trial: Trial, *, answers: bool) -> list[Observation]:
    """What `model` (of transformers or PEFT) makes of a trial; `answers` says whether it is to answer as well."""
    model.eval()
    seen = []
    with torch.inference_mode():
        for probe in tqdm(trial.probes, desc="probes", disable=None):
            greedy = _greedy(model, probe.asked, trial) if answers else []
            shown = torch.tensor([probe.shown], device=model.device)
            scores = model(input_ids=shown, use_cache=False).logits[0].cpu().numpy()
            seen.append(observation(scores, probe, greedy, trial.apart))
    return seen


def _greedy(model: Any, prompt: list[int], trial: Trial) -> list[int]:
    """The likeliest answer, token by token. `generate` would add the penalties of the base's generation_config.json."""
    answer: list[int] = []
    cache, new = None, torch.tensor([prompt], device=model.device)
    while len(answer) < trial.new and not (answer and answer[-1] in trial.stop):
        step = model(input_ids=new, past_key_values=cache, use_cache=True, logits_to_keep=1)
        answer.append(int(step.logits[0, -1].cpu().numpy().argmax()))
        cache, new = step.past_key_values, new.new_tensor([answer[-1:]])
    return answer


def check_merged(reference: Sequence[Observation], merged: Sequence[Observation]) -> float:
    """The largest difference of logits. Raises TrainingError when it is more than rounding."""
    difference = compare(reference, merged).max_logit_difference
    if not difference <= MOST_DIFFERENCE:
        fault = f"logits differ by {difference:.3g}, {MOST_DIFFERENCE:g} is allowed"
        raise TrainingError(
            f"the merged model is not what base and adapter are: {fault}",
            where="adapter_config.json",
            hint="an adapter of this kind cannot be merged: export without 'merged' and 'gguf'",
        )
    return difference


def save_merged(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path, precision: str) -> None:
    """Write `model`, cast to `precision` in place, and its tokenizer to `folder`.

    Raises TrainingError for a weight that `precision` cannot hold.
    """
    model.to(getattr(torch, precision))
    for name, tensor in model.state_dict().items():
        if not torch.isfinite(tensor).all():
            raise TrainingError(
                f"'{name}' holds a number that {precision} cannot", where="merged", hint="ask for precision: bfloat16"
            )
    model.save_pretrained(folder)
    for key in ("is_local", "local_files_only"):  # how the tokenizer was found, which is no part of it
        tokenizer.init_kwargs.pop(key, None)
    tokenizer.save_pretrained(folder)
    for file in folder.iterdir():
        file.chmod(0o644)  # weights are written for their owner alone
