import os
import signal
import sys
import time

import pytest

from loramake.errors import DataError
from loramake.readers import workers
from loramake.readers.workers import finished

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are ended by signals here")
JOBS = [f"file {number}" for number in range(8)]


def read(_job):
    return f"{os.getpid()}"


def read_or_die(job):
    """What a parser written in C does on a bad day."""
    if job in ("file 2", "file 5"):
        os.kill(os.getpid(), signal.SIGKILL)


def read_or_raise(job):
    if job == "file 5":
        raise DataError("changed", where=job, hint="again")


def fill_the_memory(_job):
    try:
        return f"{len(bytearray(workers.MEMORY))} bytes"
    except MemoryError:
        return "out_of_memory"


@pytest.mark.parametrize(("jobs", "threads"), [(JOBS, 1), (JOBS[:3], 2), ([], 2)])
def test_a_handful_needs_no_other_process(jobs, threads):
    assert list(finished(read, jobs, threads)) == [(job, f"{os.getpid()}") for job in jobs]


def test_several_processes_do_every_job_once():
    results = list(finished(read, JOBS, 2))
    assert sorted(job for job, _ in results) == JOBS
    assert f"{os.getpid()}" not in {pid for _, pid in results}


def test_a_job_that_kills_its_process_takes_no_other_with_it():
    results = dict(finished(read_or_die, JOBS, 2))
    assert {job: why.split(":")[0] for job, why in results.items() if why} == dict.fromkeys(
        ["file 2", "file 5"], "reader_died"
    )
    assert sorted(results) == JOBS


def test_what_the_work_raises_is_raised():
    with pytest.raises(DataError) as raised:
        list(finished(read_or_raise, JOBS, 2))
    assert (raised.value.where, raised.value.hint) == ("file 5", "again")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_job_cannot_fill_the_memory():
    assert set(dict(finished(fill_the_memory, JOBS[:5], 2)).values()) == {"out_of_memory"}


def hang(job):
    if job == "file 3":
        time.sleep(60)


def test_a_process_that_hangs_ends_itself(capfd, monkeypatch):
    monkeypatch.setattr(workers, "SECONDS", 0.5)
    results = dict(finished(hang, JOBS[:5], 2))
    assert results == dict.fromkeys(JOBS[:5], None) | {"file 3": "timeout: more than 0.5 s"}
    assert "in hang" in capfd.readouterr().err
