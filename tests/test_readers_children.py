import subprocess
import sys
import time
from pathlib import Path

import pytest

from errands import MIB, Errand, reasons
from loramake.readers.workers import Workers
from loramake.recipe.source import ReadingLimit


def is_running(pid):
    """Whether a process runs; one that ended and that nobody waits for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


ENDINGS = {
    "succeed": None,
    "spin": "timeout: more than 0.5 s of processor time (limit.seconds)",
    "sleep": "timeout: more than 5 s on the clock",
    "die": "reader_died: SIGSEGV",
    "be_killed": "reader_died: SIGKILL",
    "leave": "reader_died: exit 3",
    "raise_anything": "reader_died: exit 1",
    "fill_the_memory": "out_of_memory: more than 64 MiB (limit.memory_mb)",
    "fill_the_memory_at_once": "out of memory",
    "write_too_much": "File too large",
}


@pytest.fixture(scope="module")
def ended():
    """What each way to end comes to, when all of them are light, and when none is."""
    names = [(kind, light) for light in (False, True) for kind in ENDINGS]
    with Workers(2) as workers:
        workers.add(Errand(kind, kind, is_light=light) for kind, light in names)
        return {(errand.kind, errand.is_light): done for errand, done in workers.results()}


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")


@pytest.mark.parametrize("is_light", [False, True])
@pytest.mark.parametrize("kind", [pytest.param(k, marks=linux) if "memory" in k else k for k in ENDINGS])
def test_whatever_ends_a_process_is_the_reason_of_its_own_task_alone(ended, kind, is_light):
    assert ended[kind, is_light].reason == ENDINGS[kind]


def test_what_a_task_took_is_told(ended):
    assert 0.4 < ended["spin", False].seconds < 1.5
    assert ended["sleep", False].seconds < 0.3
    assert 32 * MIB < ended["fill_the_memory", False].memory < 70 * MIB
    assert ended["succeed", False].memory < 16 * MIB


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of threads under /proc")
def test_a_worker_that_forks_has_no_other_threads():
    assert reasons(Errand("a", "count_threads", ReadingLimit())) == {"a": "1"}


def test_processes_that_a_task_started_end_with_it(tmp_path):
    reasons(Errand("a", "leave_a_process_behind", ReadingLimit(), place=str(tmp_path)))
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_what_a_task_leaves_on_the_disk_is_removed(tmp_path):
    assert reasons(Errand("a", "leave_files_behind", place=str(tmp_path))) == {"a": "reader_died: SIGKILL"}
    assert not Path((tmp_path / "folder").read_text()).parent.exists()
    assert (tmp_path / "cleaned").exists()


def test_workers_end_with_the_process_that_they_work_for(tmp_path):
    (tmp_path / "main.py").write_text(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from errands import *\n"
        "def tell_and_sleep(errand, folder):\n"
        "    Path(errand.place, 'pids').write_text(f'{os.getpid()} {os.getppid()}')\n"
        "    time.sleep(60)\n"
        "import errands; errands.tell_and_sleep = tell_and_sleep\n"
        "if __name__ == '__main__':\n"
        f"    reasons(Errand('a', 'tell_and_sleep', ReadingLimit(), place={str(tmp_path)!r}))\n"
    )
    process = subprocess.Popen([sys.executable, str(tmp_path / "main.py")])
    pids = tmp_path / "pids"
    while not (pids.exists() and len(pids.read_text().split()) == 2):
        time.sleep(0.05)
    process.kill()
    process.wait()
    running = [int(pid) for pid in pids.read_text().split()]
    for _ in range(100):
        running = [pid for pid in running if is_running(pid)]
        if not running:
            return
        time.sleep(0.05)
    pytest.fail(f"{running} run on")
