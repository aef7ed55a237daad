"""Words looked for in a text, all of them in one pass: what lets a finder pass over a text that holds none."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

_SURROGATE = re.compile("[\ud800-\udfff]")


class Place(NamedTuple):
    """Where a word stands: `text[start:end]`."""

    start: int
    end: int
    word: str


class Words:
    """Some words, looked for with an automaton (Aho and Corasick, 1975): time does not grow with how many they are."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(dict.fromkeys(words))

    def places(self, text: str) -> list[Place]:
        """Every place of every word in `text`, in order; they may overlap."""
        return sorted(Place(start, end, self._words[number]) for number, start, end in self._found(text))

    def held(self, text: str) -> set[str]:
        """Which of the words `text` holds."""
        return {self._words[number] for number, _, _ in self._found(text)}

    def _found(self, text: str) -> list[tuple[int, int, int]]:
        if not text.isascii() and _SURROGATE.search(text):
            text = _SURROGATE.sub("\ufffd", text)
        return self._automaton.find_matches_as_indexes(text, overlapping=True)

    @cached_property
    def _automaton(self) -> AhoCorasick:
        return AhoCorasick(self._words, implementation=Implementation.DFA)


def lowered(text: str) -> str:
    """`text` in small letters, every character in its place: of them all, only one gets longer."""
    return text.replace("\u0130", "I").lower()
