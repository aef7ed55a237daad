"""Limits of the process that reads a file, and what it means that one of them ended it."""

import contextlib
import math
import resource
import signal
import sys
from pathlib import Path

from loramake.recipe.source import ReadingLimit

WAIT = 10  # times as long on the clock as of processor time, for what waits and does not work

_before: int | None = None  # the memory of this process when its limits were set


def wait_of(limit: ReadingLimit) -> float:
    """How long the work on one file may take on the clock (seconds)."""
    return WAIT * limit.seconds


def set_limits(limit: ReadingLimit, most_bytes: int) -> None:
    """Bind this process, whose only thread this is, by `limit`; no file that it writes may exceed `most_bytes`.

    The kernel ends it where it works or waits too long, whatever its code swallows. Processes that it starts have the
    same limits, each for itself.
    """
    global _before
    _before = resident()
    for timer, late, seconds in (
        (signal.ITIMER_PROF, signal.SIGPROF, limit.seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, wait_of(limit)),
    ):
        signal.signal(late, signal.SIG_DFL)
        signal.setitimer(timer, seconds)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, math.ceil(limit.seconds) + 1)
    _lower(resource.RLIMIT_FSIZE, most_bytes)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, _mapped() + (limit.memory_mb << 20))


def _lower(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
        resource.setrlimit(kind, (value, value))


def _mapped() -> int:
    """The address space of this process (bytes)."""
    return _pages(0) * resource.getpagesize()


def _pages(kind: int) -> int:
    """A number of /proc/self/statm: how many pages are mapped, resident and so on, as in proc(5)."""
    return int(Path("/proc/self/statm").read_text().split()[kind])


def resident() -> int:
    """The memory of this process (bytes). Elsewhere than on Linux, the most that it ever had."""
    if sys.platform == "linux":
        return _pages(1) * resource.getpagesize()
    return peak(resource.getrusage(resource.RUSAGE_SELF))


def peak(usage: resource.struct_rusage) -> int:
    """The most memory that was resident (bytes); the kernel counts in KiB, that of macOS in bytes."""
    return usage.ru_maxrss if sys.platform == "darwin" else usage.ru_maxrss << 10


def grown() -> int:
    """By how much memory has grown since this process set its limits (bytes); 0 if it never did."""
    return 0 if _before is None else peak(resource.getrusage(resource.RUSAGE_SELF)) - _before


def is_filling(limit: ReadingLimit, grown: int) -> bool:
    """Whether memory that has `grown` so much may be what made the work fail: buffers grow by doubling."""
    return grown > limit.memory_mb << 19


def timeout(limit: ReadingLimit, *, waited: bool) -> str:
    """The reason of a file that took too long."""
    return (
        f"timeout: more than {wait_of(limit):g} s on the clock"
        if waited
        else f"timeout: more than {limit.seconds:g} s of processor time (limit.seconds)"
    )


def why_ended(status: int, limit: ReadingLimit, grown: int) -> str:
    """The reason of a file whose process ended with `status`, as of `os.wait`, after its memory had `grown`."""
    ended = os_signal(status)
    if ended in (signal.SIGPROF, signal.SIGXCPU):
        return timeout(limit, waited=False)
    if ended == signal.SIGALRM:
        return timeout(limit, waited=True)
    if is_filling(limit, grown):
        return out_of_memory(limit)
    return f"reader_died: {ended.name if ended else f'exit {status >> 8}'}"


def out_of_memory(limit: ReadingLimit) -> str:
    """The reason of a file that took too much memory."""
    return f"out_of_memory: more than {limit.memory_mb} MiB (limit.memory_mb)"


def os_signal(status: int) -> signal.Signals | None:
    """The signal that ended a process."""
    with contextlib.suppress(ValueError):
        return signal.Signals(status & 0x7F)
    return None
