"""Masking: what must not be learnt becomes `<EMAIL_1>`, `<PHONE_1>`, `<PASSWORD_1>`, and so on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from loramake.cleaning.finders import FINDERS, PLACEHOLDER, ROUNDS
from loramake.cleaning.found import Found
from loramake.globs import as_regex
from loramake.recipe.cleaning import Mask


class Masker:
    """Masks the texts of one document: the same value gets the same number in each of them.

    `counts` is how many places were masked, by kind. Numbers go on after the highest that a text brings along.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._numbers: dict[str, dict[str, int]] = {kind: {} for kind in FINDERS}
        self._last: Counter[str] = Counter()

    def note(self, text: str) -> None:
        """Take up the numbers that a text brings along."""
        for kind, number in PLACEHOLDER.findall(text) if "<" in text else ():
            self._last[kind.lower()] = max(self._last[kind.lower()], int(number))

    def mask(self, text: str, about: Mask) -> str:
        """`text` with a placeholder for everything that the rules of `about` find in it and its globs do not allow.

        Masking twice is masking once. Time is linear in the length of `text`.
        """
        self.note(text)
        for _ in range(ROUNDS):
            before = text
            for kind in FINDERS:
                if kind in about.rules:
                    text = self._replaced(text, kind, _unwanted(kind, text, about))
            if text == before:
                break
        return text

    def mask_value(self, value: Any, about: Mask, name: str = "") -> Any:
        """`value` (JSON) with every string in it masked; `name`, its key, may tell what it is, as `phone` does."""
        if isinstance(value, dict):
            return {key: self.mask_value(entry, about, str(key)) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.mask_value(entry, about, name) for entry in value]
        if not isinstance(value, str) or not value:
            return value
        masked = self.mask(value, about)
        named = self.mask(f"{name}: {masked}", about)
        return named.removeprefix(f"{name}: ") if named.startswith(f"{name}: ") else masked

    def _replaced(self, text: str, kind: str, found: Iterable[Found]) -> str:
        parts: list[str] = []
        position = 0
        for start, end, value in _merged(found):
            parts += [text[position:start], f"<{kind.upper()}_{self._number(kind, value)}>"]
            position = end
            self.counts[kind] += 1
        return "".join([*parts, text[position:]]) if parts else text

    def _number(self, kind: str, value: str) -> int:
        numbers = self._numbers[kind]
        if value not in numbers:
            self._last[kind] += 1
            numbers[value] = self._last[kind]
        return numbers[value]


def _unwanted(kind: str, text: str, about: Mask) -> Iterable[Found]:
    """What the finder of `kind` finds and nothing allows."""
    found = FINDERS[kind](text)
    if not about.allow:
        return found
    allowed = _allowed(tuple(about.allow))
    return (entry for entry in found if not any(glob.fullmatch(entry.value) for glob in allowed))


@cache
def _allowed(globs: tuple[str, ...]) -> list[re.Pattern[str]]:
    """What may stay, whatever case it is written in."""
    return [re.compile(as_regex(glob).pattern.replace("[^/]", "."), re.IGNORECASE | re.DOTALL) for glob in globs]


def _merged(found: Iterable[Found]) -> Iterator[Found]:
    """`found` in the order of the text; those that overlap become one."""
    last: Found | None = None
    for entry in sorted(found, key=lambda entry: (entry.start, -entry.end)):
        if last and entry.start < last.end:
            last = Found(last.start, max(last.end, entry.end), last.value)
            continue
        if last:
            yield last
        last = entry
    if last:
        yield last
