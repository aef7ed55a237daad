"""What the finders of `mask` give."""

from typing import NamedTuple


class Found(NamedTuple):
    """Something to mask at `start:end`; two places with the same `value` are the same thing."""

    start: int
    end: int
    value: str
