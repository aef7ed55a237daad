"""What a reader gives: the parts of a file, and the parts that it had to refuse."""

from dataclasses import asdict, dataclass, field
from typing import Any

from loramake.errors import SourceError


@dataclass(frozen=True, slots=True)
class Parsed:
    """One document in the making: `text` in the conventions of `loramake.records`, and what the file says about it.

    `part`, `page`, `section`, `author`, `date` and `language` are as in `Document`; `meta` holds JSON values.
    """

    text: str
    part: str = ""
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

    def to_json(self) -> dict[str, Any]:
        """JSON values whose strings are tidy."""
        return {str(key): tidy(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reading":
        """The inverse of `to_json`."""
        return cls(
            value["reader"],
            [Parsed(**parsed) for parsed in value["parsed"]],
            [Refused(**refused) for refused in value["refused"]],
        )


def tidy(value: Any) -> Any:
    """`value`; all its strings have `\\n` for every newline, U+FFFD for every lone surrogate, and no NUL."""
    if isinstance(value, str):
        return _tidy_text(value)
    if isinstance(value, dict):
        return {_tidy_text(str(key)): tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    return value


def _tidy_text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
