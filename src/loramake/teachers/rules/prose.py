"""Paragraphs -> questions: every sentence that stands alone is shown to every rule."""

import re
from collections.abc import Callable, Iterator

from loramake.teachers.rules import circumstances, definitions
from loramake.teachers.rules.english import in_first_person
from loramake.teachers.rules.pairs import Proposal, Rank, Said
from loramake.teachers.rules.sentences import split_sentences, stands_alone, with_follower

LONGEST_QUESTION = 22

RULES: tuple[tuple[Callable[[Said], str], Rank], ...] = (
    (definitions.what_is, Rank.DEFINITION),
    (definitions.what_does_it_mean, Rank.DEFINITION),
    (circumstances.how_long_is, Rank.DURATION),
    (circumstances.how_many_can, Rank.DURATION),
    (definitions.how_to, Rank.PURPOSE),
    (definitions.what_if, Rank.CONDITION),
    (circumstances.how_many, Rank.FIELD),
    (circumstances.at_what_time, Rank.TIME),
    (definitions.which_only, Rank.TIME),
    (circumstances.why, Rank.REASON),
    (circumstances.by_whom, Rank.AGENT),
    (circumstances.who, Rank.AGENT),
    (definitions.what_does, Rank.CONTENT),
    (circumstances.when, Rank.CONTENT),
    (circumstances.whether, Rank.WHETHER),
)

_CLAUSE_END = re.compile(r"[;:]\s|\s[–—]\s")
_LOOSE_END = re.compile(
    r"(?:\b(?:and|or|but|not|only|also|just|again|to|which|that|than|is|are|be|can|could|may|must|should|will|would)|,)$"
)
_POINTS_ELSEWHERE = re.compile(
    r"[:;()\[\]*`]|\bone$|\b(?:both|ones|this|these|those|it|them|its|their|there|here|he|she|his|her)\b"
)


def propose_from_prose(paragraph: str, text: str) -> Iterator[Proposal]:
    """Questions that the sentences of a paragraph answer; `text` is the whole passage."""
    sentences = split_sentences(paragraph)
    for index, sentence in enumerate(sentences):
        if not stands_alone(sentence) or sentence.endswith("?"):
            continue
        said = Said(_CLAUSE_END.split(sentence)[0].rstrip(".!"), sentence, text)
        for rule, rank in RULES:
            question = rule(said)
            if question and is_natural(question):
                yield Proposal(rank, in_first_person(question), with_follower(sentences, index), fact=sentence)


def is_natural(question: str) -> bool:
    """Whether a question is short, ends well, and names what it asks about."""
    asked = question.rstrip("?")
    return (
        3 <= len(asked.split()) <= LONGEST_QUESTION
        and "  " not in asked
        and not _LOOSE_END.search(asked)
        and not _POINTS_ELSEWHERE.search(asked)
    )
