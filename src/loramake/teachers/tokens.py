"""Tokens before anything is asked: learnt from the calls that were answered, counted, or guessed, as ranges."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loramake.errors import DataError

# Bytes of a request for each token of it: what European languages and JSON come to, from dense to airy.
BYTES_PER_TOKEN = (5.0, 4.0, 2.5)
# A chat's form: tokens beside those of the messages' text.
FORM_TOKENS = (0.0, 8.0, 32.0)
ENOUGH_FOR_A_LINE = 8

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, and most likely `middle`."""

    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.middle + other.middle, self.high + other.high)

    def less(self, amount: float) -> "Range":
        """What remains without `amount`."""
        return Range(*(max(0.0, value - amount) for value in (self.low, self.middle, self.high)))

    def within(self, least: float, most: float) -> "Range":
        """The range cut to bounds."""
        return Range(*(min(most, max(least, value)) for value in (self.low, self.middle, self.high)))


class Line:
    """How one size follows from another, learnt from pairs (x, y): a straight line, or a mean ratio while they are few.

    The total of many is a regression estimate of survey sampling; its range is about two standard errors each way.
    """

    def __init__(self, pairs: Sequence[tuple[float, float]]) -> None:
        self.count = len(pairs)
        self._pairs = pairs
        xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
        self._x, self._y = _mean(xs), _mean(ys)
        self._spread = math.fsum((x - self._x) ** 2 for x in xs)
        if self.count >= ENOUGH_FOR_A_LINE and self._spread > 0:
            self._slope = math.fsum((x - self._x) * (y - self._y) for x, y in pairs) / self._spread
        else:
            self._slope = self._y / self._x if self._x else 0.0
        self._base = self._y - self._slope * self._x
        freedom = max(1, self.count - 2)
        self._error = math.sqrt(math.fsum((y - self._at(x)) ** 2 for x, y in pairs) / freedom)

    def _at(self, x: float) -> float:
        return self._base + self._slope * x

    def total(self, xs: Sequence[float]) -> Range:
        """The sum of y for all of `xs`."""
        number, sum_ = len(xs), math.fsum(xs)
        middle = number * self._base + self._slope * sum_
        away = (sum_ - number * self._x) ** 2 / self._spread if self._spread else 0.0
        error = self._error * math.sqrt(number + number**2 / self.count + away)
        # Student's t at 95 % for a few samples, without a table: 2.1 for twenty, 3.2 for five.
        width = (2 + 3 / max(1, self.count - 2)) * error
        return Range(max(0.0, middle - width), max(0.0, middle), max(0.0, middle + width))


def guessed(sizes: Sequence[float], each: float | None) -> Range:
    """Tokens of requests of `sizes` bytes: `each` token has so many, if other requests have shown it."""
    total = math.fsum(sizes)
    if each:
        return Range(0.9 * total / each, total / each, 1.1 * total / each)
    low, middle, high = BYTES_PER_TOKEN
    return Range(total / low, total / middle, total / high)


def counted(sizes: Sequence[float]) -> Range:
    """Tokens of requests whose text a tokenizer has counted."""
    total = math.fsum(sizes)
    return Range(*(total + len(sizes) * form for form in FORM_TOKENS))


def load_count(folder: str) -> Count:
    """What counts tokens as the tokenizer in `folder` does. Raises DataError when there is none."""
    from tokenizers import Tokenizer

    file = Path(folder) / "tokenizer.json"
    if not file.is_file():
        raise DataError("no tokenizer to count with", where=str(file), hint="'tokenizer' in prices.yaml names a folder")
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0
