"""Runs of words as numbers: what near-duplicates and evaluation sets are found by.

A word is a run of letters and digits in lower case; everything else only parts words. Numbers are the first eight bytes
of a BLAKE2b digest, so that they are the same on every machine.
"""

import re
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

SHINGLE = 5  # words
_WORD = re.compile(r"[^\W_]+")
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: the multiplier of Fibonacci hashing (Knuth, TAOCP 6.4)
_SHIFT = np.uint64(29)


def shingles(text: str, width: int = SHINGLE) -> Numbers:
    """The distinct runs of `width` words of `text`, sorted; one run of all its words where there are fewer."""
    words = np.fromiter(map(_number, _WORD.findall(text.lower())), np.uint64)
    if not len(words):
        return words
    width = min(width, len(words))
    runs = np.zeros(len(words) - width + 1, np.uint64)
    for place in range(width):
        runs = _mixed(runs ^ words[place : place + len(runs)])
    return np.unique(runs)


@lru_cache(maxsize=200_000)
def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(numbers: Numbers) -> Numbers:
    """Each number scattered over all 64 bits; multiplication overflows on purpose."""
    numbers = (numbers ^ (numbers >> _SHIFT)) * _MIX
    return numbers ^ (numbers >> _SHIFT)


def jaccard(one: Numbers, other: Numbers) -> float:
    """The share of runs that two texts have in common: |A and B| / |A or B|; 0 where neither has any."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    union = len(one) + len(other) - common
    return common / union if union else 0.0


# Twenty bands of six: two documents with a Jaccard similarity of 0.85 share one with a probability of 0.9999, of 0.8
# with 0.998, of 0.5 with 0.27 (1 - (1 - s^6)^20; Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, 3.4).
BANDS, ROWS = 20, 6
_PRIME = np.uint64((1 << 31) - 1)


def _coefficients() -> tuple[Numbers, Numbers]:
    """Of BANDS * ROWS functions (a x + b) mod 2^31 - 1: made from digests, so that they are the same everywhere."""
    drawn = [_number(f"minhash {number}") for number in range(2 * BANDS * ROWS)]
    a, b = (np.array(half, np.uint64) % _PRIME for half in (drawn[: BANDS * ROWS], drawn[BANDS * ROWS :]))
    return np.maximum(a, np.uint64(1)), b


_A, _B = _coefficients()
_BLOCK = 4096


def bands(numbers: Numbers) -> bytes:
    """The MinHash signature of a text's runs, folded into BANDS numbers of eight bytes; b"" for a text without words.

    Two texts that have any of them in common may be near-duplicates (Broder 1997; Indyk and Motwani 1998).
    """
    if not len(numbers):
        return b""
    lowest = np.full(BANDS * ROWS, np.iinfo(np.uint64).max, np.uint64)
    reduced = numbers % _PRIME
    for start in range(0, len(reduced), _BLOCK):
        block = reduced[start : start + _BLOCK]
        lowest = np.minimum(lowest, ((block[:, None] * _A + _B) % _PRIME).min(axis=0))
    folded = np.zeros(BANDS, np.uint64)
    for row in lowest.reshape(BANDS, ROWS).T:
        folded = _mixed(folded ^ row)
    return folded.astype("<u8").tobytes()
