"""Headings -> questions, and headings as a part of a sentence."""

import re
from collections.abc import Iterator

from loramake.teachers.rules.english import (
    AUXILIARIES,
    CLAUSES,
    DETERMINERS,
    PREPOSITIONS,
    VERBS,
    base_form,
    in_first_person,
    lowered,
    parse,
)
from loramake.teachers.rules.pairs import Proposal, Rank

ABOUT = ("What should I know about {}?", "Can you tell me about {}?")
SHORTEST_QUESTION = 5

_NUMBERING = re.compile(r"^(?:\d+\.|[\dA-Z](?:\.\d+)+\.?|(?:Chapter|Section|Part|Appendix) [\dIVXA-Z]+[.:]?)\s+")
_WORDS_FOR_ALL = """
about abstract and appendix background bugs changelog conclusion contents details example examples exceptions faq
footnotes general glossary history index introduction miscellaneous more note notes of other overview preface purpose
questions recap references scope see summary table terms the tips troubleshooting usage warning warnings
"""
_GENERIC = frozenset(_WORDS_FOR_ALL.split())
_NO_TOPIC_BEGINS = (
    VERBS | PREPOSITIONS | CLAUSES | AUXILIARIES | {"welcome", "afterwards", "not", "no", "more", "new", "please"}
)
_NOT_IN_TOPICS = AUXILIARIES | {"you", "we", "i", "it", "they"}
_ASKING = ("how", "what", "who", "whom", "where", "why", "which")
_DEGREES = ("long", "much", "many", "often", "soon", "far")
_ORGANISED = re.compile(
    r"\b(?:team|desk|department|group|office|committee|workshop|board|service|centre|center|council|lab|library|system)$",
    re.IGNORECASE,
)


def propose_from_heading(title: str, opening: str, text: str) -> Iterator[Proposal]:
    """What a section says about its heading, in its first sentences: the last resort."""
    question = "" if clean_title(title).split(" ")[0].lower() in VERBS else title_question(title)
    if not question:
        question = about(title, text)
    if opening and question:
        yield Proposal(Rank.HEADING, question, opening, fact=opening)


def title_question(title: str) -> str:
    """The question that a heading is, or stands for: `How to claim a refund` -> How do I claim a refund?, or ""."""
    title = clean_title(title)
    if title.endswith("?"):
        return in_first_person(title)
    words = title.split()
    first, question = words[0].lower() if words else "", ""
    if first in ("when", "if") and len(words) > 3:
        question = f"What happens {first} {' '.join(words[1:])}?"
    elif first in _ASKING and len(words) > 2:
        question = _embedded(words)
    elif first in VERBS and len(words) > 1 and words[1].lower() in DETERMINERS:
        question = f"How do you {first} {' '.join(words[1:])}?"
    return in_first_person(question) if len(question.split()) >= SHORTEST_QUESTION else ""


def _embedded(words: list[str]) -> str:
    # `How long we keep things`: the question word ends before the subject, or the verb, or `to`.
    size = 2 if words[0].lower() == "how" and words[1].lower() in _DEGREES else 1
    asked, rest = " ".join(words[:size]), words[size:]
    if rest[:1] == ["to"]:
        return f"{asked} {'do' if asked == 'How' else 'should'} you {' '.join(rest[1:])}?"
    if rest and (rest[0] in AUXILIARIES or base_form(rest[0])):
        return f"{asked} {' '.join(rest)}?"
    # A verb wants something after it: `so` stands in for what the question asks about.
    statement = parse(" ".join([*rest, "so"])) if rest else None
    if not statement:
        return ""
    negation = "not " if statement.negated else ""
    return f"{asked} {statement.fronted} {statement.subject} {negation}{statement.rest.removesuffix(' so')}?"


def about(title: str, text: str) -> str:
    """A question about what a heading names, or ""."""
    topic = clean_title(title)
    if not is_topic(topic):
        return ""
    first, _, rest = topic.partition(" ")
    if first.lower() in ("before", "after", "during") and rest:
        asked = "should you do" if re.search(r"\byou\b", rest) else "happens"
        return in_first_person(f"What {asked} {first.lower()} {rest}?")
    if not _is_noun_phrase(topic):
        return ""
    # Two ways of asking, by the title's length: variety that is the same every time.
    return ABOUT[len(topic) % len(ABOUT)].format(in_first_person(f"- {_without_capitals(topic, text)}")[2:])


def _without_capitals(topic: str, text: str) -> str:
    words = topic.split()
    capitals = [word for word in words if word[:1].isupper() and word[1:].islower()]
    if len(capitals) > 1 and all(word in capitals or len(word) <= 4 for word in words):
        return " ".join(word if re.search(rf"[a-z,;] {re.escape(word)}\b", text) else word.lower() for word in words)
    return lowered(topic, text)


def _is_noun_phrase(topic: str) -> bool:
    words = topic.lower().split()
    return (
        words[0] not in _NO_TOPIC_BEGINS
        and not words[0].endswith("ly")
        and parse(topic) is None
        and ("," not in topic or ", the " in topic or " and " in topic)
        and _NOT_IN_TOPICS.isdisjoint(words)
    )


def clean_title(title: str) -> str:
    """A heading without its number, and without what a dash adds."""
    title = _NUMBERING.sub("", title).strip(" :.")
    left, dash, _ = title.partition(" — ")
    return left if dash and len(left.split()) <= 3 else title


def is_topic(topic: str) -> bool:
    """Whether a heading names something to ask about."""
    words = topic.lower().split()
    return 0 < len(words) <= 10 and not _GENERIC.issuperset(words) and not re.search(r"[(){}=_<>\[\]]", topic)


def topic_inside(title: str, text: str) -> str:
    """A heading as a part of a sentence: with the article and the spelling that the passage gives it, or ""."""
    title = clean_title(title)
    if not is_topic(title):
        return ""
    named = [found[1] for found in re.finditer(rf"\b(?:the|our) ({re.escape(title)})\b", text, re.IGNORECASE)]
    if named:
        # The last one: the first may stand at the head of a sentence.
        return f"the {lowered(named[-1], text)}"
    name = lowered(title, text)
    if not _ORGANISED.search(name) or " and " in name:
        return name
    return f"the {name}" if " " in name else f"the {name.lower()}"
