"""JSON values: exact numbers, bounded depth, and lists of any length that are read value by value."""

import json
from collections.abc import Generator, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, TextIO

from loramake.errors import SourceError
from loramake.readers.long_texts import LONGEST, TOO_LONG

DEEPEST = 200  # the least that every Python can read is some 900
_PIECE = 2**20
_SPACE = " \t\n\r\ufeff"
_LITERAL = 16  # characters; the longest literal, escape or end of a number is shorter


def loads(text: str) -> Any:
    """The value of `text`: numbers with a fraction are Decimals, NaN and infinities null, which JSON has instead.

    A number that has thousands of digits is a string. Raises SourceError `bad_json` or `too_deep`.
    """
    try:
        value, end = _decoded(text, len(text) - len(text.lstrip(_SPACE)))
        if text[end:].strip(_SPACE):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        raise SourceError("bad_json", f"{error.msg}, line {error.lineno} column {error.colno}") from None
    return value


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The value that begins at `start`, and where it ends. Raises JSONDecodeError or SourceError `too_deep`."""
    try:
        try:
            value, end = _QUICK.raw_decode(text, start)
        except json.JSONDecodeError:
            raise
        except ValueError:
            value, end = _PATIENT.raw_decode(text, start)
    except RecursionError:
        raise _too_deep() from None
    if text.count("[", start, end) + text.count("{", start, end) > DEEPEST and _is_deep(value):
        raise _too_deep()
    return value, end


def _too_deep() -> SourceError:
    return SourceError("too_deep", f"more than {DEEPEST} lists and objects inside one another")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for children in inside for child in children if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _fraction(digits: str) -> Decimal | str:
    try:
        return Decimal(digits)
    except InvalidOperation:
        return digits


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


_QUICK = json.JSONDecoder(parse_float=_fraction, parse_constant=lambda _: None)
_PATIENT = json.JSONDecoder(parse_float=_fraction, parse_int=_integer, parse_constant=lambda _: None)


def records_of(stream: TextIO, at: str | None) -> Iterator[Any]:
    """The records in a text, as they are read: of its list, of the lists under the dotted key `at`, or itself.

    Values that follow upon one another, as in JSON lines, each count. Raises SourceError `bad_json`, `too_deep`,
    `too_big` (a single value) or `no_list`, at the record where it comes to that.
    """
    text = _Text(stream)
    lists = 0
    while text.next():
        if at is not None:
            lists += yield from _under(text, at)
        elif text.next() == "[":
            yield from text.items()
        else:
            yield text.value()
    if at is not None and not lists:
        raise SourceError("no_list", f"no list under '{at}'")


def _under(text: "_Text", at: str, depth: int = 0) -> Generator[Any, None, int]:
    """The items of the lists under `at` in the next value, or in each item of a list. Returns the number of lists."""
    lists = 0
    if depth == DEEPEST:
        raise _too_deep()
    if text.next() == "[":
        for _ in text.places("[]"):
            lists += yield from _under(text, at, depth + 1)
    elif text.next() == "{":
        for key in text.members():
            if key == at and text.next() == "[":
                lists += 1
                yield from text.items()
            elif at.startswith(f"{key}."):
                lists += yield from _under(text, at[len(key) + 1 :], depth + 1)
            else:
                text.skip()
    else:
        text.value()
    return lists


class _Text:
    """A window on a text: values are taken from its front, and it grows until the next one is whole."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._held = ""
        self._at = 0  # in what is held
        self._before = 0  # characters that are no longer held
        self._ended = False

    def next(self) -> str:
        """The next character that is no white space, which stays; "" at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _SPACE:
                    return self._held[self._at]
                self._at += 1
            if not self._grow():
                return ""

    def value(self) -> Any:
        """Take the next value."""
        self.next()
        while True:
            try:
                value, end = _decoded(self._held, self._at)
            except json.JSONDecodeError as error:
                if not (self._is_cut(error) and self._grow()):
                    raise self._bad(error.msg, error.pos) from None
                continue
            # A number near the end of what is held may go on.
            if end + _LITERAL < len(self._held) or not self._grow():
                self._at = end
                return value

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether more of the text may mend an error: of a string, or of a literal or an escape at the end."""
        return error.msg.startswith("Unterminated") or error.pos + _LITERAL >= len(self._held)

    def items(self) -> Iterator[Any]:
        """Take the next value, a list, item by item."""
        for _ in self.places("[]"):
            yield self.value()

    def members(self) -> Iterator[str]:
        """Take the next value, an object, member by member: whoever has a key takes its value."""
        for _ in self.places("{}"):
            if self.next() != '"':
                raise self._bad("Expecting property name enclosed in double quotes", self._at)
            key = self.value()
            self._expect(":")
            yield key

    def places(self, brackets: str) -> Iterator[None]:
        """Stop before each item between `brackets`, which has been taken by the next stop."""
        self._expect(brackets[0])
        if self.next() != brackets[1]:
            yield
            while self.next() == ",":
                self._at += 1
                yield
        self._expect(brackets[1])

    def skip(self) -> None:
        """Take the next value; a list or an object is not held as a whole."""
        if self.next() == "[":
            for _ in self.items():
                pass
        elif self.next() == "{":
            for _ in self.members():
                self.value()
        else:
            self.value()

    def _expect(self, character: str) -> None:
        if self.next() != character:
            raise self._bad(f"Expecting '{character}'", self._at)
        self._at += 1

    def _grow(self) -> bool:
        """Hold as much again; False at the end of the text."""
        if self._ended:
            return False
        size = len(self._held) - self._at
        if size >= LONGEST:
            raise SourceError("too_big", f"{TOO_LONG} in one value, from character {self._before + self._at + 1}")
        if not (piece := self._stream.read(max(_PIECE, size))):
            self._ended = True
            return False
        self._before, self._held, self._at = self._before + self._at, self._held[self._at :] + piece, 0
        return True

    def _bad(self, what: str, position: int) -> SourceError:
        return SourceError("bad_json", f"{what}, character {self._before + position + 1}")
