"""What stands near a word: the places where a weak form means something."""

from collections.abc import Iterable, Iterator

from loramake.cleaning.words import Place


def windows(text: str, places: Iterable[Place], *, before: int = 0, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of `text` within reach of the words at `places`, which are in order; those that overlap become one.

    A word counts where it begins one, as in `userSsn`; a short one must be all of it.
    """
    last: tuple[int, int] | None = None
    for place, end, word in places:
        if not _counts(text, place, end, word):
            continue
        start, stop = (place - before if before else end), min(len(text), end + after)
        if last and start <= last[1]:
            last = (last[0], max(stop, last[1]))
            continue
        if last:
            yield last
        last = (max(0, start), stop)
    if last:
        yield last


def _counts(text: str, place: int, end: int, word: str) -> bool:
    inside = text[place - 1 : place].isalpha() and not text[place].isupper()
    return not inside and (len(word) > 4 or not text[end : end + 1].isalpha())
