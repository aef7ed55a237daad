"""The same questions for every form of a model: how alike are the answers?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt
from transformers import PreTrainedTokenizerBase

from loramake.records import Example

MOST_PROBES = 16
MOST_TOKENS = 512
MOST_NEW_TOKENS = 64
# Logits that are kept of a model, over all probes: 256 MiB of float32. A large vocabulary is looked at in fewer places.
MOST_LOGITS = 64 * 2**20
# Bytes of weights. Threads wait for each other by spinning: below this, one is faster than several.
SMALL = 64 * 2**20

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Probe:
    """A test conversation. `messages` and `prompt` end before the answer, `text` after it.

    `prompt_ids` and `ids` are the tokens of `prompt` and `text`; the last `answer` of `ids` are the answer. A model
    sees the last `room` tokens of either.
    """

    messages: list[dict[str, str]]
    prompt: str
    text: str
    prompt_ids: list[int]
    ids: list[int]
    answer: int
    room: int

    @property
    def asked(self) -> list[int]:
        """What a model is to answer."""
        return self.prompt_ids[-self.room :]

    @property
    def shown(self) -> list[int]:
        """What a model is to judge, token by token."""
        return self.ids[-self.room :]


@dataclass(frozen=True)
class Trial:
    """What every form of a model goes through: it judges each probe and answers with at most `new` tokens.

    `stop` are the tokens that end an answer; logits are kept of every `apart`-th position.
    """

    probes: list[Probe]
    new: int
    stop: frozenset[int]
    apart: int

    @property
    def context(self) -> int:
        """Positions that a model needs."""
        return self.probes[0].room + self.new


@dataclass(frozen=True)
class Observation:
    """What a model made of a probe.

    `logits` are [positions kept, vocabulary]; `likeliest` is the next token at every position; `nll` the negative
    log-likelihood of each token of the answer, in nats; `greedy` the model's own answer.
    """

    logits: Scores
    likeliest: npt.NDArray[np.intp]
    nll: npt.NDArray[np.float64]
    greedy: tuple[int, ...]


@dataclass(frozen=True)
class Likeness:
    """How alike two models are on the same probes.

    `argmax_equal` of `places` have the same likeliest token; `greedy_equal` of `probes` answers are all the same.
    """

    max_logit_difference: float
    argmax_equal: int
    places: int
    perplexity: float
    reference_perplexity: float
    greedy_equal: int
    probes: int

    def figures(self) -> dict[str, Any]:
        """The likeness as it is written down."""
        return {
            "max_logit_difference": rounded(self.max_logit_difference),
            "argmax_agreement": rounded(self.argmax_equal / self.places),
            "perplexity": rounded(self.perplexity),
            "reference_perplexity": rounded(self.reference_perplexity),
            "greedy_equal": [self.greedy_equal, self.probes],
        }


def worthwhile(threads: int, size: int) -> int:
    """How many of `threads` to use on a model of `size` bytes. The figures are the same with any number."""
    return threads if size >= SMALL else 1


def rounded(number: float) -> float:
    """`number` to six significant digits, which stay the same from run to run."""
    return float(f"{number:.6g}")


def prepare(examples: Sequence[Example], tokenizer: PreTrainedTokenizerBase, config: Any) -> Trial:
    """A trial on up to MOST_PROBES of `examples`, evenly spread, for models with the `config` of transformers."""
    about = config.get_text_config()
    longest = getattr(about, "max_position_embeddings", MOST_TOKENS + MOST_NEW_TOKENS)
    new = min(MOST_NEW_TOKENS, longest // 4)
    room = min(MOST_TOKENS, longest - new)
    count = min(MOST_PROBES, len(examples))
    probes = [_probe(examples[place * len(examples) // count], tokenizer, room) for place in range(count)]
    shown = sum(len(probe.shown) for probe in probes)
    ends = about.eos_token_id if isinstance(about.eos_token_id, list) else [about.eos_token_id]
    stop = {tokenizer.eos_token_id, *ends} - {None}
    return Trial(probes, new, frozenset(stop), apart=-(-shown * about.vocab_size // MOST_LOGITS))


def _probe(example: Example, tokenizer: PreTrainedTokenizerBase, room: int) -> Probe:
    messages = example.messages[:-1]
    prompt = str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
    text = str(tokenizer.apply_chat_template(example.messages, tokenize=False))
    prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    pairs = zip(prompt_ids, ids, strict=False)
    begin = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    answer = max(1, min(len(ids) - begin, room - 1))
    return Probe(messages, prompt, text, prompt_ids, ids, answer, room)


def observation(scores: Scores, probe: Probe, greedy: Sequence[int], apart: int) -> Observation:
    """What to keep of a model's `scores` ([len(probe.shown), vocabulary]) for a probe."""
    begin = len(probe.shown) - probe.answer
    judged = scores[begin - 1 : -1].astype(np.float64)
    top = judged.max(axis=1, keepdims=True)
    normaliser = top[:, 0] + np.log(np.exp(judged - top).sum(axis=1))
    return Observation(
        logits=scores[::apart].copy(),
        likeliest=scores.argmax(axis=1),
        nll=normaliser - judged[np.arange(probe.answer), probe.shown[begin:]],
        greedy=tuple(greedy),
    )


def compare(reference: Sequence[Observation], other: Sequence[Observation]) -> Likeness:
    """How alike two models are that went through the same trial."""
    pairs = list(zip(reference, other, strict=True))
    return Likeness(
        max_logit_difference=float(np.max([np.abs(one.logits - two.logits).max() for one, two in pairs])),
        argmax_equal=sum(int((one.likeliest == two.likeliest).sum()) for one, two in pairs),
        places=sum(len(one.likeliest) for one, _ in pairs),
        perplexity=_perplexity(other),
        reference_perplexity=_perplexity(reference),
        greedy_equal=sum(one.greedy == two.greedy for one, two in pairs),
        probes=len(pairs),
    )


def _perplexity(observations: Sequence[Observation]) -> float:
    return float(np.exp(np.concatenate([observed.nll for observed in observations]).mean()))
