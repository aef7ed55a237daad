"""Results between two passes: on the disk, one after the other, and any of them at hand."""

import json
import pickle
import tempfile
from array import array
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, Self

from loramake.cleaning.judge import Order
from loramake.cleaning.lines import Cleaned


class Spool:
    """What became of each document, in a file in `folder` that goes with the block; eight bytes of memory each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._starts = array("q")

    def __enter__(self) -> Self:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=self._folder)
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def append(self, result: Cleaned) -> None:
        """Keep one more result; its digests are left out."""
        self._starts.append(self._file.tell())
        pickle.dump((result.line, result.reason, result.changed, (), result.masked), self._file, protocol=5)

    def __iter__(self) -> Iterator[Cleaned]:
        self._file.seek(0)
        for start in self._starts:
            if self._file.tell() != start:  # somebody looked at another one meanwhile
                self._file.seek(start)
            yield Cleaned(*pickle.load(self._file))

    def _row(self, position: int) -> dict[str, str]:
        self._file.seek(self._starts[position])
        row: dict[str, str] = json.loads(pickle.load(self._file)[0])
        return row

    def order(self, position: int) -> Order:
        """What a document is sorted by: source, path, part and id."""
        row = self._row(position)
        return row["source"], row["path"], row["part"], row["id"]

    def name(self, position: int) -> str:
        """The id of a document."""
        return self._row(position)["id"]


class Lines:
    """The lines of a file, by their number from 0; where they begin is found out at the first question."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _starts(self) -> "array[int]":
        starts = array("q", [0])
        with self._path.open("rb") as stream:
            for line in stream:
                starts.append(starts[-1] + len(line))
        return starts

    def __getitem__(self, number: int) -> bytes:
        with self._path.open("rb") as stream:
            stream.seek(self._starts[number])
            return stream.readline()
