"""Where sentences begin: a small rule, which prefers a sentence too long to half a sentence."""

import re
from collections.abc import Iterator

_STOP = re.compile(r"[.!?…](?<![.!?…]{2})[.!?…]*+[\"'”’»)\]]*\s+|[。！？]++[」』”’）]*\s*")
_OPENING = "\"'“‘„«»¿¡([{<*_`#"
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+$")
_LONGEST_WORD = 16
_ABBREVIATIONS = frozenset(
    str.split(
        "al approx art bzw ca capt cf ch chap co col corp dept dr ed eds e.g eg ent eq esp est etc ex fig figs gen gov"
        " hon hr i.e ie inc incl jr lt ltd max min mr mrs ms mt nos nr op p.s pp prof ref refs rep resp rev sec sen sgt"
        " sr st tab u.a u.s usw vgl viz vol vs z.b"
    )
)
# These end a sentence as often as not: "No." and "p." only before a number.
_BEFORE_NUMBERS = frozenset(str.split("no p par s"))


def sentence_starts(text: str, start: int, end: int) -> Iterator[int]:
    """The offsets in `text[start:end]` where a sentence begins, in order, the first one left out.

    A sentence ends at `. ! ? …` before white space and an upper-case letter, a digit, a quote, or a letter of a script
    without case, and at `。！？`; not after an abbreviation, an initial, or the number of a list's item.
    """
    for stop in _STOP.finditer(text, start, end):
        following = text[stop.end() : stop.end() + 1]
        if stop.end() >= end or not _may_begin(following):
            continue
        if stop[0].startswith(".") and not stop[0].startswith("..") and _is_part(text, start, stop.start(), following):
            continue
        yield stop.end()


def _may_begin(letter: str) -> bool:
    return not letter.islower() and (letter.isalnum() or letter in _OPENING)


def _is_part(text: str, start: int, dot: int, following: str) -> bool:
    """Whether the full stop at `dot` belongs to the word before it."""
    match = _LAST_WORD.search(text, max(start, dot - _LONGEST_WORD), dot)
    if not match:
        return False
    word = match[0].lower()
    if word in _ABBREVIATIONS or (word in _BEFORE_NUMBERS and following.isdigit()):
        return True
    if len(word) == 1 and word.isalpha():
        return match[0].isupper()
    line = text[max(0, dot - _LONGEST_WORD) : dot].rpartition("\n")
    return word.isdigit() and line[2].strip() == word and (bool(line[1]) or dot < _LONGEST_WORD)
