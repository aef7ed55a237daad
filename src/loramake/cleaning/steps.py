"""The steps of `clean`, on one document: what becomes of it depends on nothing else, save for duplicates."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

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
from loramake.records import Document

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

    What is dropped keeps the text that it had by then; what the recipe masks is masked in it all the same. `passages`
    are those of evaluation sets, by the number of their step.
    """
    masker = Masker()
    text = document.text
    found = None if text.strip() else "empty"
    changed: list[bool] = []
    digests: list[bytes] = []
    for number, step in enumerate(steps if last is None else steps[: last + 1]):
        if found:
            break
        before = text
        text = _text_after(step, text, masker)
        changed.append(text != before)
        found = _why_dropped(step, text, document, passages.get(number))
        if step.deduplicate:
            digests.append(_digest(step, text))
    reason = found or reason
    for step in steps[len(changed) :] if reason else ():
        if step.mask:
            text = masker.mask(text, step.mask)
    cleaned = _rewritten(document, text, masker, steps)
    return Outcome(cleaned, reason, tuple(changed), tuple(digests), dict(masker.counts))


def text_at(steps: Sequence[Step], document: Document, step: int) -> str:
    """The text that a document has when it comes to step number `step`."""
    masker = Masker()
    text = document.text
    for before in steps[:step]:
        text = _text_after(before, text, masker)
    return text


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


def _rewritten(document: Document, text: str, masker: Masker, steps: Sequence[Step]) -> Document:
    """`document` with its new text; what was masked there is masked in what stands beside the text, too.

    Its id is that of what it says now: an edit that the steps wash out leaves everything after `clean` as it was.
    """
    ident = Document.identify(document.source, document.path, document.part, text)
    masks = [step.mask for step in steps if step.mask]
    section = document.section
    if text != document.text:
        heading = first_heading(text)
        section = heading if heading != first_heading(document.text) else section
    author, meta = document.author, document.meta
    for mask in masks:
        section, author, meta = (masker.mask_value(value, mask) for value in (section, author, meta))
    return replace(document, id=ident, text=text, section=section, author=author, meta=meta)
