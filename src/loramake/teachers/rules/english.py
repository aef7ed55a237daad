"""A little English, enough to turn a plain statement into a question about it, and to leave all others alone."""

import re
from dataclasses import dataclass

_VERBS = """
accept acknowledge act add agree allow answer apply approve arrive ask assign attach attend avoid back become
begin belong block book break bring build buy calculate call cancel carry change charge check choose claim
clean click close collect come compare complete confirm connect contact contain convert copy correct cost
count cover create cut decide delete deliver depend describe disable discuss do download draw drive earn email
enable end enter escalate exist expect expire explain fail fall file fill find finish fit follow forward get
give go grow hand handle hang happen have help hold hope ignore import include increase inform install invite
join keep know last lead lean learn leave let link list live lock log look lose lower make manage mean measure
meet mend mention merge move name need note notify offer open order own pass paste pay perform pick place plan
plug point post pour prepare press prevent print process produce protect provide publish put raise reach read
receive record reduce refer refund refuse register reject release remain remember remind remove renew repair
repeat replace reply report represent request require reset resolve respond restart return review revoke ring
run save say see select send serve set share ship show sign sit sleep speak specify spell spend stand start
stay stick stop store submit support swap switch take talk tap tell test tighten track train transfer
translate travel treat try turn type undo unplug update upgrade upload use visit wait wake want wash watch wear
work write
"""
_AUXILIARIES = """
are can cannot could is may might must shall should was were will would
"""
_PREPOSITIONS = """
about above across after against along among around as at before behind below beneath beside between beyond by
despite during for from in inside into near of on onto outside over per since than through to towards under until
up upon via with within without
"""
_DETERMINERS = """
a about all an another any anybody anyone anything at both each eight either eleven every everybody everyone
everything few five four half he her his i it its less many more most my neither nine no nobody nothing one
only other our seven several she six some somebody someone something such ten that the their these they this
those three twelve two up we whoever you your
"""
_PRONOUNS = """
both he her here him his it its neither she such that their them there these they this those
"""
_CLAUSES = """
as because how if since than that unless until what when where whether which while who whom whose why
"""
VERBS = frozenset(_VERBS.split())
AUXILIARIES = frozenset(_AUXILIARIES.split())
PREPOSITIONS = frozenset(_PREPOSITIONS.split())
DETERMINERS = frozenset(_DETERMINERS.split())
PRONOUNS = frozenset(_PRONOUNS.split())
CLAUSES = frozenset(_CLAUSES.split())
NUMBERS = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    r"fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|half a|a|an)"
)
UNITS = r"(?:(?:working |calendar |business |full )?(?:second|minute|hour|day|night|week|month|quarter|year)s?)"
_COMMON_ENDINGS = ("tion", "sion", "ing", "ment", "ness", "ance", "ence", "ity", "age", "ship", "ware", "ery")
_NOT_FIRST = (
    PRONOUNS
    | CLAUSES
    | (PREPOSITIONS - {"up", "at", "about"})
    | {"not", "please", "though", "although", "perhaps", "also"}
)
_NOT_LAST = (
    PREPOSITIONS
    | (DETERMINERS - {"nobody", "somebody", "anybody", "everybody", "everyone", "we", "you", "they", "nothing"})
    | {"thing", "things", "one", "ones", "also", "then", "often", "always", "never", "still", "thus", "just"}
)
_PART_END = re.compile(r", | and (?=[a-z]+s? )|[;:]| but | because | so that ")
_THIRD = {"has": "have", "does": "do", "goes": "go"}
_PLURALS = ("people", "children", "staff", "data", "criteria", "you", "we", "they", "i", "men", "women", "police")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence taken apart: a question is `fronted`, then `subject`, then `rest`.

    `Your manager answers within a day` has fronted `does`, subject `Your manager` and rest `answer within a day`;
    `predicate` is the verb as it stands, with what follows it.
    """

    subject: str
    fronted: str
    rest: str
    predicate: str
    negated: bool


def first_part(rest: str) -> str:
    """What stands before the first comma, semicolon or colon, or before a second verb."""
    return _PART_END.split(rest)[0].strip()


def base_form(verb: str) -> str | None:
    """The base form of a known verb in the third person singular (`tries` -> `try`), or None."""
    if verb in _THIRD:
        return _THIRD[verb]
    for ending, replacement in (("ies", "y"), ("es", ""), ("s", "")):
        if verb.endswith(ending) and (base := verb[: -len(ending)] + replacement) in VERBS:
            return base
    return None


def is_plural(subject: str) -> bool:
    """Whether the noun phrase takes a verb in the plural."""
    words = subject.lower().split()
    if "and" in words or words[0] in ("these", "those", "both", "most", "many", "few", "several", "all"):
        return True
    head = _head(words)
    return head in _PLURALS or (head.endswith("s") and not head.endswith(("ss", "us", "is", "'s", "’s")))


def _head(words: list[str]) -> str:
    for index, word in enumerate(words):
        if index and word in PREPOSITIONS:
            return words[index - 1].strip(",")
    return words[-1].strip(",")


def parse(clause: str) -> Statement | None:
    """A plain statement taken apart, or None: a subject of at most nine words, a known verb, no inversion."""
    words = clause.rstrip(".!").split()
    for index, word in enumerate(words[:10]):
        low = word.lower()
        if (low in CLAUSES and index) or word.endswith((",", ":", ";")):
            return None
        if not index:
            continue
        if low in AUXILIARIES:
            return _with_auxiliary(words, index)
        found = _with_verb(words, index)
        if found:
            return found
    return None


def _with_auxiliary(words: list[str], index: int) -> Statement | None:
    subject, fronted, rest = " ".join(words[:index]), words[index], words[index + 1 :]
    negated = fronted == "cannot" or rest[:1] == ["not"] or rest[:1] == ["never"]
    if rest[:1] in (["not"], ["never"]):
        rest = rest[1:]
    if not rest or rest[0].lower() in AUXILIARIES or not _is_subject(words[:index]):
        return None
    fronted = "can" if fronted == "cannot" else fronted
    return Statement(subject, fronted, " ".join(rest), " ".join(words[index:]), negated)


def _with_verb(words: list[str], index: int) -> Statement | None:
    subject, verb, rest = words[:index], words[index], words[index + 1 :]
    if not rest or not _is_subject(subject) or rest[0].lower() in AUXILIARIES | {"of"}:
        return None
    plural = is_plural(" ".join(subject)) and not (all(word.istitle() for word in subject) and base_form(verb))
    predicate = " ".join(words[index:])
    if verb in ("do", "does") and rest[0] == "not" and len(rest) > 1:
        return Statement(" ".join(subject), verb, " ".join(rest[1:]), predicate, True)
    if verb in ("has", "have") and (rest[0] == "been" or rest[0].endswith("ed")):
        return Statement(" ".join(subject), verb, " ".join(rest), predicate, False)
    base = (verb if verb in VERBS else None) if plural else base_form(verb)
    if base is None:
        return None
    return Statement(" ".join(subject), "do" if plural else "does", " ".join([base, *rest]), predicate, False)


def _is_subject(words: list[str]) -> bool:
    first, last = words[0].lower(), words[-1].lower()
    return (
        first not in _NOT_FIRST
        and last not in _NOT_LAST
        and (first == "only" or not first.endswith("ly"))
        and not last.endswith("ly")
        and (len(words) == 1 or last not in ("you", "we", "they", "i"))
    )


def lowered(phrase: str, text: str) -> str:
    """`phrase` as it stands inside a sentence: its first word in lower case unless it is a name in `text`."""
    first, _, rest = phrase.partition(" ")
    word = first.strip("\"“”'(,.")
    if word.lower() in DETERMINERS:
        return phrase if word == "I" else phrase[:1].lower() + phrase[1:]
    if not word.istitle():
        return phrase
    follows = "" if rest.startswith("the ") else rest.split(" ")[0]
    in_lower = rest.islower() if follows == "and" else follows.islower() and follows != "is"
    looks_common = (
        word.lower().endswith(_COMMON_ENDINGS) or word.lower() in VERBS or in_lower or (not rest and is_plural(word))
    )
    if (seen := _leaning(word, text)) > 0 or (seen == 0 and looks_common):
        return phrase[:1].lower() + phrase[1:]
    return phrase


def _leaning(word: str, text: str) -> int:
    # How much more often the text has the word in lower case than with a capital inside a sentence.
    small = re.findall(rf"(?<![\w@#/.-]){re.escape(word.lower())}(?![\w@/-]|\.\w)", text)
    return len(small) - len(re.findall(rf"[a-z,;] {re.escape(word)}\b", text))


_OBJECT_BEFORE = "|".join(sorted(PREPOSITIONS - {"than", "as", "before", "after", "until", "since", "when"}))
_FIRST_PERSON = [
    (r"\byou([’'])re\b", r"I\1m"),
    (r"\byou([’'](?:ve|ll|d))\b", r"I\1"),
    (r"\byou are\b", "I am"),
    (r"\byou were\b", "I was"),
    (r"\bare you\b", "am I"),
    (r"\bwere you\b", "was I"),
    (r"\byourself\b", "myself"),
    (r"\byours\b", "mine"),
    (r"\byour\b", "my"),
    (rf"\b({_OBJECT_BEFORE}|tells?|asks?|gives?|shows?|reach|remind|help|let|lets|wakes?) you\b", r"\1 me"),
    (r"\byou(?=[?.,;]|$)", "me"),
    (r"\byou\b", "I"),
]


def in_first_person(question: str) -> str:
    """The question as the reader of the document would ask it: `your` becomes `my`, `you` becomes `I` or `me`."""
    for pattern, replacement in _FIRST_PERSON:
        question = re.sub(pattern, replacement, question, flags=re.IGNORECASE)
    return question[:1].upper() + question[1:]


_SMALL = "the of and to in is are for that with it on be as by or this an not you we from at can have"
_SMALL_ELSEWHERE = """
der die das und ist nicht ein eine den von mit le la les des et est une dans pour que el los las y en por con para il
che di per non sono una het een van niet og att och som är det på de je nie się na jest
"""
_ENGLISH = frozenset(_SMALL.split())
_OTHERS = frozenset(_SMALL_ELSEWHERE.split())


def is_english(text: str) -> bool:
    """Whether the rules may speak: mostly Latin letters, and no other language's small words in the majority."""
    letters = [char for char in text if char.isalpha()]
    if sum(char.isascii() for char in letters) < 0.8 * len(letters):
        return False
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
    others = sum(word in _OTHERS for word in words)
    return others <= 3 or others < sum(word in _ENGLISH for word in words)
