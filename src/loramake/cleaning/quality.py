"""What is worth learning from: length, language, symbols, repetition and conditions on fields."""

import re
from collections.abc import Sequence
from typing import Any

from loramake.recipe.cleaning import Condition, Keep
from loramake.records import Document

_LEAST_LINES = 5  # shares of fewer lines or runs say nothing
_LEAST_RUNS = 20
_RUN = 5  # words
_SYMBOLS = re.compile(r"(?:[^\w\s]|_)+")
_DIGITS = re.compile(r"\d+")
_COMPARISON = re.compile(r"\s*(>=|<=|!=|==|=|>|<)\s*(.*?)\s*", re.DOTALL)
_ORDERED = {
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
}


def why_unfit(text: str, keep: Keep | None, document: Document | None = None) -> str | None:
    """Why a document that says `text` is dropped, None if it is not; the reasons are those that `Keep` names."""
    if not text.strip():
        return "empty"
    if keep is None:
        return None
    if len(text) < keep.min_chars:
        return "too_short"
    if len(text) > keep.max_chars:
        return "too_long"
    if document is not None:
        if keep.languages and document.language and document.language not in keep.languages:
            return "other_language"
        for name, condition in (keep.where or {}).items():
            if not _meets(_field(document, name), condition):
                return f"not_where: {name}"
    return _why_poor(text, keep)


def _why_poor(text: str, keep: Keep) -> str | None:
    words = text.split() if keep.min_words or keep.max_repeated_words is not None else []
    if keep.min_words and len(words) < keep.min_words:
        return "too_few_words"
    if keep.max_symbols is not None and _share(text, _SYMBOLS) > keep.max_symbols:
        return "many_symbols"
    if keep.max_digits is not None and _share(text, _DIGITS) > keep.max_digits:
        return "many_digits"
    if keep.max_repeated_lines is not None:
        lines = [line for line in map(str.strip, text.split("\n")) if line]
        if _repeated(lines, _LEAST_LINES) > keep.max_repeated_lines:
            return "repeated_lines"
    if keep.max_repeated_words is not None:
        runs = [" ".join(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)]
        if _repeated(runs, _LEAST_RUNS) > keep.max_repeated_words:
            return "repeated_words"
    return None


def _share(text: str, runs: re.Pattern[str]) -> float:
    """The share of characters that stand in `runs`."""
    return sum(map(len, runs.findall(text))) / len(text)


def _repeated(things: Sequence[str], least: int) -> float:
    """The share of `things` that repeat an earlier one; 0 where there are fewer than `least`."""
    return 1 - len(set(things)) / len(things) if len(things) >= least else 0.0


def _field(document: Document, name: str) -> Any:
    """A field of the record (its `meta`), or of the document where the record has none of that name."""
    value: Any = document.meta
    for key in [name] if name in document.meta else name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return getattr(document, name, None) if value is None and name in Document.__slots__ else value


def _meets(value: Any, condition: Condition) -> bool:
    """Whether a field meets a condition; of a field that is a list, whether any of its values does."""
    if isinstance(value, list):
        return any(_meets(item, condition) for item in value)
    if isinstance(condition, list):
        return any(_meets(value, one) for one in condition)
    if isinstance(condition, str) and (found := _COMPARISON.fullmatch(condition)):
        return _compares(value, found[1], found[2])
    return _same(value, condition)


def _compares(value: Any, sign: str, wanted: str) -> bool:
    if sign in ("=", "=="):
        return _same(value, wanted)
    if sign == "!=":
        return not _same(value, wanted)
    if value is None:
        return False
    try:
        return bool(_ORDERED[sign](float(value), float(wanted)))
    except (TypeError, ValueError):
        return bool(_ORDERED[sign](str(value), wanted))  # dates in ISO 8601 sort as text


def _same(value: Any, wanted: Any) -> bool:
    """Whether two scalars are the same; text in any case, numbers however they are written."""
    if isinstance(value, str) or isinstance(wanted, str):
        return str(value).casefold() == str(wanted).casefold() if value is not None else False
    return bool(value == wanted)
