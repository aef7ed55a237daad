"""A standalone Spark cluster on loopback, from the pip package: a master and two workers, each a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

START = 120  # seconds


def missing() -> str:
    """Why no cluster can be started here; "" if one can."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "Spark needs the extra 'spark'"
    return "" if shutil.which("java") else "Spark needs Java"


class Cluster:
    """The processes of a cluster whose logs and work are under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"spark://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, workers: int = 2) -> None:
        deploy = "org.apache.spark.deploy"
        here = ["--host", "127.0.0.1", "--webui-port", str(free_port())]
        self.master = self._spawn("master", f"{deploy}.master.Master", "--port", str(self.port), *here)
        self._wait("master", "I have been elected leader")
        for number in range(workers):
            here = ["--host", "127.0.0.1", "--webui-port", str(free_port()), "--cores", "1", "--memory", "1g"]
            self.workers.append(
                self._spawn(f"worker{number}", f"{deploy}.worker.Worker", *here, "-d", str(self.folder), self.address)
            )
        for number in range(workers):
            self._wait(f"worker{number}", "Successfully registered with master")

    def _spawn(self, name: str, kind: str, *arguments: str) -> "subprocess.Popen[bytes]":
        import pyspark

        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.folder),
            "PYSPARK_PYTHON": sys.executable,
            "SPARK_NO_DAEMONIZE": "1",
        }
        log = (self.folder / f"{name}.log").open("wb")
        with log:
            return subprocess.Popen(
                [str(home / "bin/spark-class"), kind, *arguments],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait(self, name: str, words: str) -> None:
        deadline = time.monotonic() + START
        while words not in self.log(name):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name}: {self.log(name)[-2000:]}")
            time.sleep(0.1)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def tasks_started(self) -> int:
        """How many tasks the executors have begun, by their logs."""
        logs = [path.read_text(errors="replace") for path in self.folder.rglob("stderr")]
        return sum(log.count("Running task ") for log in logs)

    def kill_a_worker(self) -> None:
        """End a worker and its executors at once, as a power cut would."""
        import psutil

        worker = self.workers.pop()
        for process in [*psutil.Process(worker.pid).children(recursive=True), psutil.Process(worker.pid)]:
            process.kill()
        worker.wait()

    def stop(self) -> None:
        for process in (*self.workers, self.master):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(folder: Path, **settings: Any) -> Iterator[Cluster]:
    """A cluster that lasts as long as the block."""
    lab = Cluster(folder)
    try:
        lab.start(**settings)
        yield lab
    finally:
        lab.stop()
