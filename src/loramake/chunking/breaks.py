"""Where a stretch of text may be cut, from the best places to the worst."""

import re
import unicodedata
from bisect import bisect_left, bisect_right

from loramake.chunking.sentences import sentence_starts

Span = tuple[int, int]

_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*|\f\s*")
_ITEM = re.compile(r"\n[ \t]*(?=(?:[-*+•|>]|[0-9]{1,3}[.)])[ \t]|\||#{1,6}[ \t])")
_LINE = re.compile(r"\n")
_WORD = re.compile(r"\s\S")
_INSIDE_CLUSTER = "\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_LONGEST_CLUSTER = 32


class Breaks:
    """The places where `text[start:end]` may be cut.

    `whole` are stretches that stay in one piece if they can; `broken` those that are too long for that, and are cut
    between their lines; `bound` are bad places to cut at: after a heading, say. All in offsets of `text`.
    """

    def __init__(self, text: str, stretch: Span, *, whole: list[Span], broken: list[Span], bound: set[int]) -> None:
        start, end = stretch
        self._text, self._whole = text, whole
        self._whole_starts = [first for first, _ in whole]
        paragraphs = {match.end() for match in _PARAGRAPH.finditer(text, start, end)}
        paragraphs.update(first for first, _ in (*whole, *broken))
        paragraphs.update(_after_space(text, last, end) for _, last in (*whole, *broken))
        sentences = {*sentence_starts(text, start, end)}
        sentences.update(match.end() for match in _ITEM.finditer(text, start, end))
        for first, last in broken:
            sentences.update(match.end() for match in _LINE.finditer(text, first, last))
        paragraphs = paragraphs - bound - {start, end}
        self._paragraphs = self._sorted(paragraphs)
        self._sentences = self._sorted((sentences - bound - {start, end}) | paragraphs)
        self._bound = self._sorted({place for place in bound if start < place < end})

    def nearest(self, low: int, aim: int, high: int, *, after: int) -> int:
        """The best place from `low` to `high`, nearest to `aim`; `after` itself when there is none that is later.

        Any end of paragraph is better than any end of sentence, and so on down to words and characters.
        """
        for places in (self._paragraphs, self._sentences, self._bound):
            within = places[bisect_left(places, low) : bisect_right(places, high)]
            if within:
                return min(within, key=lambda place: abs(place - aim))
        words = [match.end() - 1 for match in _WORD.finditer(self._text, low - 1, high + 1)]
        words = [place for place in words if low <= place <= high and not self._around(place)]
        if words:
            return min(words, key=lambda place: abs(place - aim))
        return self._anywhere(aim, high, after)

    def start(self, low: int, high: int) -> int:
        """The first beginning of a sentence from `low` on and before `high`, else of a word; else `high`."""
        number = bisect_left(self._sentences, low)
        if number < len(self._sentences) and self._sentences[number] < high:
            return self._sentences[number]
        for match in _WORD.finditer(self._text, max(0, low - 1), high):
            if match.end() - 1 >= low and not self._around(match.end() - 1):
                return match.end() - 1
        return high

    def _anywhere(self, aim: int, high: int, after: int) -> int:
        span = self._around(aim)
        if span:
            if span[0] > after:
                return span[0]
            if span[1] <= high:
                return span[1]
            return after
        return _between_clusters(self._text, aim, after)

    def _around(self, place: int) -> Span | None:
        """What must stay whole and has `place` inside."""
        number = bisect_left(self._whole_starts, place) - 1
        return self._whole[number] if number >= 0 and place < self._whole[number][1] else None

    def _sorted(self, places: set[int]) -> list[int]:
        return sorted(place for place in places if not self._around(place))


def _after_space(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position


def _between_clusters(text: str, place: int, after: int) -> int:
    """A place near `place`, before it, that parts no letter from its accents and no emoji from its other halves."""
    for candidate in range(place, max(after, place - _LONGEST_CLUSTER), -1):
        letter = text[candidate : candidate + 1]
        joined = letter and (unicodedata.combining(letter) or letter in _INSIDE_CLUSTER)
        if not joined and text[candidate - 1] != "\u200d":
            return candidate
    return place
