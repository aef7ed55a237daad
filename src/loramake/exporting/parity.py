"""A GGUF file in llama.cpp beside the base and adapter that it comes from."""

import math
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import gguf
import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from tqdm import tqdm

from loramake.errors import TrainingError
from loramake.exporting.probes import Likeness, Observation, Probe, Trial, compare, observation, worthwhile
from loramake.exporting.quantising import listen

# With a cache of 32-bit floats llama.cpp and torch differ by about 2e-5: more than this is a fault in the file.
MOST_DIFFERENCE_F32 = 1e-2
# llama.cpp rounds activations to 16 bits before it multiplies them with 16-bit weights, so that a near-tie may fall the
# other way: one place in a hundred may differ, and one in a short trial. A tensor that is written wrong changes most.
PLACES_F16 = 100
# ggml's number of 32-bit floats. The cache's default is 16 bits, which alone moves logits by 1e-2.
F32 = 0
_HINT = "leave this type out of 'gguf', and please report it with the base's config.json and tokenizer.json"


def run(path: Path, trial: Trial, threads: int) -> list[Observation]:
    """What the model in a GGUF file makes of a trial. Raises TrainingError when it reads other text than it should."""
    listen()
    template = gguf.GGUFReader(path).fields[gguf.Keys.Tokenizer.CHAT_TEMPLATE].contents()
    with closing(_load(path, trial.context, threads)) as model:
        chat = Jinja2ChatFormatter(template, _text(model, model.token_eos()), _text(model, model.token_bos()))
        for probe in trial.probes:
            check_text(model, chat, probe, path.name)
        return [_observe(model, probe, trial) for probe in tqdm(trial.probes, desc=path.name, disable=None)]


def _text(model: llama_cpp.Llama, token: int) -> str:
    return "" if token < 0 else model.detokenize([token], special=True).decode()


def _load(path: Path, context: int, threads: int) -> llama_cpp.Llama:
    hands = worthwhile(threads, path.stat().st_size)
    try:
        return llama_cpp.Llama(
            str(path),
            n_ctx=context,
            n_threads=hands,
            n_threads_batch=hands,
            type_k=F32,
            type_v=F32,
            logits_all=True,
            verbose=False,
        )
    except ValueError as error:
        raise TrainingError(f"llama.cpp cannot load the file: {error}", where=path.name, hint=_HINT) from None


def check_text(model: Any, chat: Any, probe: Probe, name: str) -> None:
    """Raise TrainingError unless a GGUF file makes the same prompt of the messages, and the same tokens of the text."""
    if chat(messages=probe.messages).prompt != probe.prompt:
        raise TrainingError(
            "the file's chat template gives another prompt than the tokenizer's", where=name, hint=_HINT
        )
    for text, ids in ((probe.prompt, probe.prompt_ids), (probe.text, probe.ids)):
        if model.tokenize(text.encode(), add_bos=False, special=True) != ids:
            raise TrainingError(
                f"llama.cpp cuts a text into other tokens than the tokenizer does: {text[:60]!r}",
                where=name,
                hint=_HINT,
            )


def _observe(model: Any, probe: Probe, trial: Trial) -> Observation:
    greedy: list[int] = []
    model.reset()
    model.eval(probe.asked)
    while True:
        greedy.append(int(model.scores[model.n_tokens - 1].argmax()))
        if greedy[-1] in trial.stop or len(greedy) == trial.new:
            break
        model.eval(greedy[-1:])
    model.reset()
    model.eval(probe.shown)
    return observation(model.scores[: model.n_tokens], probe, greedy, trial.apart)


def check_likeness(name: str, kind: str, likeness: Likeness) -> None:
    """Raise TrainingError when a file in floats is not what its adapter is. A quantised one is what it is: reported."""
    fault = _fault(kind, likeness)
    if fault:
        raise TrainingError(f"the file is not what base and adapter are: {fault}", where=name, hint=_HINT)


def _fault(kind: str, likeness: Likeness) -> str | None:
    difference, equal, probes = likeness.max_logit_difference, likeness.greedy_equal, likeness.probes
    differing, allowed = likeness.places - likeness.argmax_equal, max(1, likeness.places // PLACES_F16)
    if not math.isfinite(difference):
        return "its logits are not all numbers"
    if kind == "f32" and difference > MOST_DIFFERENCE_F32:
        return f"logits differ by {difference:.3g}, {MOST_DIFFERENCE_F32:g} is allowed"
    if kind == "f32" and equal < probes:
        return f"{equal} of {probes} greedy answers are the same, all must be"
    if kind == "f16" and differing > allowed:
        return f"the likeliest token differs in {differing} of {likeness.places} places, {allowed} may"
    return None


def compared(reference: Sequence[Observation], path: Path, kind: str, trial: Trial, threads: int) -> dict[str, Any]:
    """The figures of a GGUF file beside those of base and adapter. Raises TrainingError when it fails its gate."""
    likeness = compare(reference, run(path, trial, threads))
    check_likeness(path.name, kind, likeness)
    return likeness.figures()
