"""The steps of `clean`, on one document: what becomes of it depends on nothing else, save for duplicates."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from loramake.cleaning.html import strip_html
from loramake.cleaning.markdown import first_heading
from loramake.cleaning.mask import Masker
from loramake.cleaning.unicode import normalise
from loramake.cleaning.whitespace import collapse
from loramake.recipe.model import Keep, Step
from loramake.records import MESSAGES, Document, dialogue, messages_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document.

    `reason` says why it is dropped, None that it is kept; `changed` holds, for each step that it came to, whether its
    text changed; `digests` what it said when it came to each `deduplicate` (16 bytes); `masked` how many places were
    masked, by kind; `original` the document as it came, where steps follow on a `deduplicate`.
    """

    document: Document
    reason: str | None
    changed: tuple[bool, ...]
    digests: tuple[bytes, ...]
    masked: dict[str, int]
    original: Document | None = None


def clean_batch(steps: Sequence[Step], documents: list[Document]) -> list[Outcome]:
    """The outcomes of `documents`, in order."""
    return [clean_document(steps, document) for document in documents]


def clean_document(
    steps: Sequence[Step], document: Document, *, last: int | None = None, reason: str | None = None
) -> Outcome:
    """Take a document through `steps`, or through those up to number `last`, where it is dropped for `reason`.

    What is dropped keeps the text that it had by then; what the recipe masks is masked in it all the same. Of a
    conversation every message is cleaned by itself, and the text is made of them again.
    """
    masker = Masker()
    said = _Said(document)
    found = None if said.text.strip() else "empty"
    changed: list[bool] = []
    digests: list[bytes] = []
    for step in steps if last is None else steps[: last + 1]:
        if found:
            break
        before = said.text
        said.change(step, masker)
        changed.append(said.text != before)
        found = said.why_no_conversation() or why_unfit(said.text, step.keep)
        if step.deduplicate:
            digests.append(hashlib.sha256(said.text.encode("utf-8", "surrogatepass")).digest()[:16])
    reason = found or reason
    for step in steps[len(changed) :] if reason else ():
        if step.mask:
            said.change(step, masker)
    cleaned = _rewritten(document, said, masker, steps)
    original = document if any(step.deduplicate for step in steps[:-1]) else None
    return Outcome(cleaned, reason, tuple(changed), tuple(digests), dict(masker.counts), original)


class _Said:
    """What a document says: its text; or the messages of a conversation, and the text that they make."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        messages = messages_of(document.meta)
        self.messages = messages if messages and dialogue(messages) == self.text else None

    def change(self, step: Step, masker: Masker) -> None:
        """Do a step."""
        if self.messages is None:
            self.text = _text_after(step, self.text, masker)
            return
        masker.mask(self.text, ())  # the numbers that any message brings along
        contents = (_text_after(step, message["content"], masker) for message in self.messages)
        self.messages = [
            {**message, "content": content} for message, content in zip(self.messages, contents, strict=True)
        ]
        self.text = dialogue(self.messages)

    def why_no_conversation(self) -> str | None:
        """`empty_message` if nothing is left of one."""
        empty = any(not message["content"].strip() for message in self.messages or ())
        return "empty_message" if empty else None


def _text_after(step: Step, text: str, masker: Masker) -> str:
    if step.html:
        return strip_html(text)
    if step.unicode:
        return normalise(text, step.unicode)
    if step.whitespace:
        return collapse(text)
    if step.mask:
        return masker.mask(text, step.mask)
    return text


def why_unfit(text: str, keep: Keep | None) -> str | None:
    """Why a document that says `text` is dropped, None if it is not: `empty`, `too_short`, `too_long`."""
    if not text.strip():
        return "empty"
    if keep and len(text) < keep.min_chars:
        return "too_short"
    if keep and len(text) > keep.max_chars:
        return "too_long"
    return None


def _rewritten(document: Document, said: _Said, masker: Masker, steps: Sequence[Step]) -> Document:
    """`document` with what it says now; what stands beside that may be learnt, too, and is cleaned like a text.

    Its id is that of what it says now: an edit that the steps wash out leaves everything after `clean` as it was.
    """
    section = document.section
    if said.text != document.text:
        heading = first_heading(said.text)
        section = heading if heading != first_heading(document.text) else section
    meta: Any = {name: value for name, value in document.meta.items() if said.messages is None or name != MESSAGES}
    section, author, meta = _beside([section, document.author, meta], steps, masker)
    if said.messages:
        meta[MESSAGES] = said.messages
    ident = Document.identify(document.source, document.path, document.part, said.text)
    return replace(document, id=ident, text=said.text, section=section, author=author, meta=meta)


def _beside(value: Any, steps: Sequence[Step], masker: Masker, name: str = "") -> Any:
    """`value` (JSON) after `steps`: its strings, and as far as they are masked the names in it; `name` is its own."""
    if isinstance(value, list):
        return [_beside(entry, steps, masker, name) for entry in value]
    if isinstance(value, dict):
        return {_masked(key, steps, masker): _beside(entry, steps, masker, key) for key, entry in value.items()}
    if not isinstance(value, str):
        return value
    for step in steps:
        value = masker.mask_value(value, step.mask, name) if step.mask else _text_after(step, value, masker)
    return value


def _masked(name: str, steps: Sequence[Step], masker: Masker) -> str:
    for step in steps:
        name = masker.mask(name, step.mask or ())
    return name
