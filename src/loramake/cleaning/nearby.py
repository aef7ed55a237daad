"""What stands near a word: the places where a weak form means something."""

from collections.abc import Iterable, Iterator


def windows(text: str, lowered: str, words: Iterable[str], *, before: int = 0, after: int) -> Iterator[tuple[int, int]]:
    """The stretches of `text` within reach of one of `words` (in small letters); those that overlap become one.

    A word counts where it begins one, as in `userSsn`; a short one must be all of it.
    """
    last: tuple[int, int] | None = None
    for place, end in sorted(_places(text, lowered, words)):
        start, stop = (place - before if before else end), min(len(text), end + after)
        if last and start <= last[1]:
            last = (last[0], max(stop, last[1]))
            continue
        if last:
            yield last
        last = (max(0, start), stop)
    if last:
        yield last


def _places(text: str, lowered: str, words: Iterable[str]) -> Iterator[tuple[int, int]]:
    for word in words:
        place = lowered.find(word)
        while place >= 0:
            end = place + len(word)
            inside = text[place - 1 : place].isalpha() and not text[place].isupper()
            if not inside and (len(word) > 4 or not text[end : end + 1].isalpha()):
                yield place, end
            place = lowered.find(word, end)
