"""Sentences of a paragraph, and which of them can stand alone."""

import re

_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Nos|Fig|Sec|Eq|Vol|pp|ca|Inc|Ltd|Co|[A-Z]))\.$"
)
_CODE = re.compile(
    r"[{}<>=|\\^~]|::|->|__|\w\(|\)\.|[a-z]\.[a-z]+\(|[a-z][A-Z]|\w_\w|^[a-z.]+$|\\n|\.\.\.|https?:|[#*`]\s"
)
_DEPENDENT = re.compile(
    r"(?:It|They|He|She|This|That|These|Those|Such|Here|However|But|And|Or|So|Therefore|Otherwise|Instead|Also|Then|Thus|"
    r"Hence|Moreover|Furthermore|Additionally|Likewise|Similarly|Consequently|Nevertheless|Again|Still|Yet|Both|Neither|"
    r"Nor|Its|Their|His|Her|Doing so|As a result|For example|For instance|In particular|In (?:this|that|such|these) |"
    r"In addition|In contrast|On the other hand|(?:At|After|Before|Because of) (?:this|that)|"
    r"To (?:do|support|achieve) (?:this|that|so)|One (?:of|such)|Another|Other|Except|(?:Some|Most|Each|All|None) of|"
    r"The (?:same|former|latter|other|others|following|above)|Ours|Yours|Without (?:it|one|them)|Now|"
    r"Until now|Suppose|Consider|Let(?:[’']s| us)|Note that|As (?:you can see|mentioned|noted|described)|Look at|See|"
    r"Changed in|New in|Deprecated)\b"
)
_FOLLOWS = re.compile(r"(?:It|They|This|These|He|She|Its|Their|Without one|Without them)\b")
_UNRESOLVED = re.compile(
    r"\b(?:see above|see below|the following|as follows|above\b.*\bexample|this page|listed below)\b", re.I
)
LONGEST = 360


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, in order; `e.g.`, initials and numbers do not end one."""
    sentences, start = [], 0
    for found in _END.finditer(paragraph):
        if paragraph[found.start()] == "." and _ABBREVIATION.search(paragraph[start : found.start() + 1]):
            continue
        sentences.append(paragraph[start : found.end()].strip())
        start = found.end()
    return [*sentences, paragraph[start:].strip()] if paragraph[start:].strip() else sentences


def is_sound(sentence: str) -> bool:
    """Whether a sentence is whole prose: begins and ends as one, is neither short nor long, balanced, no code."""
    words = sentence.split()
    return (
        3 <= len(words) <= 60
        and len(sentence) <= LONGEST
        and (sentence[0].isupper() or sentence[0].isdigit() or sentence[0] in '“"')
        and sentence.rstrip("\"”’')")[-1:] in (".", "!", "?")
        and sentence.count("(") == sentence.count(")")
        and sentence.count("“") == sentence.count("”")
        and sentence.count('"') % 2 == 0
        and sum(char.isalpha() for char in sentence) > 0.65 * len(sentence)
        and not _CODE.search(sentence)
    )


def stands_alone(sentence: str) -> bool:
    """Whether a sound sentence is understood without the one before it."""
    return is_sound(sentence) and not _DEPENDENT.match(sentence) and not _UNRESOLVED.search(sentence)


def with_follower(sentences: list[str], index: int) -> str:
    """The sentence, and the next one with it when that one speaks of the same thing."""
    sentence = sentences[index]
    follower = sentences[index + 1] if index + 1 < len(sentences) else ""
    if follower and _FOLLOWS.match(follower) and is_sound(follower) and len(sentence) + len(follower) < LONGEST:
        return f"{sentence} {follower}"
    return sentence


def opening(sentences: list[str], most: int = 3) -> str:
    """The first few sentences as an answer: sound ones, the first of which stands alone, or ""."""
    if not sentences or not stands_alone(sentences[0]):
        return ""
    chosen = [sentences[0]]
    for sentence in sentences[1:most]:
        if not is_sound(sentence) or len(" ".join([*chosen, sentence])) > LONGEST:
            break
        chosen.append(sentence)
    return " ".join(chosen)
