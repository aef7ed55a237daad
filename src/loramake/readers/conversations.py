"""Conversations in records, in the layouts that chat data has -> messages in turn, the assistant's last.

The layouts: `messages` of OpenAI (`role`, `content`), `conversations` of ShareGPT (`from`, `value`), either with
preference pairs (`chosen` is taken), Alpaca (`instruction`, `input`, `output`), and exports of Label Studio.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from loramake.errors import SourceError
from loramake.readers.json_values import loads
from loramake.readers.label_studio import exchange
from loramake.readers.parsed import tidy

Messages = list[dict[str, str]]
Found = tuple[list[Any], set[str]]  # messages as they stand, and the fields that they stand in

ROLES = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "model", "bot", "ai"), "assistant"),
}
_LISTS = ("messages", "conversations", "conversation")
_CHAT_FIELDS = {*_LISTS, "prompt", "chosen", "rejected", "completion", "system"}
_ALPACA_FIELDS = {"instruction", "input", "context", "output", "response", "history", "system"}
_STUDIO_FIELDS = {"data", "annotations", "completions", "predictions"}
FIELDS = sorted(_CHAT_FIELDS | _ALPACA_FIELDS | _STUDIO_FIELDS)
_A_ROLE = re.compile(r"[a-z_]{1,20}")  # what is no name of a person
_TEXT_PARTS = ("text", "input_text", "output_text")


def conversation_of(record: Mapping[str, Any], layout: str) -> tuple[Messages, set[str]]:
    """The conversation in a record, and the fields that it is made of.

    `layout` is `messages`, `sharegpt`, `alpaca`, `label_studio`, or `auto`: that whose fields are there. Tool calls and
    what tools answer are refused: a model that learns from text alone would learn to make them up.

    Raises SourceError `no_conversation`, `bad_conversation`, or `no_annotation` (of Label Studio).
    """
    for read in _LAYOUTS.values() if layout == "auto" else [_LAYOUTS[layout]]:
        if found := read(record):
            messages, fields = found
            return checked(messages), fields
    fields_there = ", ".join(sorted(map(str, record))[:10])
    raise SourceError(
        "no_conversation", f"no {'layout' if layout == 'auto' else layout} fits its fields: {fields_there}"
    )


def checked(messages: Sequence[Any]) -> Messages:
    """`messages` by role and text: the system's first, if any, then user and assistant in turn, none empty.

    An empty one of the system says nothing, and is left out. Raises SourceError `bad_conversation`.
    """
    made = [_message(message, number) for number, message in enumerate(messages, 1)]
    if made and made[0]["role"] == "system" and not made[0]["content"].strip():
        del made[0]
    expected = "user"
    for number, message in enumerate(made, 1):
        role = message["role"]
        if not message["content"].strip():
            _bad(f"message {number} is empty")
        if role == "system" and number == 1:
            continue
        if role != expected:
            _bad(f"message {number} is the {role}'s, where the {expected}'s should be")
        expected = "assistant" if role == "user" else "user"
    if not made or made[-1]["role"] != "assistant":
        _bad("the last message is not the assistant's")
    return made


def _message(message: Any, number: int) -> dict[str, str]:
    if not isinstance(message, Mapping):
        _bad(f"message {number} is no object")
    if message.get("tool_calls") or message.get("function_call"):
        _bad(f"message {number} calls a tool")
    if message.get("weight") == 0:
        _bad(f"message {number} has the weight 0, and is not to be learnt")
    who = message.get("role", message.get("from"))
    role = ROLES.get(who.strip().lower()) if isinstance(who, str) else None
    if role is None:
        named = repr(who) if isinstance(who, str) and _A_ROLE.fullmatch(who) else "somebody"
        _bad(f"message {number} is from {named}, who is none of {', '.join(ROLES)}")
    said = message.get("content", message.get("value"))
    return {"role": role, "content": tidy("\n".join(_texts(said, number)))}


def _texts(said: Any, number: int) -> list[str]:
    """The texts of a message, which is one, or a list of parts."""
    if said is None:
        return []
    if isinstance(said, str):
        return [said]
    if not isinstance(said, list):
        _bad(f"message {number} is no text")
    texts = []
    for part in said:
        text = part if isinstance(part, str) else part.get("text") if _is_text_part(part) else None
        if not isinstance(text, str):
            kind = part.get("type") if isinstance(part, Mapping) else type(part).__name__
            _bad(f"message {number} has a part that is no text: {str(kind)[:40]}")
        texts.append(text)
    return texts


def _is_text_part(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type", "text") in _TEXT_PARTS


def _chat(record: Mapping[str, Any]) -> Found | None:
    """A list of messages; or a prompt and what is preferred after it; either may stand without the other's part."""
    name = next((name for name in _LISTS if record.get(name)), None)
    end = next((name for name in ("chosen", "completion") if record.get(name)), None)
    if name is None and end is None:
        return None
    messages = _listed(record[name], "user") if name else []
    if end:
        preferred = _listed(record[end], "assistant")
        whole = bool(preferred) and _role(preferred[0]) != "assistant"
        messages = preferred if whole else [*(messages or _listed(record.get("prompt"), "user")), *preferred]
    return _after_system(record, messages), _CHAT_FIELDS & record.keys()


def _alpaca(record: Mapping[str, Any]) -> Found | None:
    """An instruction, with what it is about below it; `context` and `response` are Dolly's names."""
    if not record.get("instruction"):
        return None
    about = record.get("input") or record.get("context")
    asked = [text for text in (record["instruction"], about) if text]
    if not all(isinstance(text, str) for text in asked):
        _bad("instruction and input are not both text")
    messages: list[Any] = []
    for pair in record.get("history") or []:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            _bad("history is no list of pairs")
        messages += [{"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}]
    messages.append({"role": "user", "content": "\n\n".join(asked)})
    messages.append({"role": "assistant", "content": record.get("output") or record.get("response")})
    return _after_system(record, messages), _ALPACA_FIELDS & record.keys()


def _label_studio(record: Mapping[str, Any]) -> Found | None:
    found = exchange(record, ROLES)
    return (found, _STUDIO_FIELDS & record.keys()) if found else None


def _after_system(record: Mapping[str, Any], messages: list[Any]) -> list[Any]:
    """`messages` after the system's, where a field of its own holds that."""
    system = record.get("system")
    if not isinstance(system, str) or not system.strip() or (messages and _role(messages[0]) == "system"):
        return messages
    return [{"role": "system", "content": system}, *messages]


def _listed(value: Any, role: str) -> list[Any]:
    """Messages as a list, as JSON in a string, as a mapping of lists, or as the text of `role` alone."""
    if isinstance(value, str):
        return _listed_in(value) or [{"role": role, "content": value}]
    if isinstance(value, Mapping) and value and all(isinstance(column, list) for column in value.values()):
        return [dict(zip(value, row, strict=False)) for row in zip(*value.values(), strict=False)]
    if isinstance(value, Mapping):
        return [value]
    return value if isinstance(value, list) else []


def _listed_in(text: str) -> list[Any]:
    """The messages in a text that is JSON, as a table's cells are; [] when it is not."""
    try:
        value = loads(text) if text.lstrip().startswith("[") else None
    except SourceError:
        return []
    return value if isinstance(value, list) and all(isinstance(item, Mapping) for item in value) else []


def _role(message: Any) -> str | None:
    who = message.get("role", message.get("from")) if isinstance(message, Mapping) else None
    return ROLES.get(who.strip().lower()) if isinstance(who, str) else None


def _bad(what: str) -> NoReturn:
    raise SourceError("bad_conversation", what)


_LAYOUTS: dict[str, Callable[[Mapping[str, Any]], Found | None]] = {
    "label_studio": _label_studio,
    "messages": _chat,
    "sharegpt": _chat,
    "alpaca": _alpaca,
}
