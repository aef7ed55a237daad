"""The cheap gate before paid calls: whether a document speaks of the matter at all."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import regex

from loramake.errors import DataError
from loramake.recipe.cleaning import Prefilter


def why_beside_the_matter(text: str, about: Prefilter) -> str | None:
    """Why a document that says `text` is dropped, None if it is not: `no_keyword`, `unwanted_keyword`, `no_match`.

    Keywords are whole words or phrases, in any case. Raises DataError for a pattern that takes too long.
    """
    text = text[: about.within]
    if about.any and not _keywords(tuple(about.any)).search(text):
        return "no_keyword"
    if about.all and not all(_keywords((word,)).search(text) for word in about.all):
        return "no_keyword"
    if about.none and _keywords(tuple(about.none)).search(text):
        return "unwanted_keyword"
    if about.matches and not all(_is_found(pattern, text, about.seconds) for pattern in about.matches):
        return "no_match"
    return None


@cache
def _keywords(words: Sequence[str]) -> Any:
    """One pattern for all words: a space stands for any white space, and no letter or digit may touch them."""
    listed = "|".join(r"\s+".join(regex.escape(part) for part in word.split()) for word in sorted(words))
    return regex.compile(rf"(?<!\w)(?:{listed})(?!\w)", regex.IGNORECASE)


@cache
def _pattern(pattern: str) -> Any:
    return regex.compile(pattern)


def _is_found(pattern: str, text: str, seconds: float) -> bool:
    try:
        return _pattern(pattern).search(text, timeout=seconds) is not None
    except TimeoutError:
        raise DataError(
            f"the pattern '{pattern}' takes more than {seconds:g} s on one document",
            where="clean: prefilter: matches",
            hint="write it without nested repetitions, or look only at the beginning: within",
        ) from None
