import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from loramake.errors import StoreError
from loramake.files import read_json, write_json
from loramake.lock import KeyLock

HOLD = """
import pathlib, sys, time
from loramake.lock import KeyLock
with KeyLock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start_holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    with holder.stdout as stream:
        assert stream.readline() == "held\n"
    return holder


def test_a_lock_goes_away_with_its_block(tmp_path: Path):
    with KeyLock(tmp_path / "lock") as lock:
        assert lock.held()
        assert read_json(tmp_path / "lock")["pid"] == os.getpid()
    assert not (tmp_path / "lock").exists()


def test_a_living_holder_is_waited_for(tmp_path: Path):
    order = []

    def second() -> None:
        with KeyLock(tmp_path / "lock"):
            order.append("second")

    with KeyLock(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.5)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_killed_holder_is_recognised_at_once(tmp_path: Path):
    holder = start_holder(tmp_path / "lock")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with KeyLock(tmp_path / "lock") as lock:
        assert lock.held()


def test_a_dead_holder_that_nobody_has_waited_for_is_recognised_too(tmp_path: Path):
    holder = start_holder(tmp_path / "lock")
    holder.send_signal(signal.SIGKILL)
    with KeyLock(tmp_path / "lock") as lock:
        assert lock.held()
    holder.wait()


def test_a_holder_elsewhere_is_dead_when_it_no_longer_renews(tmp_path: Path):
    write_json(tmp_path / "lock", {"machine": "afar", "host": "afar", "pid": 1, "since": 0, "job": "7", "token": "x"})
    start = time.monotonic()
    with KeyLock(tmp_path / "lock", lease=1.0):
        assert time.monotonic() - start > 1.0


def test_a_holder_elsewhere_that_renews_is_waited_for(tmp_path: Path):
    path = tmp_path / "lock"
    write_json(path, {"machine": "afar", "host": "afar", "pid": 1, "since": 0, "job": "", "token": "x"})
    released = []

    def renew() -> None:
        for _ in range(12):
            time.sleep(0.2)
            os.utime(path)
        released.append(time.monotonic())
        path.unlink()

    thread = threading.Thread(target=renew)
    thread.start()
    with KeyLock(path, lease=1.0):
        assert released
    thread.join()


def test_who_lost_the_lock_is_told_so(tmp_path: Path):
    with KeyLock(tmp_path / "lock") as lock:
        write_json(tmp_path / "lock", {**lock.me, "token": "another"})
        with pytest.raises(StoreError, match="another process has taken over"):
            lock.check()
    assert (tmp_path / "lock").exists()


def test_many_waiters_hold_it_one_at_a_time(tmp_path: Path):
    code = (
        "import sys, time, pathlib; from loramake.lock import KeyLock\n"
        "p = pathlib.Path(sys.argv[1])\n"
        "for _ in range(5):\n"
        " with KeyLock(p / 'lock'):\n"
        "  f = p / 'busy'; f.touch(exist_ok=False); time.sleep(0.01); f.unlink()\n"
    )
    workers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(4)]
    assert [worker.wait() for worker in workers] == [0] * 4
