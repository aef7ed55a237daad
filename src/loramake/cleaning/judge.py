"""Duplicates: which documents go because another one says the same, whatever their order and whoever cleaned them.

Of two that say the same, the one that stands first by source, path, part and id is kept. A near-duplicate goes only if
it is one of a document that is kept: similarity is not handed on from one to the next.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from loramake.cleaning.shingles import BANDS, Numbers, jaccard
from loramake.recipe.cleaning import Step

Order = tuple[str, str, str, str]
_LARGEST = 200  # documents that share a band; in larger groups each is compared with the first ones alone


class Judge:
    """Gathers what each document said when it came to each `deduplicate`, and tells which ones go.

    Memory is some 200 bytes for each document and near-duplicate step, 24 for each exact one.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._rounds = [(number, step) for number, step in enumerate(steps) if step.deduplicate]
        self._digests: list[bytearray] = [bytearray() for _ in self._rounds]
        self._widths = [8 * BANDS if step.near else 16 for _, step in self._rounds]
        self._came: list[list[int]] = [[] for _ in self._rounds]

    def add(self, position: int, digests: Sequence[bytes]) -> None:
        """Take note of document number `position`, which came as far as it has `digests`."""
        for round_, digest in enumerate(digests):
            if len(digest) == self._widths[round_]:
                self._came[round_].append(position)
                self._digests[round_] += digest

    def verdicts(
        self, order: Callable[[int], Order], runs: Callable[[int, int], Numbers], name: Callable[[int], str]
    ) -> dict[int, tuple[int, str]]:
        """The number of the step that drops a document, and the reason, by the document's position.

        `order` gives what a document is sorted by, `runs(position, step)` the runs of words that it had when it came to
        a step, `name` the id that a duplicate names.
        """
        gone: dict[int, tuple[int, str]] = {}
        for round_, (step, about) in enumerate(self._rounds):
            pairs = self._near(round_) if about.near else self._exact(round_)
            reason = "near_duplicate" if about.near else "duplicate"
            for later, first in self._dropped(pairs, gone, order, runs, step, about.near):
                gone[later] = (step, f"{reason}: {name(first)}")
        return gone

    def _exact(self, round_: int) -> Iterator[list[int]]:
        """Groups of documents that say the same."""
        digests = np.frombuffer(bytes(self._digests[round_]), "V16")
        yield from _groups(digests.view(np.uint64).reshape(-1, 2), np.array(self._came[round_], np.int64))

    def _near(self, round_: int) -> Iterator[list[int]]:
        """Groups of documents that share a band."""
        signatures = np.frombuffer(bytes(self._digests[round_]), "<u8").reshape(-1, BANDS)
        came = np.array(self._came[round_], np.int64)
        for band in range(BANDS):
            yield from _groups(signatures[:, band : band + 1], came)

    def _dropped(
        self,
        groups: Iterator[list[int]],
        gone: dict[int, tuple[int, str]],
        order: Callable[[int], Order],
        runs: Callable[[int, int], Numbers],
        step: int,
        threshold: float | None,
    ) -> Iterator[tuple[int, int]]:
        """The documents that go, each with the one that stays for it."""
        found = _Similar(lambda position: runs(position, step), threshold) if threshold else None
        earlier: dict[int, list[int]] = defaultdict(list)
        for group in groups:
            left = sorted((position for position in group if position not in gone), key=order)
            for first, later in _pairs(left):
                if first not in earlier[later] and (found is None or found(first, later)):
                    earlier[later].append(first)
        kept_out: set[int] = set()
        for later in sorted((position for position in earlier if earlier[position]), key=order):
            staying = [first for first in earlier[later] if first not in kept_out]
            if staying:
                kept_out.add(later)
                yield later, min(staying, key=order)


def _pairs(positions: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs of a group; of a large one, each of it with the first ones."""
    if len(positions) <= _LARGEST:
        yield from combinations(positions, 2)
        return
    for number, first in enumerate(positions[:3]):
        yield from ((first, later) for later in positions[number + 1 :])


class _Similar:
    """Whether two documents are similar; each pair is compared once, and few documents are held."""

    def __init__(self, runs: Callable[[int], Numbers], threshold: float) -> None:
        self._runs, self._threshold = runs, threshold
        self._held: dict[int, Numbers] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def __call__(self, one: int, other: int) -> bool:
        if (one, other) not in self._known:
            self._known[one, other] = jaccard(self._of(one), self._of(other)) >= self._threshold
        return self._known[one, other]

    def _of(self, position: int) -> Numbers:
        if position not in self._held:
            if len(self._held) >= 256:
                del self._held[next(iter(self._held))]
            self._held[position] = self._runs(position)
        return self._held[position]


def _groups(rows: np.ndarray, positions: np.ndarray) -> Iterator[list[int]]:
    """The positions whose rows are equal, where there are two or more."""
    if len(rows) < 2:
        return
    sorting = np.lexsort(rows.T[::-1])
    ordered = rows[sorting]
    edges = np.flatnonzero(np.any(ordered[1:] != ordered[:-1], axis=1)) + 1
    for start, end in zip(np.r_[0, edges], np.r_[edges, len(ordered)], strict=True):
        if end - start > 1:
            yield [int(position) for position in positions[sorting[start:end]]]
