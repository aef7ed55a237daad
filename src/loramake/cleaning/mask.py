"""Masking: what must not be learnt becomes `<EMAIL_1>`, `<PHONE_1>`, `<SECRET_1>`, and so on."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from loramake.cleaning.emails import find_emails
from loramake.cleaning.found import Found
from loramake.cleaning.phones import find_phones
from loramake.cleaning.secrets import find_secrets

# Secrets first: the password of a URL looks like the beginning of an address.
_FINDERS: dict[str, Callable[[str], Iterable[Found]]] = {
    "secret": find_secrets,
    "email": find_emails,
    "phone": find_phones,
}
_PLACEHOLDER = re.compile(r"<(EMAIL|PHONE|SECRET)_([0-9]{1,6})>")


class Masker:
    """Masks the texts of one document: the same value gets the same number in each of them.

    `counts` is how many places were masked, by kind. Numbers go on after the highest that a text brings along.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._numbers: dict[str, dict[str, int]] = {kind: {} for kind in _FINDERS}
        self._last: Counter[str] = Counter()

    def mask(self, text: str, kinds: Iterable[str]) -> str:
        """`text` with a placeholder for everything of `kinds` (email, phone, secret) that is found in it.

        Masking twice is masking once. Time is linear in the length of `text`.
        """
        for kind, number in _PLACEHOLDER.findall(text):
            self._last[kind.lower()] = max(self._last[kind.lower()], int(number))
        for kind, find in _FINDERS.items():
            if kind in kinds:
                text = self._replaced(text, kind, find(text))
        return text

    def mask_value(self, value: Any, kinds: Iterable[str], name: str = "") -> Any:
        """`value` (JSON) with every string in it masked; `name`, its key, may tell what it is, as `phone` does."""
        if isinstance(value, dict):
            return {key: self.mask_value(entry, kinds, str(key)) for key, entry in value.items()}
        if isinstance(value, list):
            return [self.mask_value(entry, kinds, name) for entry in value]
        if not isinstance(value, str) or not value:
            return value
        masked = self.mask(value, kinds)
        named = self.mask(f"{name}: {masked}", kinds)
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
