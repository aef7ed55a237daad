"""The ledger of a recipe: what its requests may cost and did cost, over all runs; JSON lines that are only appended.

A line is written before its request is sent, so that a run that is killed has paid for what was in flight. Runs of one
recipe share the file, a lock on it keeps their lines whole and their decisions apart. Lines are given to the system and
not waited for: a process that is killed loses none, a machine that loses its power may lose the last ones.
"""

import errno
import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from loramake.errors import StoreError

log = logging.getLogger(__name__)

BLOCK = 1 << 20
FOLDER = "spent"


def ledger_of(calls: Path, recipe: str) -> Path:
    """Where the ledger of a recipe lies, beside the journal in `calls`."""
    return calls / FOLDER / f"{recipe or 'unnamed'}.jsonl"


def bytes_per_token(calls: Path, model: str) -> float | None:
    """How many bytes of a request made one token of it, over all that `model` was asked; None before the first."""
    size = sent = 0.0
    for path in sorted((calls / FOLDER).glob("*.jsonl")):
        with Ledger(path) as ledger:
            ledger.look()
            more_size, more_sent = ledger.learnt.get(model, (0.0, 0.0))
            size, sent = size + more_size, sent + more_sent
    return size / sent if sent else None


class Ledger:
    """Sums of a ledger, in US dollars. For one thread at a time; many processes may share the file.

    `paid` is what answers cost; `open` has, by ticket, the most that requests may cost whose end nobody has written
    down: they are in flight, or were when their run was killed. `learnt` has, by model, the bytes of the requests that
    were answered, and the tokens that these were.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.paid = path, 0.0
        self.open: dict[str, float] = {}
        self.learnt: dict[str, tuple[float, float]] = {}
        self.torn = 0
        self._descriptor: int | None = None
        self._read, self._rest = 0, b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def counted(self) -> float:
        """What counts against a limit."""
        return self.paid + sum(self.open.values())

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone with the file, and up to date with it. Raises StoreError when it cannot be written."""
        try:
            descriptor = self._opened()
            # Where there are no locks, runs of one recipe at once may pass its limit together.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                self._follow(descriptor)
                yield
            finally:
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
        except OSError as error:
            raise StoreError(
                f"what a request costs cannot be written down: {error.strerror or error}",
                where=str(self.path),
                hint="make room, or make the folder writable, and run the same command again",
            ) from None

    def look(self) -> None:
        """Read what there is, without making the file."""
        if self._descriptor is not None or self.path.is_file():
            with self.held():
                pass

    def append(self, row: dict[str, Any]) -> None:
        """Write a row; within `held`."""
        line = ("\n" if self._rest else "") + json.dumps(row) + "\n"
        if os.write(self._opened(), line.encode("ascii")) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._follow(self._opened())

    def _opened(self) -> int:
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        return self._descriptor

    def _follow(self, descriptor: int) -> None:
        while block := os.pread(descriptor, BLOCK, self._read):
            self._read += len(block)
            *lines, self._rest = (self._rest + block).split(b"\n")
            for line in lines:
                self._note(line)

    def _note(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            usd = float(row["usd"])
            if not 0 <= usd < float("inf"):
                raise ValueError("no amount")
            if "take" in row:
                self.open[row["take"]] = usd
            else:
                self.open.pop(row["pay"], None)
                self.paid += usd
                if row["size"] and row["sent"] and "estimated" not in row:
                    size, sent = self.learnt.get(row["model"], (0.0, 0.0))
                    self.learnt[row["model"]] = (size + row["size"], sent + row["sent"])
        except (ValueError, KeyError, TypeError):
            self.torn += 1
            log.warning("%s: a line that was cut short", self.path)
