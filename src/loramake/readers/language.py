"""Which language a text is written in, as far as its words tell."""

import re
from collections import Counter

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_IDENTIFIER = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)  # takes a second
_MOST = 100_000  # characters that are looked through
_WINDOW, _WINDOWS = 1_500, 6  # characters that are judged together, and how often
_LEAST_LETTERS = 50
_LEAST_DENSE = 12  # letters of scripts in which one says as much as several of others
_LEAST_WORDS = 0.6  # the share of words among what stands between spaces; code has less
_MOST_SYMBOLS = 0.045  # signs a character; code has more
_SURE = 0.8
_AGREED = 0.75  # the share of windows that must agree

_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]|[\u0300-\u036f\u0900-\u0dff]")
_SYMBOL = re.compile(r'[=(){}\[\]<>;_\\|#$&*+@/"]')
_EDGES = "()[]{}\"'“”‘’«»„,.;:!?…*_—–-¿¡‹›।。、，：；！？（）「」『』"
_NO_LETTER = re.compile(r"[\d!-&(-,/:-@\[-`{-~]")  # inside of a word: digits, and ASCII signs other than ' - .
_NOT_PROSE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}+|~{3,}+)[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|^[ \t]*\|[ \t:|-]*$"  # the rule below a table's head
    r"|`[^`\n]{1,200}`|</?[a-zA-Z][^<>\n]{0,300}>"
    r"|\b[a-z]{2,8}://\S+|\bwww\.\S+|\S{1,64}@\S{1,64}\.\w+"
    r"|\]\([^()\s]{1,500}\)|\[\^\w{1,20}\]",
    re.DOTALL | re.MULTILINE,
)


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language that most of `text` is in.

    None where that is too short to tell, in several languages, or hardly prose: code, tables of figures, names.
    """
    text = " ".join(_NOT_PROSE.sub(" ", text[:_MOST]).split())
    if len(_LETTER.findall(text)) < _LEAST_LETTERS and len(_DENSE.findall(text)) < _LEAST_DENSE:
        return None
    votes = Counter(map(_judged, _windows(text)))
    language, count = votes.most_common(1)[0]
    return language if count >= _AGREED * votes.total() else None


def _windows(text: str) -> list[str]:
    """Stretches from all over `text`."""
    count = min(_WINDOWS, 1 + len(text) // (2 * _WINDOW))
    step = max(1, len(text) - _WINDOW) // max(1, count - 1)
    return [text[start : start + _WINDOW] for start in range(0, count * step, step)]


def _judged(text: str) -> str | None:
    if not _is_prose(text):
        return None
    language, confidence = _IDENTIFIER.classify(text)
    return language if confidence >= _SURE and len(language) == 2 else None


def _is_prose(text: str) -> bool:
    dense = len(_DENSE.findall(text))
    pieces = text.split()
    words = sum(1 for piece in pieces if (word := piece.strip(_EDGES)) and not _NO_LETTER.search(word))
    few_symbols = len(_SYMBOL.findall(text)) <= _MOST_SYMBOLS * (len(text) + dense)
    return few_symbols and words + dense / 2 >= _LEAST_WORDS * (len(pieces) + dense / 2)
