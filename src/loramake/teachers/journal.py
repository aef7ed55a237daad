"""The journal of paid answers: append-only JSON lines, a file for each process, so no locks between processes.

A line is on the disk before its answer is used: whoever is killed, at any moment, pays again for nothing but
what was in flight. Neither keys nor headers nor requests go in, only digests of requests and the answers.
Files are never rewritten nor joined: another process may be reading one, and a file more costs an `open` at the start.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from loramake.errors import StoreError
from loramake.files import canonical_json
from loramake.teachers.calls import Answer

log = logging.getLogger(__name__)

START_BITS = 44
START = (1 << START_BITS) - 1
LINE = re.compile(rb'\{"call": "([0-9a-f]{64})", .*\}\n', re.DOTALL)


def identify(request: Any) -> str:
    """The name of a call: the sha256 of what is sent, in canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(request).encode("utf-8", "surrogatepass")).hexdigest()


class Journal:
    """Answers by call. Safe to use from many threads; many processes may share the folder.

    Memory holds places, not answers: about 120 MB for a million of them. `torn` counts lines that a kill cut short:
    those answers are asked for again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.torn = folder, 0
        # The number of the file, and the byte in it: one int for both takes a third of the memory.
        self._places: dict[bytes, int] = {}
        self._files: list[Path] = []
        self._stream: IO[bytes] | None = None
        self._path = folder / f"{_host()}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._writing, self._syncing = threading.Lock(), threading.Lock()
        self._end = self._safe = 0
        for path in sorted(folder.glob("*.jsonl")):
            self._read(path)
        log.info("journal: %d answers in %s, %d torn lines", len(self._places), folder, self.torn)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, call: str) -> bool:
        return bytes.fromhex(call) in self._places

    def find(self, call: str) -> Answer | None:
        """The answer to a call, if there is one that can be read."""
        place = self._places.get(bytes.fromhex(call))
        if place is None:
            return None
        path, start = self._files[place >> START_BITS], place & START
        try:
            with path.open("rb") as stream:
                stream.seek(start)
                kept = json.loads(stream.readline())["answer"]
            return Answer(content=kept["content"], finish_reason=kept["finish_reason"], usage=kept["usage"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("journal: %s, byte %d: unreadable, asked again: %s", path, start, error)
            return None

    def keep(self, call: str, answer: Answer, *, attempt: int = 0) -> None:
        """Write down the answer to the `attempt`th try of a call, counted from 0.

        Returns when it is on the disk; raises StoreError when it cannot be put there.
        """
        kept = {"content": answer.content, "finish_reason": answer.finish_reason, "usage": answer.usage}
        row = {"call": call, "answer": kept, "attempt": attempt, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        line = json.dumps(row).encode("ascii") + b"\n"
        try:
            with self._writing:
                start = self._end
                self._open().write(line)
                self._end = end = start + len(line)
            self._sync(end)
        except OSError as error:
            raise StoreError(
                f"an answer cannot be written down: {error.strerror or error}",
                where=str(self._path),
                hint="make room, or make the folder writable, and run the same command again",
            ) from None
        self._places[bytes.fromhex(call)] = self._number << START_BITS | start

    def _open(self) -> IO[bytes]:
        if self._stream is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("xb")
            _sync_folder(self.folder)
            self._number = len(self._files)
            self._files.append(self._path)
        return self._stream

    def _sync(self, end: int) -> None:
        # One fsync serves every line written while the one before it ran.
        with self._syncing:
            if self._safe >= end:
                return
            with self._writing:
                stream, reached = self._open(), self._end
                stream.flush()
            os.fsync(stream.fileno())
            self._safe = reached

    def _read(self, path: Path) -> None:
        start, file = 0, len(self._files) << START_BITS
        self._files.append(path)
        with path.open("rb") as stream:
            for line in stream:
                if match := LINE.fullmatch(line):
                    self._places[bytes.fromhex(match[1].decode())] = file | start
                else:
                    self.torn += 1
                start += len(line)


def _sync_folder(folder: Path) -> None:
    # The name of a new file is on the disk when its folder is; some file systems have no such thing.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _host() -> str:
    return re.sub(r"[^A-Za-z0-9.]", "_", socket.gethostname())[:40] or "host"
