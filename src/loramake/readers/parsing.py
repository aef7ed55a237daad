"""One file -> its reading in the cache, within limits of time and memory."""

import logging
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from loramake.errors import DataError, LoramakeError, SourceError
from loramake.files import digest, sha256_file, write_json
from loramake.readers.formats import Format
from loramake.readers.parsed import Reading
from loramake.recipe.model import Source

SECONDS = 120.0  # of processor time, so that a busy machine drops no file that an idle one reads
_AGAIN = 5.0  # seconds; a library that swallows the first interruption gets another one
_MOST_BYTES = 2**30

_log = logging.getLogger(__name__)


class _TimeIsUp(BaseException):
    """Not an Exception: parsers swallow those."""


@dataclass(frozen=True)
class Job:
    """A file to read. `content` is its sha256, or the commit that a repository's branch leads to."""

    path: str
    content: str
    format: Format
    source: Source
    parsed: Path

    @property
    def target(self) -> Path:
        """Where the reading is kept: by content and reader, so that a renamed or copied file has it already."""
        key = digest([self.content, self.format.identity(self.source)])
        return self.parsed / self.content[:2] / f"{key}.json"


def parse(job: Job) -> str | None:
    """Read a file and keep what it gives, or why it gives nothing.

    Returns None, or `timeout` or `out_of_memory`, which are not kept: another machine may read the file.
    Raises DataError when the file is no longer the one that the build was planned with.
    """
    try:
        with limited(SECONDS):
            reading = _attempt(job)
    except (_TimeIsUp, subprocess.TimeoutExpired):
        reading, reason = None, f"timeout: more than {SECONDS:g} s"
    except MemoryError:
        reading, reason = None, "out_of_memory: more than this machine allows"
    check_unchanged(job.path, job.content, job.source)
    if reading is None:
        return reason
    write_json(job.target, reading.to_json())
    return None


def _attempt(job: Job) -> Reading:
    """The reading of a file. Whatever a parser raises on a hostile file becomes its reason."""
    path = Path(job.path)
    try:
        if path.is_file() and path.stat().st_size > _MOST_BYTES:
            raise SourceError("too_big", f"more than {_MOST_BYTES >> 20} MiB")
        return job.format.read(path, job.source)
    except SourceError as error:
        return Reading.refusal(job.format.name, error)
    except (LoramakeError, MemoryError, subprocess.TimeoutExpired):
        raise
    except RecursionError:
        return Reading.refusal(job.format.name, SourceError("too_deep", "nested too deeply"))
    except Exception as error:
        _log.info("%s: %s", job.path, type(error).__name__, exc_info=True)
        return Reading.refusal(job.format.name, SourceError("damaged", type(error).__name__))


def check_unchanged(path: str, content: str, source: Source) -> None:
    """Raise DataError unless the file at `path` has the sha256 `content`; a repository's commits never change."""
    try:
        if source.kind == "git" and Path(path).is_dir():
            return
        if sha256_file(Path(path)) == content:
            return
    except OSError:
        pass
    raise DataError("changed since the build was planned", where=path, hint="run the same command again")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt the block after `seconds` of processor time, where the platform and the thread can be interrupted."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise _TimeIsUp
