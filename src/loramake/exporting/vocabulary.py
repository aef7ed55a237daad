"""A byte-level BPE tokenizer, as llama.cpp wants to be told about it."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import gguf
from tokenizers.pre_tokenizers import ByteLevel
from transformers import PreTrainedTokenizerBase

from loramake.errors import TrainingError

# llama.cpp knows ways of cutting text before BPE by name; these are the ones that were seen to cut alike.
# Steps are those of `pre_tokenizer` in tokenizer.json.
_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
_DIGITS = {"type": "Digits", "individual_digits": True}
PRE_TOKENIZERS = {"gpt-2": [_BYTES], "smollm": [_DIGITS, _BYTES]}

_GENERATION = re.compile(r"\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}")


@dataclass(frozen=True)
class Vocabulary:
    """What `tokenizer.ggml.*` says in a GGUF file. `tokens` and `types` go by id; a merge is "a b"."""

    tokens: list[str]
    types: list[int]
    merges: list[str]
    pre: str
    bos: int | None
    eos: int
    pad: int | None
    add_bos: bool
    template: str


def read_vocabulary(tokenizer: PreTrainedTokenizerBase, size: int) -> Vocabulary:
    """The vocabulary of `tokenizer`, filled up with unused tokens to the model's `size`.

    Raises TrainingError when llama.cpp would not cut every text as `tokenizer` does.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    tables = json.loads(backend.to_str()) if backend else {}
    fault = _fault(tables) or _unequipped(tokenizer)
    if fault:
        raise TrainingError(
            f"no GGUF file can be written for this tokenizer: {fault}",
            where="tokenizer.json",
            hint="export without 'gguf', and convert the merged model with llama.cpp's own script",
        )
    tokens, types = _tokens(tables, size)
    template = plain_template(str(tokenizer.chat_template))
    return Vocabulary(
        tokens=tokens,
        types=types,
        merges=[pair if isinstance(pair, str) else " ".join(pair) for pair in tables["model"]["merges"]],
        pre=_pre_tokenizer(tables["pre_tokenizer"]),
        bos=tokenizer.bos_token_id,
        eos=tokenizer.eos_token_id,
        pad=tokenizer.pad_token_id,
        add_bos=_begins_with_bos(tokenizer),
        template=template,
    )


def plain_template(template: str) -> str:
    """`template` without the `{% generation %}` marks, which Jinja alone does not know.

    A mark becomes an `if` that always holds: whitespace control (`-`) around it keeps its meaning.
    """
    return _GENERATION.sub(lambda mark: f"{{%{mark[1]} {'endif' if mark[2] else 'if true'} {mark[3]}%}}", template)


def _fault(tables: dict[str, Any]) -> str | None:
    """Why llama.cpp would cut text in another way than these tables of a tokenizer.json say, if it would."""
    model = tables.get("model", {})
    if model.get("type") != "BPE":
        return f"its vocabulary is {model.get('type', 'SentencePiece')}, not byte-level BPE"
    for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges"):
        if model.get(key):
            return f"its BPE has '{key}'"
    if tables["normalizer"] is not None:
        return f"it changes the text first ({tables['normalizer']['type']})"
    if not _pre_tokenizer(tables["pre_tokenizer"]):
        return "its pre-tokenizer is none that llama.cpp is known to share"
    missing = set(ByteLevel.alphabet()) - model["vocab"].keys()
    if missing:
        return f"it has no token for {len(missing)} of the 256 bytes"
    stripping = [t["content"] for t in tables["added_tokens"] if t["lstrip"] or t["rstrip"] or t["single_word"]]
    return f"its token '{stripping[0]}' depends on the text around it" if stripping else None


def _unequipped(tokenizer: PreTrainedTokenizerBase) -> str | None:
    if not isinstance(tokenizer.chat_template, str):
        return "it has no chat template, or several"
    return "it has no end-of-turn token (eos_token)" if tokenizer.eos_token_id is None else None


def _pre_tokenizer(table: dict[str, Any] | None) -> str:
    """llama.cpp's name for a pre-tokenizer; "" when it has none. `trim_offsets` moves offsets, not cuts."""
    steps = table["pretokenizers"] if table and table["type"] == "Sequence" else [table or {}]
    bare = [{key: value for key, value in step.items() if key != "trim_offsets"} for step in steps]
    return next((name for name, known in PRE_TOKENIZERS.items() if known == bare), "")


def _tokens(tables: dict[str, Any], size: int) -> tuple[list[str], list[int]]:
    """Texts and types by id. Ids that nothing stands for, below `size`, are unused."""
    types = dict.fromkeys(tables["model"]["vocab"].values(), gguf.TokenType.NORMAL)
    texts = {number: text for text, number in tables["model"]["vocab"].items()}
    for token in tables["added_tokens"]:
        texts[token["id"]] = token["content"]
        types[token["id"]] = gguf.TokenType.CONTROL if token["special"] else gguf.TokenType.USER_DEFINED
    tokens = [texts.get(number, f"[PAD{number}]") for number in range(size)]
    twice = [text for text, count in Counter(tokens).items() if count > 1]
    if max(texts) >= size or twice:
        raise TrainingError(
            f"the token '{twice[0]}' stands twice in the vocabulary"
            if twice
            else f"the tokenizer has {max(texts) + 1} tokens, the model {size}",
            where="tokenizer.json",
            hint="export with the tokenizer that the base came with",
        )
    return tokens, [int(types.get(number, gguf.TokenType.UNUSED)) for number in range(size)]


def _begins_with_bos(tokenizer: PreTrainedTokenizerBase) -> bool:
    rendered = tokenizer.apply_chat_template([{"role": "user", "content": "x"}], tokenize=False)
    return bool(tokenizer.bos_token) and str(rendered).startswith(str(tokenizer.bos_token))
