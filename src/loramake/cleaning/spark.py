"""Spark: the same function on the same lines, on any master; what comes back is the same, in the same order."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from loramake.cleaning.lines import Cleaned, Recipe, batches, clean_lines
from loramake.errors import DataError

_BATCH = 1_000_000  # bytes that are cleaned in one go
_PARTITION = 16 * 2**20  # bytes: a lost executor costs little, and tasks are few
_JAVA = 17  # the oldest that Spark 4 runs on
_SECONDS = 10  # to wait for a master's port
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_SAID = re.compile(r"loramake\.errors\.DataError: (.+)")


def cleaned_by_spark(recipe: Recipe, documents: Path, master: str) -> Iterator[Cleaned]:
    """What becomes of the lines of `documents`, in order, worked out by the executors of `master`.

    Every machine must see `documents` under the same path, and have this Python with loramake in it at the same place.
    Raises DataError when Spark cannot start or gives up, with the remedy.
    """
    with tempfile.TemporaryDirectory(prefix="loramake-spark-") as folder, _context(master, Path(folder)) as context:
        from pyspark import StorageLevel

        partitions = max(context.defaultParallelism, documents.stat().st_size // _PARTITION)
        lines = context.textFile(documents.resolve().as_uri(), int(partitions), use_unicode=False)
        cleaned = lines.mapPartitions(partial(_clean_partition, recipe)).persist(StorageLevel.DISK_ONLY)
        with _explained(master):
            cleaned.count()  # all partitions at once; the iterator below would work them off one after the other
            yield from cleaned.toLocalIterator(prefetchPartitions=True)


def _clean_partition(recipe: Recipe, lines: Iterator[bytes]) -> Iterator[Cleaned]:
    for batch in batches(lines, _BATCH):
        yield from clean_lines(recipe, batch)


def check_java() -> str | None:
    """Why Spark cannot start on this machine, None if it can."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin/java")) if home else shutil.which("java")
    if java is None or (home and not Path(java).is_file()):
        return f"there is no Java at JAVA_HOME={home}" if home else "there is no Java"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found[1]) < _JAVA:
        return f"Java {found[1] if found else 'of an unknown version'} is too old"
    return None


def _check(master: str) -> None:
    """Raise DataError if Spark cannot start, in place of what the Java machine would print after minutes."""
    if why := check_java():
        raise DataError(f"Spark cannot start: {why}", hint=f"install Java {_JAVA} or newer, or set engine: python")
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise DataError(
            "Spark cannot start: pyspark is not installed",
            hint="pip install 'loramake[spark]', or set engine: python",
        ) from None
    for host, port in re.findall(r"(?:spark://|,)([^:,/]+):(\d+)", master):
        try:
            socket.create_connection((host, int(port)), timeout=_SECONDS).close()
            return
        except OSError:
            continue
    if master.startswith("spark://"):
        raise DataError(
            "Spark's master cannot be reached", where=master, hint="start it, or mend clean: master in the recipe"
        )


@contextmanager
def _context(master: str, folder: Path) -> Iterator[Any]:
    """A context that keeps its temporary files in `folder`, prints nothing, and runs this very Python everywhere."""
    _check(master)
    from pyspark import SparkConf, SparkContext

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    settings = {
        "spark.app.name": "loramake clean",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.pyspark.python": sys.executable,
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} -Djava.io.tmpdir={folder}",
    }
    if master.startswith("local") or any(host in master for host in _LOOPBACK):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if master.startswith("local"):
        settings["spark.local.dir"] = str(folder)
    # What is set in the environment or in spark-defaults.conf stays, save for what is needed here.
    conf = SparkConf().setMaster(master).setAll(list(settings.items()))
    with _explained(master):
        context = SparkContext(conf=conf)
    context.setLogLevel("ERROR")
    try:
        yield context
    finally:
        context.stop()


@contextmanager
def _explained(master: str) -> Iterator[None]:
    """Whatever Spark raises, as one error of ours with the remedy."""
    try:
        yield
    except (DataError, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:  # Spark's own errors come in many classes, of which most are Java's
        raise _explanation(str(error), master) from error


def _explanation(said: str, master: str) -> DataError:
    if ours := _SAID.search(said):
        return DataError(ours[1].strip(), where=f"on an executor of {master}")
    where = f"{master}: {_first_cause(said)}"
    for pattern, what, hint in _FAILURES:
        if re.search(pattern, said):
            return DataError(what, where=where, hint=hint)
    return DataError("Spark gave up", where=where, hint="the log has all of it; or set engine: python")


_MEMORY = "give executors more (spark.executor.memory in spark-defaults.conf)"
_FAILURES = (
    (r"OutOfMemory|exit code 137|Python worker exited unexpectedly", "an executor ran out of memory", _MEMORY),
    (r"ExecutorLostFailure|[Ll]ost executor", "Spark lost its executors", f"see the workers' logs; {_MEMORY}"),
    (
        r"ModuleNotFoundError",
        "an executor lacks a Python package",
        f"install the same environment on every machine, at {sys.prefix}",
    ),
    (
        r"Python in worker has different version|PYTHON_VERSION_MISMATCH",
        "an executor runs another Python",
        f"install Python {sys.version_info.major}.{sys.version_info.minor} at {sys.executable} on every machine",
    ),
    (
        r"Input path does not exist|FileNotFoundException",
        "an executor does not see the documents",
        "all machines must share the project's folder",
    ),
    (r"UnsupportedClassVersionError", "Java is too old for this Spark", f"install Java {_JAVA} or newer"),
    (
        r"[Mm]asters are unresponsive|Connection refused|UnknownHostException",
        "Spark's master cannot be reached",
        "start it, or mend clean: master in the recipe",
    ),
    (
        r"Could not parse Master URL",
        "Spark knows no such master",
        "write local[*], spark://host:7077, yarn or k8s://...",
    ),
)


def _first_cause(said: str) -> str:
    """The line of Spark's message that says most."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"Caused by|Exception: |Error: |aborted", line)]
    return (telling or lines or ["no message"])[0][:300]
