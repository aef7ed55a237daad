"""One builder a key: a lock that outlives nobody.

The lock is a file, made by a hard link, which is atomic on network file systems too. It names its holder. A holder on
this machine is dead when its process is gone; one elsewhere when it has not renewed the lock for `LEASE_SECONDS`, by
the clock of whoever waits.
"""

import fcntl
import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import psutil

from loramake.errors import StoreError
from loramake.files import read_json

LEASE_SECONDS = 120.0
RENEW_SECONDS = 10.0
LOOK_SECONDS = 0.2
# The start of a process is told by the wall clock, which may be corrected a little.
CLOCK_SECONDS = 2.0

log = logging.getLogger(__name__)


def _machine() -> str:
    """This machine since its last start, and this space of process numbers in it."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _holder() -> dict[str, Any]:
    process = psutil.Process()
    return {
        "machine": _machine(),
        "host": socket.gethostname(),
        "pid": process.pid,
        "since": process.create_time(),
        "job": os.environ.get("SLURM_JOB_ID", ""),
        "token": uuid.uuid4().hex,
    }


class KeyLock:
    """The lock at `path`, as a context. Waits as long as a living process holds it."""

    def __init__(self, path: Path, lease: float = LEASE_SECONDS) -> None:
        self.path, self.lease = path, lease
        self.me = _holder()
        self._released = threading.Event()

    def __enter__(self) -> Self:
        watch = _Watch(self.lease)
        while not self._take():
            holder = self._read()
            if holder is None:
                continue
            if watch.is_dead(holder, self.path):
                self._remove(holder)
                continue
            if watch.first_look:
                job = f", job {holder['job']}" if holder.get("job") else ""
                log.info("waiting for process %s on %s%s, which builds this", holder["pid"], holder["host"], job)
                watch.first_look = False
            time.sleep(LOOK_SECONDS)
        self._beat = threading.Thread(target=self._renew, daemon=True)
        self._beat.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._beat.join()
        if self.held():
            self.path.unlink(missing_ok=True)

    def held(self) -> bool:
        """Whether the lock is still ours: a machine that slept for longer than the lease may have lost it."""
        holder = self._read()
        return holder is not None and holder["token"] == self.me["token"]

    def check(self) -> None:
        """Raise StoreError when the lock has gone to somebody else."""
        if not self.held():
            raise StoreError("another process has taken over this key", where=str(self.path), hint="leave it to finish")

    def _take(self) -> bool:
        mine = self.path.with_name(f".lock.{self.me['token']}")
        mine.write_text(json.dumps(self.me), encoding="utf-8")
        try:
            os.link(mine, self.path)
        except FileExistsError:
            return False
        finally:
            mine.unlink()
        return True

    def _read(self) -> dict[str, Any] | None:
        with suppress(FileNotFoundError):
            holder: dict[str, Any] = read_json(self.path)
            return holder
        return None

    def _remove(self, dead: dict[str, Any]) -> None:
        """Remove the lock of a dead holder, unless somebody else was quicker and it is another's by now."""
        with _alone(self.path.with_name(".lock.guard")):
            holder = self._read()
            if holder is not None and holder["token"] == dead["token"]:
                log.info("process %s on %s died while it built this; going on from there", dead["pid"], dead["host"])
                self.path.unlink(missing_ok=True)

    def _renew(self) -> None:
        while not self._released.wait(min(RENEW_SECONDS, self.lease / 4)):
            with suppress(OSError):
                os.utime(self.path)


class _Watch:
    """What one waiter has seen of a holder."""

    def __init__(self, lease: float) -> None:
        self.lease = lease
        self.first_look = True
        self.seen: tuple[str, int] = ("", 0)
        self.at = 0.0

    def is_dead(self, holder: dict[str, Any], path: Path) -> bool:
        if holder["machine"] == _machine():
            try:
                process = psutil.Process(holder["pid"])
                other = abs(process.create_time() - holder["since"]) > CLOCK_SECONDS
                return other or process.status() == psutil.STATUS_ZOMBIE
            except psutil.NoSuchProcess:
                return True
        with suppress(FileNotFoundError):
            seen = (holder["token"], path.stat().st_mtime_ns)
            if seen != self.seen:
                self.seen, self.at = seen, time.monotonic()
        return time.monotonic() - self.at > self.lease


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, where the file system can lock; the rest of the protocol holds where it cannot."""
    with path.open("w") as stream:
        with suppress(OSError):
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
