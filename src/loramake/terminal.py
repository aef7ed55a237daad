"""Where a job talks: a few lines to whoever watches, everything else to its log."""

import logging
import os
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

from loramake.errors import LoramakeError

PROGRESS_SECONDS = 5.0


class Terminal:
    """A context in which standard output and error go to `log`, if there is one, and `say` still reaches who watches.

    Errors are told in their three lines, their origin is in the log, and the process ends with 1. Our own log lines are
    progress: one is shown now and then, when somebody watches at a terminal.
    """

    def __init__(self, name: str, log: Path | None) -> None:
        self.name, self.log = name, log
        self._screen = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")

    def __enter__(self) -> Self:
        if self.log is not None:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("ab") as stream:
                os.dup2(stream.fileno(), 1)
                os.dup2(stream.fileno(), 2)
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
        if self.log is not None and self._screen.isatty():
            logging.getLogger("loramake").addHandler(_Progress(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        traceback.print_exception(kind, error, trace)
        if isinstance(error, LoramakeError):
            self.say(str(error))
        elif isinstance(error, Exception):
            where = f"\n  where it happened is in {self.log}" if self.log else ""
            self.say(f"an error of loramake's own, {type(error).__name__}: {str(error)[:300]}{where}")
        sys.exit(1)

    def say(self, text: str) -> None:
        """A line to whoever watches."""
        print(f"{self.name}: {text}", file=self._screen, flush=True)


class _Progress(logging.Handler):
    """Shows a line every few seconds."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.INFO)
        self.terminal, self.last = terminal, time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() - self.last > PROGRESS_SECONDS or record.levelno > logging.INFO:
            self.last = time.monotonic()
            self.terminal.say(record.getMessage())
