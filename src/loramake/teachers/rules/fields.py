"""`Key: value` items -> questions: who, when, where, how many, what."""

import re
from collections.abc import Iterator, Sequence

from loramake.teachers.rules.english import (
    AUXILIARIES,
    CLAUSES,
    DETERMINERS,
    NUMBERS,
    PREPOSITIONS,
    VERBS,
    base_form,
    in_first_person,
    is_plural,
)
from loramake.teachers.rules.pairs import Proposal, Rank
from loramake.teachers.rules.passage import split_field

LONGEST_VALUE = 40

_NO_KEYS = re.compile(
    r"(?:note|warning|tip|hint|example|caution|important|see|source code|availability|new|changed|deprecated|p\.?s|"
    r"todo)\b",
    re.IGNORECASE,
)
_NO_KEY_BEGINS = (
    PREPOSITIONS | AUXILIARIES | CLAUSES | (DETERMINERS - {"first"}) | {"please", "do", "who", "where", "which", "not"}
)
_NOT_IN_KEYS = AUXILIARIES | {"i", "you", "we", "it", "they", "how", "i’m", "i'm", "that", "which"}
_PEOPLE = re.compile(
    r"(?:.*\b)?(?:head|owner|contact(?: person)?|author|manager|lead|leader|director|approver|reviewer|deputy|"
    r"maintainer|first aider|assignee|coordinator|sponsor|editor|teacher|chair)s?"
)
_DATES = re.compile(r"(?:.*\b)?(?:deadline|due|due date|date|start|end|expiry|effective(?: date)?|release date)")
_PLACES = re.compile(r"(?:in|at|on|behind|beside|under|near|next to|opposite|above|below|inside) ")
_FOR = re.compile(r"\b(?:deadline|aider|contact|approver|reviewer|deputy|budget|limit|rule|reason|person)s?$")
_DEFINITION = re.compile(r"(?:an?|the|any|every|one) [a-z]\S*(?: \S+){2,}")
_LONGER = {
    "email": "email address",
    "e-mail": "email address",
    "telephone": "telephone number",
    "phone": "phone number",
}


def propose_from_fields(items: Sequence[str], topic: str) -> Iterator[Proposal]:
    """Questions about the fields of a list; `topic` is what they belong to, as it stands in a sentence."""
    for item in items:
        field = split_field(item)
        if not field or not _is_key(field[0]) or not 1 <= len(field[1].split()) <= LONGEST_VALUE:
            continue
        found = _field(key_inside(field[0]), field[1].rstrip(".; "), topic)
        if found:
            yield Proposal(Rank.FIELD, in_first_person(found[0]), f"{found[1]}.", fact=item)


def key_inside(key: str) -> str:
    """A key as it stands in a sentence: `Email` -> email address."""
    first, _, rest = key.partition(" ")
    key = f"{first.lower() if first.istitle() else first} {rest}".strip()
    return _LONGER.get(key, key)


def _is_key(key: str) -> bool:
    words = key.lower().split()
    return (
        len(words) <= 4
        and not _NO_KEYS.match(key)
        and words[0] not in _NO_KEY_BEGINS
        and _NOT_IN_KEYS.isdisjoint(words)
        and not (words[0] in VERBS and len(words) > 2)
    )


def _field(key: str, value: str, topic: str) -> tuple[str, str] | None:
    verb = "are" if is_plural(key) else "is"
    if _DEFINITION.match(value) and not _PLACES.match(value):
        return f"What {verb} {key}?", f"{key[:1].upper()}{key[1:]} {verb} {value}"
    if not topic:
        return None
    subject, several = topic[:1].upper() + topic[1:], is_plural(topic)
    first, _, particle = key.partition(" ")
    base = base_form(first)
    if base and particle in PREPOSITIONS | {"out", "off"}:
        asked = f"What {'do' if several else 'does'} {topic} {base} {particle}?"
        return asked, f"{subject} {base if several else first} {particle} {value}"
    if verb == "are" and re.fullmatch(NUMBERS, value):
        asked = f"How many {key} {'do' if several else 'does'} {topic} have?"
        return asked, f"{subject} {'have' if several else 'has'} {value} {key}"
    whole = f"{key} {'for' if _FOR.search(key) else 'of'} {topic}"
    return f"{_question_word(key, value)} {verb} the {whole}?", f"The {whole} {verb} {value}"


def _question_word(key: str, value: str) -> str:
    if _PEOPLE.fullmatch(key) and value[:1].isupper():
        return "Who"
    if _DATES.fullmatch(key):
        return "When"
    return "Where" if _PLACES.match(value) else "What"
