"""What an animal of the zoo is, and the list of them all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Maker = Callable[[Path, "Cage"], None]
CANARY = "canary-7d1f-sings-outside"


@dataclass(frozen=True)
class Cage:
    """Where animals are made. `outside` is a file that nobody may read, and `url` an address that nobody may ask."""

    outside: Path
    url: str


@dataclass(frozen=True)
class Animal:
    """A file for a source of `kind`, made by `make` at a path that ends in `file`.

    `reasons` are all those that it, or a part of it, is dropped for. It gives a document if there are none, or if
    `speaks` says so.
    """

    file: str
    reasons: frozenset[str]
    make: Maker
    kind: str
    speaks: bool


ANIMALS: list[Animal] = []


def animal(*files: str, reason: str | None, kind: str = "files", speaks: bool = False) -> Callable[[Maker], Maker]:
    """Put what the function makes into the zoo, as each of `files`; `reason` is one, or several with spaces between."""

    def register(make: Maker) -> Maker:
        reasons = frozenset((reason or "").split())
        ANIMALS.extend(Animal(file, reasons, make, kind, speaks or not reasons) for file in files)
        return make

    return register
