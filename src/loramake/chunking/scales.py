"""What lengths are counted in: characters, or a tokenizer's tokens."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from loramake.errors import DataError

Encode = Callable[[str], Sequence[tuple[int, int]]]

_BLOCK_CHARACTERS = 200_000


class Scale(Protocol):
    """Lengths within one stretch of a text, in units; positions are offsets of characters."""

    def count(self, start: int, end: int) -> int:
        """The units of `text[start:end]` on its own."""

    def between(self, start: int, end: int) -> int:
        """About as many, found quickly."""

    def forward(self, start: int, units: int) -> int:
        """The last position that is at most about `units` after `start`."""

    def backward(self, end: int, units: int) -> int:
        """The first position that is at most about `units` before `end`."""


Ruler = Callable[[str, int, int], Scale]


class Characters:
    """A scale of characters."""

    def __init__(self, text: str, start: int, end: int) -> None:  # noqa: ARG002 (a Ruler)
        self._start, self._end = start, end

    def count(self, start: int, end: int) -> int:
        """As in Scale."""
        return end - start

    between = count

    def forward(self, start: int, units: int) -> int:
        """As in Scale."""
        return min(self._end, start + units)

    def backward(self, end: int, units: int) -> int:
        """As in Scale."""
        return max(self._start, end - units)


class Tokens:
    """A scale of tokens: the stretch is encoded once for its offsets, and what is cut from it again to be counted."""

    def __init__(self, encode: Encode, text: str, start: int, end: int) -> None:
        self._encode, self._text, self._stretch = encode, text, (start, end)
        self._starts = array("q")
        self._blocks = 0
        while start < end:
            stop = _block_end(text, start, end)
            self._starts.extend(start + offset for offset, _ in encode(text[start:stop]))
            start, self._blocks = stop, self._blocks + 1

    def count(self, start: int, end: int) -> int:
        """As in Scale."""
        if (start, end) == self._stretch and self._blocks == 1:
            return len(self._starts)
        return len(self._encode(self._text[start:end]))

    def between(self, start: int, end: int) -> int:
        """As in Scale."""
        return bisect_left(self._starts, end) - bisect_left(self._starts, start)

    def forward(self, start: int, units: int) -> int:
        """As in Scale."""
        number = bisect_left(self._starts, start) + units
        return self._starts[number] if number < len(self._starts) else self._stretch[1]

    def backward(self, end: int, units: int) -> int:
        """As in Scale."""
        number = bisect_left(self._starts, end) - units
        if number <= 0:
            return self._stretch[0]
        first = bisect_left(self._starts, self._starts[number])
        number = number if first == number else bisect_right(self._starts, self._starts[number])
        return self._starts[number] if number < len(self._starts) else end


def _block_end(text: str, start: int, end: int) -> int:
    """Where a block to encode at once ends: memory and time of some tokenizers grow faster than the text."""
    if end - start <= _BLOCK_CHARACTERS:
        return end
    newline = text.rfind("\n", start + 1, start + _BLOCK_CHARACTERS)
    return newline if newline > 0 else start + _BLOCK_CHARACTERS


@cache
def load_encoder(name: str) -> Encode:
    """The tokenizer in a folder, or of a model on the hub: text to its tokens' offsets, special tokens left out.

    Raises DataError when there is none, or none that gives offsets.
    """
    from tokenizers import Tokenizer

    file = Path(name) / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(file)) if file.is_file() else _from_hub(name)
    except Exception as error:  # the library raises plain Exceptions
        reason = str(error).strip().partition("\n")[0]
        raise DataError(f"no tokenizer to count with: {reason}", where=name, hint=_HINT) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def encode(text: str) -> Sequence[tuple[int, int]]:
        offsets: Sequence[tuple[int, int]] = tokenizer.encode(text, add_special_tokens=False).offsets
        return offsets

    return encode


_HINT = "'chunk.tokenizer' is a folder with a tokenizer.json, or the name of a model on the hub"


def _from_hub(name: str):  # type: ignore[no-untyped-def]
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError("it has no tokenizer.json")
    return tokenizer.backend_tokenizer
