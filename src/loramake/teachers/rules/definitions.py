"""Rules about what something is, holds or means, and what to do. Each gives a question, or "" when it has none."""

import re

from loramake.teachers.rules.english import (
    CLAUSES,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    VERBS,
    first_part,
    lowered,
    parse,
)
from loramake.teachers.rules.pairs import Said

_DEFINED = re.compile(
    r"(?P<term>(?:(?:An?|The) )?[\w’'-]+(?: [\w’'-]+){0,4}?) (?P<verb>is|are|means) "
    r"(?P<what>(?:an?|the|our|any|every|one|how|where|something|somebody|everything|those|what)\b \S+ .+|"
    r"(?:an?|the|our|one) \S+)"
)
_NO_DEFINITION = re.compile(
    r"(?:the (?:only|same|first|last|most|best|one|case)|a (?:good|bad|matter|little|lot|few)|what we) |.*, too$"
)
_VAGUE = "answer case default difference example idea name point problem reason result rule value way"
_NO_TERMS = frozenset(_VAGUE.split())
_NOT_IN_TERMS = PRONOUNS | CLAUSES | {"not", "and", "there"} | (PREPOSITIONS - {"of"})
_MEANS = re.compile(r"(?P<term>[A-Z][\w’'-]+(?: [\w’'-]+){0,2}?) means(?: that|:)? .+")
_ONLY = re.compile(r".+? is the only (?P<noun>(?!one|thing)\w+) (?:that|who|which) (?P<rest>.+)")
_CONDITION = re.compile(
    r"(?P<word>If|When|Whenever|Once|As soon as) (?P<condition>[^,]+(?:, or [^,]+)?), (?:then )?(?P<rest>.+)"
)
_WITHOUT_SUBJECT = PRONOUNS | {"not", "necessary", "possible", "given", "so", "any"}
_SECOND_SUBJECT = re.compile(r"\w .*\b(?:you|we|they|it|I) (?:can|may|must|will|should|are|have)\b|\bwonder\b")
_PURPOSE = re.compile(r"To (?P<purpose>(?P<verb>[a-z]+) [^,:;]+), (?P<rest>.+)")
_YOU = re.compile(r"you (?:can|must|may|should|need|have)\b")
_TELLING = frozenset(
    (
        "contain",
        "cover",
        "describe",
        "include",
        "make",
        "measure",
        "offer",
        "produce",
        "provide",
        "represent",
        "require",
    )
)


def what_is(said: Said) -> str:
    """`A gateway is a box …` -> What is a gateway?"""
    found = _DEFINED.fullmatch(said.clause)
    if not found or _NO_DEFINITION.match(found["what"]) or not _is_term(found["term"].lower().split()):
        return ""
    term = lowered(found["term"], said.text)
    return f"What does {term} mean?" if found["verb"] == "means" else f"What {found['verb']} {term}?"


def _is_term(words: list[str]) -> bool:
    bare = words[1:] if words[0] in ("a", "an", "the") else words
    if not bare or bare[0] in DETERMINERS or bare[-1] in _NO_TERMS or not _NOT_IN_TERMS.isdisjoint(bare):
        return False
    return len(bare) == 1 or not bare[0].endswith("ing")


def what_does_it_mean(said: Said) -> str:
    """`On request means that …` -> What does "on request" mean?"""
    found = _MEANS.fullmatch(said.sentence.rstrip(".!"))
    return f'What does "{found["term"][:1].lower()}{found["term"][1:]}" mean?' if found else ""


def which_only(said: Said) -> str:
    """`… is the only team that speaks …` -> Which team speaks …?"""
    found = _ONLY.fullmatch(said.clause)
    return f"Which {found['noun']} {first_part(found['rest'])}?" if found else ""


def what_if(said: Said) -> str:
    """`If you lose the card, block it` -> What should I do if I lose the card?"""
    found = _CONDITION.fullmatch(said.sentence.rstrip(".!"))
    if not found or not _is_condition(found["condition"]):
        return ""
    word = "if" if found["word"] == "If" else "when"
    if _is_imperative(found["rest"]):
        return f"What should you do {word} {found['condition']}?"
    return f"What happens {word} {found['condition']}?" if _begins_clause(found["rest"]) else ""


def _is_condition(condition: str) -> bool:
    words = condition.lower().split()
    return (
        len(words) >= 3
        and words[0] not in _WITHOUT_SUBJECT
        and not words[0].endswith("ed")
        and not _SECOND_SUBJECT.search(condition)
    )


def _is_imperative(rest: str) -> bool:
    words = rest.lower().removeprefix("please ").split()
    return words[0].strip(",.") in VERBS or (words[0] in ("do", "don't", "don’t", "never", "always") and len(words) > 1)


def _begins_clause(rest: str) -> bool:
    first = rest.split()[0]
    return first.lower() in DETERMINERS | PRONOUNS or first[:1].isupper() or parse(rest.split(",")[0]) is not None


def how_to(said: Said) -> str:
    """`To undo a release, type …` -> How do I undo a release?"""
    found = _PURPOSE.fullmatch(said.sentence.rstrip(".!"))
    if not found or found["verb"] not in VERBS or not (_is_imperative(found["rest"]) or _YOU.match(found["rest"])):
        return ""
    return f"How do you {found['purpose']}?"


def what_does(said: Said) -> str:
    """`The form contains three parts` -> What does the form contain?"""
    statement = parse(said.clause)
    if not statement or statement.negated or statement.fronted not in ("do", "does"):
        return ""
    verb, _, rest = statement.rest.partition(" ")
    if verb not in _TELLING or (verb == "make" and statement.fronted == "do"):
        return ""
    if rest.split()[0].lower() in PREPOSITIONS | CLAUSES:
        return ""
    return f"What {statement.fronted} {lowered(statement.subject, said.text)} {verb}?"
