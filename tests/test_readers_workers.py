import os
from collections import Counter

import pytest

from errands import Errand, reasons
from loramake.errors import DataError
from loramake.readers.workers import Workers
from loramake.recipe.source import ReadingLimit


@pytest.mark.parametrize("threads", [1, 2])
def test_every_task_has_a_process_of_its_own(threads):
    pids = set(reasons(*(Errand(f"{n}", "tell_process") for n in range(6)), threads=threads).values())
    assert len(pids) == 6
    assert f"{os.getpid()}" not in pids


def test_light_tasks_share_a_few():
    pids = Counter(reasons(*(Errand(f"{n}", "tell_process", is_light=True) for n in range(40))).values())
    assert 1 < len(pids) < 10


def test_no_more_workers_than_threads():
    assert len(set(reasons(*(Errand(f"{n}", "tell_worker") for n in range(8)), threads=2).values())) == 2


@pytest.mark.parametrize("kind", ["raise_error", "cannot_be_prepared"])
def test_what_a_task_raises_stops_everything(kind):
    with pytest.raises(DataError, match=r"changed\n  7\n  again|a package is missing"):
        reasons(*(Errand(f"{n}", "sleep", ReadingLimit()) for n in range(2)), Errand("7", kind), threads=3)


def test_the_end_of_a_worker_is_that_of_its_task():
    errands = [Errand(f"{n}", "succeed", is_light=True) for n in range(30)]
    errands[7] = Errand("7", "kill_the_worker", is_light=True)
    found = reasons(*errands)
    assert {name: reason for name, reason in found.items() if reason} == {"7": "reader_died: its worker ended"}
    assert len(found) == 30


def test_tasks_may_follow_from_results():
    with Workers(2) as workers:
        workers.add(Errand(f"{n}", "succeed") for n in range(3))
        names = []
        for errand, _ in workers.results():
            names.append(errand.name)
            workers.add_first([Errand(f"{errand.name}x", "succeed")] if len(errand.name) < 3 else [])
    assert sorted(names) == ["0", "0x", "0xx", "1", "1x", "1xx", "2", "2x", "2xx"]
