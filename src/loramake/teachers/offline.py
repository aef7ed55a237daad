"""The offline teacher: rules that quote. No network, no model, the same words every time.

It is there to show the whole path, and for recipes that want nothing but what the documents literally say.
"""

import json
import re
from collections.abc import Iterator

from loramake.errors import TeacherError
from loramake.teachers.calls import Answer, Call
from loramake.teachers.rules.english import is_english
from loramake.teachers.rules.fields import propose_from_fields
from loramake.teachers.rules.forms import fill
from loramake.teachers.rules.lists import propose_from_bullets, propose_from_steps
from loramake.teachers.rules.pairs import Proposal
from loramake.teachers.rules.passage import Block, plain, read_blocks
from loramake.teachers.rules.prose import propose_from_prose
from loramake.teachers.rules.sentences import opening, split_sentences
from loramake.teachers.rules.tables import propose_from_table
from loramake.teachers.rules.titles import clean_title, propose_from_heading, topic_inside

CANNOT = {"label": "the offline teacher cannot score", "rewrite": "the offline teacher cannot rewrite"}

_PATH = re.compile(r"\s[>›/»]\s")


class Rules:
    """Writes questions and answers, and fills forms: English alone, and only what the passage says."""

    def knows(self, call: Call) -> bool:  # noqa: ARG002 - one interface
        """Rules know everything that they will ever know."""
        return True

    def answer(self, call: Call) -> Answer:
        """The answer, as JSON; without content when the rules find nothing to fill a form with."""
        if call.kind == "qa":
            pairs = [{"question": pair.question, "answer": pair.answer} for pair in best_pairs(call)]
            return Answer(json.dumps({"pairs": pairs}, ensure_ascii=False))
        if call.kind != "extract":
            raise TeacherError(CANNOT[call.kind], hint="name a model")
        found = fill(call)
        return Answer(json.dumps(found, ensure_ascii=False) if found else "")


def best_pairs(call: Call) -> list[Proposal]:
    """At most `call.pairs` proposals: better rules first, one for each fact, no question or answer twice."""
    chosen: list[Proposal] = []
    for proposal in sorted(proposals(call.text, call.section), key=lambda proposal: proposal.rank):
        if len(chosen) == call.pairs:
            break
        if not any(_same(proposal, other) for other in chosen):
            chosen.append(proposal)
    return chosen


def _same(one: Proposal, other: Proposal) -> bool:
    return (
        one.fact == other.fact
        or one.question.lower() == other.question.lower()
        or one.answer in other.answer
        or other.answer in one.answer
    )


def proposals(text: str, section: str | None) -> Iterator[Proposal]:
    """Everything that the rules can ask about a passage, in the order of the passage."""
    if not is_english(text):
        return
    blocks = read_blocks(text)
    said = "\n".join(plain(line) for block in blocks if block.kind != "heading" for line in _lines(block))
    # A section that began in an earlier passage is not introduced by this one.
    title, introduced = _PATH.split(section or "")[-1].strip(), True
    for block in blocks:
        if block.kind == "heading":
            title, introduced = block.lines[0], False
            continue
        if block.kind == "prose" and title and not introduced:
            yield from propose_from_heading(title, opening(split_sentences(block.lines[0])), said)
        introduced = introduced or block.kind == "prose"
        yield from _proposals(block, title, said)


def _proposals(block: Block, title: str, text: str) -> Iterator[Proposal]:
    if block.kind == "prose":
        yield from propose_from_prose(block.lines[0], text)
    elif block.kind == "table":
        yield from propose_from_table(block.rows, clean_title(title), text)
    elif block.kind == "bullets":
        yield from propose_from_fields(block.lines, topic_inside(title, text))
        yield from propose_from_bullets(block.lines, title, text)
    elif block.kind == "steps" and block.number == 1:
        yield from propose_from_steps(block.lines, title)
    if block.kind in ("bullets", "steps"):
        for line in block.lines:
            yield from propose_from_prose(plain(line), text)


def _lines(block: Block) -> Iterator[str]:
    yield from block.lines
    for row in block.rows:
        yield from row
