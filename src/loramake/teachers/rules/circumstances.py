"""Rules about when, how long, how many, who, why and whether. Each gives a question, or "" when it has none."""

import re

from loramake.teachers.rules.english import (
    DETERMINERS,
    NUMBERS,
    PREPOSITIONS,
    UNITS,
    Statement,
    first_part,
    is_plural,
    lowered,
    parse,
)
from loramake.teachers.rules.pairs import Said

_ABOUT = r"(?:up to |at least |at most |about |more than |exactly )?"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|last|\d+(?:st|nd|rd|th))"
_HOUR = rf"(?:noon|midnight|\d\d?:\d\d|{NUMBERS} o[’']clock)"
_TIMES = {
    "How soon": rf"within (?:the (?:first|next) )?{NUMBERS} {UNITS}",
    "By when": rf"by (?:the end of|the {_ORDINAL}\b|{_DAY}|{_HOUR})",
    "How often": rf"(?:every (?:{NUMBERS} )?{UNITS}|(?:once|twice|{NUMBERS} times) an? {UNITS})",
    "When": rf"(?:every {_DAY}|on (?:the {_ORDINAL} |{_DAY})|after {NUMBERS} {UNITS}|at {_HOUR})",
    "How long": rf"for {_ABOUT}{NUMBERS} {UNITS}",
}
_TIME = [(word, re.compile(rf"\s(?={pattern}\b)")) for word, pattern in _TIMES.items()]
_TAKES_FOR = re.compile(r"\b(?:ask|apply|look|pay|search|wait)$")
_LENGTH = re.compile(rf"(?!a second){_ABOUT}{NUMBERS} {UNITS}\b.*")

_HOW_MANY = re.compile(
    rf"{_ABOUT}{NUMBERS} (?P<things>(?P<first>[a-z-]+)(?: [a-z-]+)?(?<=s)) "
    r"(?P<verb>can|may|must|should|have to|are|need) (?P<rest>(?![a-z]+ly\b).+)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?P<verb>[a-z]+) {_ABOUT}{NUMBERS} "
    r"(?P<things>(?P<first>[a-z-]+)(?: [a-z-]+)?(?<=s)(?: of [a-z-]+(?: [a-z-]+)?)?)"
    r"(?P<tail>(?: an?| per| each| every| in| with| for)\b.*)?"
)
_SECOND_AMOUNT = re.compile(rf" and {NUMBERS} ")
_QUANTITY = re.compile(rf"(?!an? )(?:around|some|over|{_ABOUT}{NUMBERS}) ", re.IGNORECASE)
_TOO_MUCH = re.compile(r",|\b(?:and|or|but|that|which|not|than|more|less|at least|up to)\b")
_REASON = re.compile(r"(?P<main>[^,;:]+),? (?:because|since) (?!then|of)[^,]+ .+")
_WHEN = re.compile(
    r"(?P<main>[^,;:]+)(?<!decide)(?<! know)(?<! tell)(?<! see)(?<! say) "
    r"(?:when|as soon as|once) (?!it\b|they\b|this\b)[^,]+"
)
_BY = re.compile(r"(?P<be>be )?(?P<done>[a-z]+(?:ed|en|nt|ft|ut|ld)) by (?P<whom>.+)")
_BY_DOING = re.compile(r"[a-z]+(?:ing\b|[,.]|$)")
_AGENT = re.compile(
    r"(?:the |our |your |an? )?(?:[\w-]+ )?"
    r"(?:\w*(?:team|desk|manager|captain|engineer|office|committee|board|department|owner|"
    r"author|leader|director|administrator|operator|reviewer|person|employee|customer|user|member)s?|"
    r"staff|everybody|anybody|nobody|everyone|anyone|finance|security)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?!The |An? |Our |Your |Each |Every )[A-Z][a-zé]+ [A-Z][a-zé]+\b")
_NEXT_CLAUSE = re.compile(
    r",? (?:although|though|because|but|so that|as long as)\b|, (?:which|who|where|so|since|if|when|as|or else)\b|"
    r", and (?=(?:you|we|they|it|he|she|the|an?|this|that|there|then|no|your|our|its|their|may|can)\b)"
)
_NOT_ONLY = re.compile(r"\b(?:only|but also)\b")
_BE = ("is", "are", "was", "were")


def how_long_is(said: Said) -> str:
    """`Parental leave is 20 weeks …` -> How long is parental leave?"""
    statement = parse(said.clause)
    if not statement or statement.negated or not _LENGTH.fullmatch(statement.rest) or statement.fronted not in _BE:
        return ""
    return f"How long {statement.fronted} {lowered(statement.subject, said.text)}?"


def how_many_can(said: Said) -> str:
    """`Up to five days can be carried over …` -> How many days can be carried over …?"""
    found = _HOW_MANY.fullmatch(said.clause)
    if not found or found["first"] in PREPOSITIONS:
        return ""
    return f"How many {found['things']} {found['verb']} {first_part(found['rest'])}?"


def how_many(said: Said) -> str:
    """`You have 28 days of holiday a year` -> How many days of holiday do I have a year?"""
    statement = parse(said.clause)
    if not statement or statement.negated or statement.fronted not in ("do", "does"):
        return ""
    found = _AMOUNT.fullmatch(first_part(statement.rest))
    if not found or found["first"] in PREPOSITIONS | DETERMINERS or _SECOND_AMOUNT.search(statement.rest):
        return ""
    subject = lowered(statement.subject, said.text)
    return f"How many {found['things']} {statement.fronted} {subject} {found['verb']}{found['tail'] or ''}?"


def at_what_time(said: Said) -> str:
    """`The screen locks after five minutes` -> When does the screen lock?"""
    statement = parse(said.clause)
    if not statement or statement.negated:
        return ""
    for word, pattern in _TIME:
        found = pattern.search(statement.rest)
        if found and not (word == "How long" and _TAKES_FOR.search(statement.rest[: found.start()])):
            return _asked(word, statement, statement.rest[: found.start()].rstrip(","), said)
    return ""


def why(said: Said) -> str:
    """`Backups are kept off-site because …` -> Why are backups kept off-site?"""
    found = _REASON.fullmatch(said.clause)
    statement = parse(found["main"]) if found else None
    if not statement or statement.negated or statement.subject.lower() in ("you", "we"):
        return ""
    return _asked("Why", statement, statement.rest, said)


def when(said: Said) -> str:
    """`Laptops are encrypted when you get them` -> When are laptops encrypted?"""
    found = _WHEN.fullmatch(said.clause)
    statement = parse(found["main"]) if found else None
    return _asked("When", statement, statement.rest, said) if statement and not statement.negated else ""


def _asked(word: str, statement: Statement, rest: str, said: Said) -> str:
    if not rest or _TOO_MUCH.search(rest) or _QUANTITY.match(statement.subject):
        return ""
    return f"{word} {statement.fronted} {lowered(statement.subject, said.text)} {rest}?"


def by_whom(said: Said) -> str:
    """`Payments are confirmed by telephone` -> How are payments confirmed?, or Who …?"""
    statement = parse(said.clause)
    found = _BY.fullmatch(statement.rest) if statement and statement.fronted not in ("do", "does") else None
    if not statement or not found:
        return ""
    done = f"{statement.fronted} {lowered(statement.subject, said.text)} {found['be'] or ''}{found['done']}"
    if _AGENT.match(found["whom"]) or _NAME.match(found["whom"]):
        return f"Who {done} by?"
    return f"How {done}?" if _BY_DOING.match(found["whom"]) else ""


def who(said: Said) -> str:
    """`Hanna Brandt can allow an exception` -> Who can allow an exception?"""
    statement = parse(said.clause)
    if not statement or statement.negated or statement.fronted in (*_BE, "do"):
        return ""
    only = statement.subject.startswith("Only ") and statement.fronted != "does"
    if not (only or _NAME.fullmatch(statement.subject) or _AGENT.fullmatch(statement.subject)):
        return ""
    predicate = first_part(statement.predicate)
    return f"Who {predicate}?" if len(predicate.split()) >= 3 else ""


def whether(said: Said) -> str:
    """`You may swap weeks …` -> Can I swap weeks …?"""
    statement = parse(said.clause)
    if not statement or statement.fronted in (*_BE, "will", "would", "could", "might"):
        return ""
    if statement.subject.startswith("Some ") or (statement.negated and _NOT_ONLY.search(said.sentence)):
        return ""
    subject, rest = lowered(statement.subject, said.text), _NEXT_CLAUSE.split(statement.rest)[0]
    return _yes_or_no(statement, subject, rest if len(rest.split()) <= 14 else first_part(rest))


def _yes_or_no(statement: Statement, subject: str, rest: str) -> str:
    if statement.fronted in ("do", "does"):
        asked = statement.negated or rest.startswith("have to ")
        return f"{statement.fronted.capitalize()} {subject} {rest}?" if asked else ""
    if statement.fronted == "must" and not statement.negated:
        return f"{'Do' if is_plural(statement.subject) else 'Does'} {subject} have to {rest}?"
    fronted = {"may": "Can", "must": "May"}.get(statement.fronted, statement.fronted.capitalize())
    return f"{fronted} {subject} {rest}?"
