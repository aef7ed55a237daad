"""The steps of `clean`, on one document: what becomes of it depends on nothing else, save for duplicates."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from loramake.cleaning.html import strip_html
from loramake.cleaning.markdown import first_heading
from loramake.cleaning.mask import Masker
from loramake.cleaning.unicode import normalise
from loramake.cleaning.whitespace import collapse
from loramake.recipe.model import Keep, Step
from loramake.records import Document


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

    What is dropped keeps the text that it had by then; what the recipe masks is masked in it all the same.
    """
    masker = Masker()
    text = document.text
    found = None if text.strip() else "empty"
    changed: list[bool] = []
    digests: list[bytes] = []
    for step in steps if last is None else steps[: last + 1]:
        if found:
            break
        before = text
        text = _text_after(step, text, masker)
        changed.append(text != before)
        found = why_unfit(text, step.keep)
        if step.deduplicate:
            digests.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16])
    reason = found or reason
    for step in steps[len(changed) :] if reason else ():
        text = masker.mask(text, step.mask or ())
    cleaned = _rewritten(document, text, masker, steps)
    original = document if any(step.deduplicate for step in steps[:-1]) else None
    return Outcome(cleaned, reason, tuple(changed), tuple(digests), dict(masker.counts), original)


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


def _rewritten(document: Document, text: str, masker: Masker, steps: Sequence[Step]) -> Document:
    """`document` with its new text; what was masked there is masked in what stands beside the text, too.

    Its id is that of what it says now: an edit that the steps wash out leaves everything after `clean` as it was.
    """
    ident = Document.identify(document.source, document.path, document.part, text)
    kinds = [kind for step in steps for kind in step.mask or ()]
    section = document.section
    if text != document.text:
        heading = first_heading(text)
        section = heading if heading != first_heading(document.text) else section
    if kinds:
        return replace(
            document,
            id=ident,
            text=text,
            section=masker.mask_value(section, kinds),
            author=masker.mask_value(document.author, kinds),
            meta=masker.mask_value(document.meta, kinds),
        )
    return replace(document, id=ident, text=text, section=section)
