import filecmp
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import spark_lab
from loramake.cleaning import spark
from loramake.cleaning.engines import choose
from loramake.errors import DataError
from loramake.recipe.cleaning import Clean
from loramake.records import Document, Writer
from loramake.stages.clean import clean

needs_spark = pytest.mark.skipif(bool(spark_lab.missing()), reason=spark_lab.missing() or "-")
# Spark's own process prints warnings of its own, and its client leaves sockets to the collector of garbage.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)

MEGABYTES = float(os.environ.get("LORAMAKE_CORPUS_MB", "8"))
STEPS = [
    {"html": "strip"},
    {"unicode": "nfkc"},
    {"whitespace": "collapse"},
    {"boilerplate": "strip"},
    {"mask": {"rules": "all", "allow": ["*@example.org"]}},
    {"keep": {"min_chars": 40, "max_symbols": 0.6, "max_repeated_lines": 0.9, "where": {"number": "!= 17"}}},
    {"prefilter": {"none": "xyzzy", "matches": r"\w"}},
    {"decontaminate": {"against": "exam"}},
    {"deduplicate": "exact"},
    {"deduplicate": {"near": 0.8}},
    {"whitespace": "collapse"},
]


def corpus(folder: Path, megabytes: float) -> None:
    """Texts of the installed packages as documents; copies, near copies, empty and huge ones among them."""
    dice, size, number = random.Random(0), 0.0, 0
    with Writer(folder / "documents.jsonl") as out, Writer(folder / "unread.jsonl") as unread:
        unread.write({"source": "docs", "path": "bad.jsonl", "part": "7", "sha256": "0", "reason": "bad_json: line 7"})

        def put(text: str, source: str = "docs") -> None:
            nonlocal number, size
            number, size = number + 1, size + len(text) / 1e6
            path = f"{number % 97:02}/{number}.txt"
            out.write(Document("", text, source, path, "0", "text", meta={"number": number, "by": "ann@corp.example"}))

        put("exam " + " ".join(f"question{n}" for n in range(40)), "exam")
        put("They were asked: " + " ".join(f"question{n}" for n in range(40)))
        put("")
        put(" \n\f ")
        put("A huge one. " * 400_000 if megabytes > 50 else "A huge one. " * 40_000)
        for file in sorted(Path(os.__file__).parent.rglob("*")):
            if size > megabytes:
                return
            if file.suffix not in (".py", ".md", ".txt", ".rst", ".html", ".json") or not file.is_file():
                continue
            text = file.read_bytes().decode("utf-8", "replace")  # U+FFFD where it is no UTF-8
            put(text)
            if dice.random() < 0.1:
                put(text)
            if dice.random() < 0.1:
                put(" ".join(word if dice.random() > 0.01 else "changed" for word in text.split(" ")))
            if dice.random() < 0.02:
                put(f"<html><body><p>{text[:2000]}</p><script>x</script> mail bob@corp.example</body></html>")


def cleaned(folder: Path, out: Path, *, threads: int = 1, **engine: str) -> Path:
    """The folder that a run of the stage writes to."""
    out.mkdir(parents=True)
    spec = Clean.model_validate({"steps": STEPS, **engine})
    outputs = {"train": out / "train", "dropped": out / "dropped.jsonl", "samples": out / "samples.jsonl"}
    clean(spec, documents=folder / "documents.jsonl", unread=folder / "unread.jsonl", threads=threads, **outputs)
    return out


def assert_same(one: Path, other: Path) -> None:
    names = sorted(path.relative_to(one).as_posix() for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(other).as_posix() for path in other.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(one, other, names, shallow=False) == (names, [], [])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus(folder, MEGABYTES)
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> Path:
    """What one process of Python makes of the corpus."""
    return cleaned(folder, folder / "python", engine="python")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[spark_lab.Cluster]:
    with spark_lab.cluster(tmp_path_factory.mktemp("cluster")) as lab:
        yield lab


def test_every_step_has_work(expected: Path):
    dropped = (expected / "dropped.jsonl").read_text()
    for reason in ("empty", "too_short", "not_where", "contaminated", "duplicate", "near_duplicate", "bad_json"):
        assert f'"reason":"{reason}' in dropped, reason
    shown = (expected / "train/train.jsonl").read_text() + (expected / "samples.jsonl").read_text()
    assert "ann@corp.example" not in shown + dropped


def test_two_processes_write_the_same_bytes(folder: Path, expected: Path):
    assert_same(cleaned(folder, folder / "two", engine="python", threads=2), expected)


@needs_spark
def test_spark_writes_the_same_bytes(folder: Path, expected: Path):
    assert_same(cleaned(folder, folder / "local", engine="spark", master="local[2]"), expected)


@needs_spark
def test_a_standalone_cluster_writes_the_same_bytes_though_a_worker_dies(
    folder: Path, expected: Path, lab: spark_lab.Cluster
):
    assert_same(cleaned(folder, folder / "cluster", engine="spark", master=lab.address), expected)
    before = lab.tasks_started()
    killed = threading.Event()

    def kill() -> None:
        while lab.tasks_started() <= before:
            time.sleep(0.05)
        lab.kill_a_worker()
        killed.set()

    threading.Thread(target=kill, daemon=True).start()
    assert_same(cleaned(folder, folder / "killed", engine="spark", master=lab.address), expected)
    assert killed.is_set()


@needs_spark
def test_a_pattern_that_explodes_on_an_executor_is_named(tmp_path: Path):
    with Writer(tmp_path / "documents.jsonl") as out, Writer(tmp_path / "unread.jsonl"):
        out.write(Document("", "a" * 60 + "b", "s", "p", "0", "r"))
    spec = Clean.model_validate(
        {"engine": "spark", "master": "local[1]", "steps": [{"prefilter": {"matches": "(a|aa)+$", "seconds": 0.2}}]}
    )
    with pytest.raises(DataError, match=r"the pattern '\(a\|aa\)\+\$' takes more than 0.2 s") as caught:
        clean(
            spec,
            documents=tmp_path / "documents.jsonl",
            unread=tmp_path / "unread.jsonl",
            train=tmp_path / "t",
            dropped=tmp_path / "d",
            samples=tmp_path / "s",
        )
    assert caught.value.where == "on an executor of local[1]"


@pytest.mark.parametrize(
    ("engine", "size", "environment", "chosen", "why"),
    [
        ({"engine": "python"}, 10**12, {"SPARK_MASTER": "spark://h:1"}, "python", "the recipe says so"),
        ({"engine": "spark"}, 1, {}, "local[*]", "the recipe says so"),
        ({"engine": "spark", "master": "yarn"}, 1, {}, "yarn", "the recipe says so"),
        ({"master": "spark://h:1"}, 1, {}, "spark://h:1", "a master is named"),
        ({}, 1, {"SPARK_MASTER": "spark://h:2"}, "spark://h:2", "a master is named"),
        ({}, 10**9, {}, "python", "1,000.0 MB are not above spark_above (1,000 MB)"),
        ({"spark_above": 5}, 10**9, {"PATH": "/nowhere", "JAVA_HOME": ""}, "python", "there is no Java"),
    ],
)
def test_the_engine_is_chosen_and_the_reason_told(
    engine: dict[str, object], size: int, environment: dict[str, str], chosen: str, why: str, monkeypatch
):
    monkeypatch.delenv("SPARK_MASTER", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert choose(Clean.model_validate(engine), size) == (chosen, why)


def test_only_linux_takes_spark_by_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SPARK_MASTER", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert choose(Clean(), 10**12) == ("python", "on darwin always")


def fake_java(folder: Path, prints: str) -> None:
    (folder / "bin").mkdir()
    (folder / "bin/java").write_text(f"#!/bin/sh\necho '{prints}' >&2\n")
    (folder / "bin/java").chmod(0o755)


@needs_spark
@pytest.mark.parametrize(
    ("master", "java", "message"),
    [
        ("local[1]", 'openjdk version "11.0.2"', "Java 11 is too old"),
        ("local[1]", 'java version "1.8.0_292"', "Java 8 is too old"),
        ("local[1]", None, "there is no Java at JAVA_HOME"),
        ("spark://127.0.0.1:1", "", "Spark's master cannot be reached"),
        ("nonsense", "", "Spark knows no such master"),
    ],
)
def test_what_keeps_spark_from_starting_is_one_clear_error(
    folder: Path, tmp_path: Path, master: str, java: str | None, message: str, monkeypatch: pytest.MonkeyPatch
):
    if java:
        fake_java(tmp_path, java)
    if java != "":
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    start = time.monotonic()
    with pytest.raises(DataError) as caught:
        cleaned(folder, tmp_path / "out", engine="spark", master=master)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 3
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            "Job aborted ... ExecutorLostFailure (executor 1 exited): java.lang.OutOfMemoryError: Java heap space",
            "memory",
        ),
        (
            "org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
            "an executor ran out of memory",
        ),
        ("ExecutorLostFailure (executor 0 exited caused by one of the running tasks)", "Spark lost its executors"),
        ("ModuleNotFoundError: No module named 'regex'", "an executor lacks a Python package"),
        ("InvalidInputException: Input path does not exist: file:/x", "an executor does not see the documents"),
        ("something else entirely", "Spark gave up"),
    ],
)
def test_failures_are_explained_with_a_remedy(said: str, what: str):
    error = spark._explanation(said, "spark://h:1")
    assert what in error.what
    assert error.hint
    assert error.where.startswith("spark://h:1: ")
