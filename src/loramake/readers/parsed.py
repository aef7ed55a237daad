"""What a reader gives: the parts of a file, and the parts that it had to refuse."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from loramake.errors import SourceError


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document in the making: `text` in the conventions of `loramake.records`, and what the file says about it.

    `part`, `offset`, `page`, `section`, `author`, `date` and `language` are as in `Document`; `meta` holds JSON values.
    """

    text: str
    part: str = ""
    offset: int | None = None
    page: int | None = None
    section: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """A part that gives no document; `part` is "" when it is the whole file. `reason` is `short_name: detail`."""

    part: str
    reason: str


Part = Parsed | Refused


@dataclass(frozen=True, slots=True)
class Reading:
    """What `reader` (name and version) made of one file."""

    reader: str
    parsed: list[Parsed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @classmethod
    def refusal(cls, reader: str, error: SourceError) -> "Reading":
        """The reading of a file that gives nothing at all."""
        return cls(reader, refused=[Refused("", f"{error.reason}: {error.what}")])

    @property
    def parts(self) -> Iterator[Part]:
        """The documents first, then what was refused."""
        yield from self.parsed
        yield from self.refused


@dataclass(frozen=True, slots=True)
class Stream:
    """What `reader` makes of one large file, part by part, so that no process ever holds all of it."""

    reader: str
    parts: Iterator[Part]

    def whole(self) -> Reading:
        """All of it at once."""
        reading = Reading(self.reader)
        for part in self.parts:
            if isinstance(part, Parsed):
                reading.parsed.append(part)
            else:
                reading.refused.append(part)
        return reading


def row_of(part: Part) -> dict[str, Any]:
    """JSON values whose strings are tidy; what a part leaves empty is left out."""
    values = ((name, getattr(part, name)) for name in part.__slots__)
    return {name: tidy(value) for name, value in values if value not in (None, {})}


def part_of(row: dict[str, Any]) -> Part:
    """The inverse of `row_of`."""
    return Refused(**row) if "reason" in row else Parsed(**row)


def tidy(value: Any) -> Any:
    """`value` as JSON can hold it, with null for NaN and the infinities.

    All strings have `\\n` for every newline, U+FFFD for every lone surrogate, and no NUL.
    """
    if isinstance(value, str):
        return _tidy_text(value)
    if isinstance(value, dict):
        return {_tidy_text(str(key)): tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _tidy_text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
