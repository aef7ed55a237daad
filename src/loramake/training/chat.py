"""Conversations -> token ids and labels, for any model whose tokenizer has a chat template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from loramake.errors import TrainingError

Message = dict[str, str]
IGNORED = -100


@dataclass(frozen=True)
class Encoded:
    """Token ids of a conversation, and the label of each: the id itself where the assistant speaks, else -100."""

    input_ids: list[int]
    labels: list[int]

    @property
    def trained(self) -> int:
        """How many tokens the loss is taken on."""
        return sum(label != IGNORED for label in self.labels)


def prompt_ids(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The ids that the assistant's answer follows. `messages` do not hold the answer."""
    return _ids(tokenizer, messages, add_generation_prompt=True)


def _ids(tokenizer: Any, messages: Sequence[Message], *, add_generation_prompt: bool) -> list[int]:
    try:
        ids: list[int] = tokenizer.apply_chat_template(
            list(messages), tokenize=True, add_generation_prompt=add_generation_prompt, return_dict=False
        )
    except TemplateError as error:
        hint = "leave such conversations out, or choose another base"
        what = f"the chat template refuses a conversation: {str(error)[:200]}"
        raise TrainingError(what, where=tokenizer.name_or_path, hint=hint) from None
    return ids


def encode(tokenizer: Any, messages: Sequence[Message]) -> Encoded:
    """Ids and labels of a conversation: every turn of the assistant is learnt, to its end-of-turn token and no further.

    Raises TrainingError when the chat template does not keep the beginning of a conversation as it grows, never ends a
    turn, or refuses it, as some refuse the system's messages.
    """
    ids = _ids(tokenizer, messages, add_generation_prompt=False)
    labels = [IGNORED] * len(ids)
    for index, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = prompt_ids(tokenizer, messages[:index])
        until = _ids(tokenizer, messages[: index + 1], add_generation_prompt=False)
        if ids[: len(before)] != before or ids[: len(until)] != until:
            hint = "choose a base whose template appends turns without rewriting earlier ones"
            raise TrainingError("the chat template rewrites earlier turns", where=tokenizer.name_or_path, hint=hint)
        ends = [place for place in range(len(before), len(until)) if ids[place] in end_ids(tokenizer)]
        if not ends:
            hint = "its end-of-turn token must be the tokenizer's eos_token"
            raise TrainingError("the chat template ends no turn", where=tokenizer.name_or_path, hint=hint)
        labels[len(before) : ends[-1] + 1] = ids[len(before) : ends[-1] + 1]
    return Encoded(ids, labels)


def end_ids(tokenizer: Any) -> set[int]:
    """The tokens that end a turn: the tokenizer's own end, and those that the common chat formats add to it."""
    names = {tokenizer.eos_token, "<|im_end|>", "<|eot_id|>", "<|end|>", "<end_of_turn>", "<|eom_id|>"}
    known = tokenizer.get_vocab()
    return {known[name] for name in names if name in known}
