import errno
import subprocess

import pytest

from loramake.errors import DataError, SourceError
from loramake.readers import limits
from loramake.readers.attempts import failure, is_final
from loramake.recipe.source import ReadingLimit

LIMIT = ReadingLimit(memory_mb=64)


def failing(error):
    def work():
        raise error

    return failure(work, LIMIT, "a.pdf")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SourceError("no_text", "a scan"), "no_text: a scan"),
        (RecursionError(), "too_deep: nested too deeply"),
        (KeyError("/Root at 0x7f"), "damaged: KeyError"),
        (AssertionError(), "damaged: AssertionError"),
        (OSError("not a gzip file"), "damaged: OSError"),
        (OSError(errno.EFBIG, "File too large"), "too_big: it grows to more than its limit (limit.output_mb)"),
        (OSError(errno.ENOSPC, "No space left on device"), "unreadable: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied"), "unreadable: Permission denied"),
        (MemoryError(), "out_of_memory: more than 64 MiB (limit.memory_mb)"),
        (subprocess.TimeoutExpired("git", 1), "timeout: more than 1200 s on the clock"),
    ],
)
def test_whatever_a_parser_raises_is_a_reason(error, reason):
    refused = failing(error)
    assert f"{refused.reason}: {refused.what}" == reason


def test_what_is_well_has_no_reason():
    assert failure(lambda: None, LIMIT, "a.pdf") is None


def test_what_concerns_more_than_the_file_is_raised():
    with pytest.raises(DataError, match="git is not installed"):
        failing(DataError("git is not installed"))


@pytest.mark.parametrize(
    ("reason", "final"),
    [("damaged", True), ("no_text", True), ("too_big", False), ("too_many_pages", False), ("out_of_memory", False)],
)
def test_what_a_limit_forbade_is_not_final(reason, final):
    assert is_final(SourceError(reason, ""), LIMIT) is final


@pytest.mark.parametrize(("grown", "final"), [(20, True), (40, False)])
def test_nothing_is_final_when_memory_runs_out(monkeypatch, grown, final):
    monkeypatch.setattr(limits, "grown", lambda: grown << 20)
    assert is_final(SourceError("damaged", "XMLSyntaxError"), LIMIT) is final
