"""Cutting: stretches of a text -> passages of at most a size, even ones rather than a full one and a crumb."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from loramake.chunking.breaks import Breaks, Span
from loramake.chunking.scales import Ruler, Scale

_FILL = 0.9  # pieces are planned a little smaller than they may be: there must be room to find a good place
_SHORTEST = 0.5


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage: `text[start:end]` without white space at its ends, `units` long."""

    start: int
    end: int
    units: int


def cut(
    text: str, stretch: Span, ruler: Ruler, *, size: int, overlap: int, floor: int, whole: list[Span], bound: set[int]
) -> Iterator[Piece]:
    """Cut a stretch of `text` into pieces of at most `size` units, each repeating at most `overlap` of the one before.

    Every character that is no white space is in a piece. Nothing before `floor` is repeated; `whole` are the blocks of
    `text`, in order and apart, that stay whole if they fit; `bound` are bad places to cut at. Only a single character
    of more units than `size` makes a longer piece.
    """
    start, end = _trimmed(text, *stretch)
    if start == end:
        return
    scale = ruler(text, start, end)
    units = scale.count(start, end)
    if units <= size:
        yield Piece(start, end, units)
        return
    blocks = _within(whole, start, end)
    fit = [block for block in blocks if scale.between(*block) <= size]
    broken = [block for block in blocks if scale.between(*block) > size]
    knife = _Knife(text, end, scale, size, Breaks(text, (start, end), whole=fit, broken=broken, bound=bound))
    position, last = start, start
    while position < end:
        begin = _overlapped(knife, max(last, floor), position, overlap) if position > start else start
        piece, following = knife.piece(begin, position, overlap)
        yield piece
        position, last = following, piece.start


def _within(spans: list[Span], start: int, end: int) -> list[Span]:
    """The parts of `spans`, which are in order and apart, from `start` to `end`."""
    first = bisect_right(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0])
    return [(max(span[0], start), min(span[1], end)) for span in spans[first:last]]


def _overlapped(knife: "_Knife", last: int, position: int, overlap: int) -> int:
    """Where the piece begins whose new part begins at `position`: up to `overlap` before.

    Of what stands between `last` and `position` half is repeated at most, so that two pieces differ.
    """
    if not overlap or position <= last:
        return position
    scale, text = knife.scale, knife.text
    low = max(scale.backward(position, overlap), (last + position + 1) // 2)
    start = knife.breaks.start(low, position)
    while start < position and scale.count(*_trimmed(text, start, position)) > overlap:
        start = knife.breaks.start(start + 1, position)
    return start


@dataclass(frozen=True, slots=True)
class _Knife:
    text: str
    end: int
    scale: Scale
    size: int
    breaks: Breaks

    def piece(self, start: int, position: int, overlap: int) -> tuple[Piece, int]:
        """The piece that begins at `start` and says something new from `position` on; and where the next one begins.

        Where the repeated part leaves no room for anything new, it is left out.
        """
        limit = self.size
        while True:
            stop = self._stop(start, position, limit, overlap)
            if stop <= position:
                if start == position:
                    stop = self._forced(position, limit)
                else:
                    start, limit = position, self.size
                    continue
            first, last = _trimmed(self.text, start, stop)
            units = self.scale.count(first, last)
            if units <= self.size or stop == position + 1:
                return Piece(first, last, units), _trimmed(self.text, stop, self.end)[0]
            limit = min(limit - (units - self.size), self.scale.between(start, stop) - 1)

    def _stop(self, start: int, position: int, limit: int, overlap: int) -> int:
        """Where to end a piece of at most about `limit` units; `position` if there is no good place."""
        scale = self.scale
        left = scale.between(start, self.end)
        if left <= limit:
            return self.end
        if limit < 1:
            return position
        overlap = min(overlap, limit // 2)
        pieces = max(2, math.ceil((left - overlap) / max(1, _FILL * limit - overlap)))
        target = min(limit, math.ceil((left + (pieces - 1) * overlap) / pieces))
        aim = scale.forward(start, target)
        low = max(position + 1, scale.forward(start, int(_SHORTEST * target)))
        high = scale.forward(start, limit)
        if high <= position:
            return position
        return self.breaks.nearest(min(low, high), max(aim, position + 1), high, after=position)

    def _forced(self, position: int, limit: int) -> int:
        """An end where there is no good one: after a line of what should have stayed whole, or after anything."""
        if limit < 1:
            return position + 1
        high = max(position + 1, self.scale.forward(position, limit))
        newline = self.text.rfind("\n", position + 1, high)
        return newline + 1 if newline > 0 else high


def _trimmed(text: str, start: int, end: int) -> Span:
    """`start` and `end` without the white space inside of them."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
