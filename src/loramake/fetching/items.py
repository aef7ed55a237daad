"""What a service gives, on its way into a snapshot."""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any, Protocol

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
MOST_PAGES = 100_000
_STEPS_BACK = 100


@dataclass(frozen=True)
class Item:
    """One thing of a service, which is kept in the file `name`.

    `version` changes when the thing does. `value` is None when the snapshot has this version already.
    """

    name: str
    version: str
    value: Any = None


@dataclass(frozen=True)
class Note:
    """What a service wants to know the next time: everything that came before this note is in the snapshot."""

    name: str
    value: str


class Known(Protocol):
    """What a service may ask about its snapshot."""

    notes: dict[str, str]
    lost: bool  # files that it had are not there: what notes say of the others does not hold for them

    def names(self) -> Set[str]:
        """The files in it."""

    def has(self, name: str, version: str) -> bool:
        """Whether it has this version of a file."""

    def version(self, name: str) -> str | None:
        """The version of a file; None if it is not there."""

    def read(self, name: str) -> Any:
        """What a file holds; None if it is not there or no JSON."""


class Service(Protocol):
    """A service that a snapshot is taken of."""

    @property
    def expected(self) -> int | None:
        """How many items will come, where that is known."""

    def items(self, known: Known) -> Iterator[Item | Note]:
        """Everything that the snapshot lacks; what it has may come along without its value."""

    def gone(self, known: Known) -> Iterable[str]:
        """The files of what the service no longer has; asked for after the items."""


def file_name(*parts: str) -> str:
    """The name of an item's file: its parts, where they are safe in a name; a digest stands for what is not."""
    whole = "-".join(parts)
    if _SAFE.fullmatch(whole):
        return f"{whole}.json"
    tidy = _UNSAFE.sub("-", whole).strip("-_")[:40] or "item"
    return f"{tidy}-{hashlib.sha256(whole.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.json"


def by_offset(
    ask: Callable[[int], tuple[list[Any], bool]], identity: Callable[[Any], Hashable] = lambda item: item["id"]
) -> Iterator[Any]:
    """Everything in a list that is paged by counting, each once, though the list may shrink on the way.

    `ask` gives the page at an offset, and whether there is more. A page begins with the last item of the one before:
    if that is not there, something before it is gone, others have moved up, and the reader steps back to known ground.
    Raises ValueError when the pages do not end.
    """
    seen: set[Hashable] = set()
    start, again, steps_back, idle = 0, False, 0, 0
    for _ in range(MOST_PAGES):
        page, more = ask(start)
        if again and page and identity(page[0]) not in seen and steps_back < _STEPS_BACK:
            start, steps_back = max(0, start - len(page)), steps_back + 1
            again = start > 0
            continue
        fresh = {identity(item): item for item in page if identity(item) not in seen}
        yield from fresh.values()
        seen |= fresh.keys()
        idle = 0 if fresh else idle + 1
        if not page or not more:
            return
        if idle > _STEPS_BACK:
            break
        again = len(page) > 1
        start += len(page) - again
    raise ValueError("the same page comes again and again")
