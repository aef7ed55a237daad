import signal

import pytest

from loramake.readers.limits import grown, is_filling, wait_of, why_ended
from loramake.recipe.source import ReadingLimit

LIMIT = ReadingLimit(seconds=2, memory_mb=100)
MIB = 2**20


@pytest.mark.parametrize(
    ("status", "memory", "reason"),
    [
        (signal.SIGPROF, 0, "timeout: more than 2 s of processor time (limit.seconds)"),
        (signal.SIGXCPU, 0, "timeout: more than 2 s of processor time (limit.seconds)"),
        (signal.SIGALRM, 0, "timeout: more than 20 s on the clock"),
        (signal.SIGSEGV, 10 * MIB, "reader_died: SIGSEGV"),
        (signal.SIGSEGV, 60 * MIB, "out_of_memory: more than 100 MiB (limit.memory_mb)"),
        (signal.SIGKILL, 60 * MIB, "out_of_memory: more than 100 MiB (limit.memory_mb)"),
        (signal.SIGABRT | 0x80, 0, "reader_died: SIGABRT"),
        (3 << 8, 0, "reader_died: exit 3"),
    ],
)
def test_what_ended_a_process_has_a_name(status, memory, reason):
    assert why_ended(status, LIMIT, memory) == reason


def test_waiting_may_take_longer_than_working():
    assert wait_of(LIMIT) == 20


def test_memory_is_filling_from_half_of_the_limit_on():
    assert [is_filling(LIMIT, size * MIB) for size in (49, 51)] == [False, True]


def test_a_process_without_limits_never_grows():
    assert grown() == 0
