"""What a command and all that it starts take: CPU seconds, seconds, and memory at its highest. Linux alone."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Taken:
    """`largest` and `tree` are megabytes (10^6) of resident memory: of the largest process, and of all at one moment.

    In `tree` what processes share counts once for each of them. `error` says what went wrong, if anything did.
    """

    cpu: float
    wall: float
    largest: float
    tree: float
    error: str = ""


def measured(command: Sequence[str], folder: Path, seconds: float, environment: dict[str, str]) -> Taken:
    """Run `command` in `folder` for at most `seconds`; what it prints goes to `log.txt` there."""
    begin = time.monotonic()
    largest = tree = 0.0
    error = ""
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment, start_new_session=True)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        sizes = [_memory(each) for each in _family(process.pid)]
        largest = max(largest, *(peak for _, peak in sizes))
        tree = max(tree, sum(now for now, _ in sizes))
        if not error and time.monotonic() - begin > seconds:
            error = f"stopped after {seconds:.0f} s"
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode and not error:
        error = f"failed: {_last_line(folder / 'log.txt')}"
    # Of a process that was killed, the children's time is lost.
    return Taken(usage.ru_utime + usage.ru_stime, time.monotonic() - begin, largest, tree, error)


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(below for child in children for below in _family(int(child)))]


def _memory(pid: int) -> tuple[float, float]:
    """Resident memory of a process now and at its highest, in megabytes; nothing if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Vm")}
    return sizes.get("VmRSS", 0.0), sizes.get("VmHWM", 0.0)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:100] if lines else "it said nothing"
