"""An annotated task in an export of Label Studio -> what was asked, and what an annotator answered.

The format: https://labelstud.io/guide/task_format (JSON; `completions` is its older name for `annotations`).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from loramake.errors import SourceError

_NAMES = (
    "text",
    "prompt",
    "question",
    "instruction",
    "content",
    "dialogue",
    "dialog",
    "dialogs",
    "conversation",
    "chat",
)
_SPEAKERS = ("role", "author", "name", "speaker", "from", "user")
_SAID = ("content", "text", "value", "message")
_ADDRESSES = ("http://", "https://", "s3://", "gs://", "azure-blob://", "/data/", "data:")


def exchange(task: Mapping[str, Any], roles: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """A user's message and the assistant's answer, or the turns before it; None when this is no annotated task.

    An annotation that is marked as ground truth is preferred, else the first one counts; those that were cancelled are
    skipped. The answer is the text, choice or number of the only control that was used, or else JSON: several values as
    a list, spans as `{"text", "labels"}`, several controls as an object by their names. What the answer is about is the
    field that the controls are tied to, one with a usual name, or the only text; `roles` tells the roles of speakers.

    Raises SourceError `no_annotation` or `bad_conversation`.
    """
    data = task.get("data")
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(data, Mapping) or not isinstance(annotations, list):
        return None
    results = _chosen(annotations)
    about = _about(data, results)
    answers = _answers(results, about if isinstance(about, str) else "")
    if not answers:
        raise SourceError("no_annotation", "no text, choice, label or number was given")
    answer = next(iter(answers.values())) if len(answers) == 1 else answers
    said = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return [
        *_asked(about, roles, any(result.get("type") == "textarea" for result in results)),
        _turn("assistant", said),
    ]


def _chosen(annotations: list[Any]) -> list[Mapping[str, Any]]:
    """The results of the annotation that counts."""
    valid = [found for found in annotations if isinstance(found, Mapping) and found.get("result")]
    valid = [found for found in valid if not found.get("was_cancelled") and isinstance(found["result"], list)]
    if not valid:
        raise SourceError("no_annotation", f"none of {len(annotations)} that was not cancelled and says something")
    results = min(valid, key=lambda found: not found.get("ground_truth"))["result"]
    return [result for result in results if isinstance(result, Mapping) and isinstance(result.get("value"), Mapping)]


def _about(data: Mapping[str, Any], results: Iterable[Mapping[str, Any]]) -> str | list[Any]:
    """The text or the dialogue that was annotated."""
    texts: dict[str, str | list[Any]] = {
        name: value for name, value in data.items() if _is_text(value) or _is_dialogue(value)
    }
    tied = [str(result.get("to_name")) for result in results]
    for name in (*tied, *_NAMES):
        if name in texts:
            return texts[name]
    if len(texts) != 1:
        which = f"which of {', '.join(sorted(texts))} is annotated cannot be told" if texts else "no text in its data"
        raise SourceError("bad_conversation", which)
    return next(iter(texts.values()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not value.startswith(_ADDRESSES)


def _is_dialogue(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_speaker(item) and _words(item) for item in value)


def _speaker(item: Any) -> str:
    return _first(item, _SPEAKERS)


def _words(item: Any) -> str:
    return _first(item, _SAID)


def _first(item: Any, names: tuple[str, ...]) -> str:
    found = (item.get(name) for name in names) if isinstance(item, Mapping) else ()
    return next((value for value in found if isinstance(value, str) and value.strip()), "")


def _asked(about: str | list[Any], roles: Mapping[str, str], is_reply: bool) -> list[dict[str, Any]]:
    """What comes before the answer: the turns of a dialogue that it goes on, else one message with all of it."""
    if isinstance(about, str):
        return [_turn("user", about)]
    turns = [_turn(roles.get(_speaker(item).lower(), ""), _words(item)) for item in about]
    if is_reply and all(turn["role"] for turn in turns) and turns[-1]["role"] == "user":
        return turns
    return [_turn("user", "\n".join(f"{_speaker(item)}: {_words(item)}" for item in about))]


def _turn(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}


def _answers(results: Iterable[Mapping[str, Any]], text: str) -> dict[str, Any]:
    """What was answered by each control, in order."""
    answers: dict[str, list[Any]] = {}
    for result in results:
        found = _values(str(result.get("type")), result["value"], text)
        if found:
            answers.setdefault(str(result.get("from_name")), []).extend(found)
    return {
        name: values[0] if len(values) == 1 and not isinstance(values[0], Mapping) else values
        for name, values in answers.items()
    }


def _values(kind: str, value: Mapping[str, Any], text: str) -> list[Any]:
    """What one result says: texts, choices and so on; a span of a text with its labels."""
    found = value.get("text" if kind == "textarea" else kind)
    values = found if isinstance(found, list) else [found]
    if kind == "taxonomy":
        return [" / ".join(map(str, path)) for path in values if isinstance(path, list)]
    said = [item for item in values if isinstance(item, str | int | float) and item != ""]
    if not kind.endswith("labels") or not said:
        return said
    span = value.get("text")
    if not isinstance(span, str) and isinstance(value.get("start"), int) and isinstance(value.get("end"), int):
        span = text[value["start"] : value["end"]]
    return [{"text": span, "labels": said}] if isinstance(span, str) and span.strip() else []
