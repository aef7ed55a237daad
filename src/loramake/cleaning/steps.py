"""The steps of `clean`, on one document: what becomes of it depends on nothing else, save for duplicates."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loramake.cleaning.boilerplate import strip_boilerplate
from loramake.cleaning.contamination import is_contaminated
from loramake.cleaning.html import strip_html
from loramake.cleaning.markdown import first_heading
from loramake.cleaning.mask import Masker
from loramake.cleaning.prefilter import why_beside_the_matter
from loramake.cleaning.quality import why_unfit
from loramake.cleaning.unicode import normalise
from loramake.cleaning.whitespace import collapse
from loramake.recipe.cleaning import Step
from loramake.records import MESSAGES, Document, dialogue, messages_of

NO_PASSAGES: Mapping[int, frozenset[int]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document.

    `reason` says why it is dropped, None that it is kept; `changed` holds, for each step that it came to, whether its
    text changed; `digests` what it said when it came to each `deduplicate` (16 bytes, or a MinHash signature); `masked`
    how many places were masked, by kind.
    """

    document: Document
    reason: str | None
    changed: tuple[bool, ...]
    digests: tuple[bytes, ...]
    masked: dict[str, int]


def clean_document(
    steps: Sequence[Step],
    document: Document,
    *,
    last: int | None = None,
    reason: str | None = None,
    passages: Mapping[int, frozenset[int]] = NO_PASSAGES,
) -> Outcome:
    """Take a document through `steps`, or through those up to number `last`, where it is dropped for `reason`.

    What is dropped keeps the text that it had by then; what the recipe masks is masked in it all the same. Of a
    conversation every message is cleaned by itself, and the text is made of them again. `passages` are those of
    evaluation sets, by the number of their step.
    """
    masker = Masker()
    said = _Said(document)
    found = None if said.text.strip() else "empty"
    changed: list[bool] = []
    digests: list[bytes] = []
    for number, step in enumerate(steps if last is None else steps[: last + 1]):
        if found:
            break
        before = said.text
        said.change(step, masker)
        changed.append(said.text != before)
        found = said.why_no_conversation() or _why_dropped(step, said.text, document, passages.get(number))
        if step.deduplicate:
            digests.append(_digest(step, said.text))
    reason = found or reason
    for step in steps[len(changed) :] if reason else ():
        if step.mask:
            said.change(step, masker)
    cleaned = _rewritten(document, said, masker, steps)
    return Outcome(cleaned, reason, tuple(changed), tuple(digests), dict(masker.counts))


def text_at(steps: Sequence[Step], document: Document, step: int) -> str:
    """The text that a document has when it comes to step number `step` (from 0)."""
    masker = Masker()
    said = _Said(document)
    for before in steps[:step]:
        said.change(before, masker)
    return said.text


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
        masker.note(self.text)  # the numbers that any message brings along
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
    if step.unicode:
        return normalise(text, step.unicode)
    if step.mask:
        return masker.mask(text, step.mask)
    return _REWRITTEN[step.kind](text) if step.kind in _REWRITTEN else text


_REWRITTEN: dict[str, Callable[[str], str]] = {
    "html": strip_html,
    "whitespace": collapse,
    "boilerplate": strip_boilerplate,
}


def _why_dropped(step: Step, text: str, document: Document, passages: frozenset[int] | None) -> str | None:
    if not text.strip():
        return "empty"
    if step.keep:
        return why_unfit(text, step.keep, document)
    if step.prefilter:
        return why_beside_the_matter(text, step.prefilter)
    if step.decontaminate and passages and is_contaminated(text, document, step.decontaminate, passages):
        return "contaminated"
    return None


def _digest(step: Step, text: str) -> bytes:
    if step.near:
        from loramake.cleaning.shingles import bands, shingles

        return bands(shingles(text))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


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
        name = masker.mask(name, step.mask) if step.mask else name
    return name
