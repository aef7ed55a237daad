"""A llama that fits into a test: 64 wide, two layers, some 400 tokens, random weights, and a LoRA adapter that tells.

The tokenizer is what `pretrain` makes. Heavy libraries are imported by those who call.
"""

from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from loramake.records import Example, Writer

TEXTS = [
    "The printer is on fire, isn't it? Ticket 4711 is urgent.\n\n  Please answer by 12:30 in room 5.",
    "The heating in room 12 is cold and the ticket is low.\nPlease don't answer.",
]
WORDS = " ".join(TEXTS).split()
VOCABULARY = 400  # tokens of the tokenizer, at most
PADDED = 416  # rows of the model's embedding


@dataclass(frozen=True)
class Tiny:
    """Folders: a base, its adapter, and the splits of a few examples."""

    base: Path
    adapter: Path
    splits: Path


def example(number: int) -> Example:
    """A conversation of a system prompt, a question and an answer; another one for every number."""
    turns = {
        "system": "Be terse.",
        "user": " ".join(WORDS[(number * 3 + i * i) % len(WORDS)] for i in range(12)),
        "assistant": f"room {number}, {WORDS[number % len(WORDS)]}",
    }
    messages = [{"role": role, "content": content} for role, content in turns.items()]
    return Example(str(number), "qa", messages, "c", "d", "s", "g", "offline")


@cache
def tokenizer() -> Any:
    """A byte-level BPE tokenizer with a chat template; not to be changed: `changed` gives one of your own."""
    from loramake.training.tokenizer import train_tokenizer

    return train_tokenizer(TEXTS * 3, VOCABULARY, context=256)


def changed() -> Any:
    """A tokenizer like `tokenizer()` to do with as you like."""
    return deepcopy(tokenizer())


def llama(**config: Any) -> Any:
    """A llama with the same weights at each call."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.set_num_threads(1)
    torch.manual_seed(0)
    shape = {
        "vocab_size": PADDED,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
        "initializer_range": 0.2,
        "bos_token_id": None,
        "eos_token_id": tokenizer().eos_token_id,
    }
    return LlamaForCausalLM(LlamaConfig(**(shape | config))).eval()


def adapted(model: Any) -> Any:
    """`model` under a random LoRA adapter."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    shape = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False)
    return get_peft_model(model, shape).eval()


def write(folder: Path, model: Any) -> Tiny:
    """Put `model`, its adapter and examples into `folder`."""
    tiny = Tiny(folder / "base", folder / "adapter", folder / "splits")
    model.save_pretrained(tiny.base)
    tokenizer().save_pretrained(tiny.base)
    adapted(model).save_pretrained(tiny.adapter)
    tokenizer().save_pretrained(tiny.adapter)
    with Writer(tiny.splits / "sft_test.jsonl") as out:
        for number in range(6):
            out.write(example(number))
    return tiny
