"""kill -9 at any moment: the same command again ends with the same bytes, and pays for no answer twice."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import RECIPE, Project, lay_out

IN_FLIGHT = 2
KILLS = ["group", "head"] * 6


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server of its own session, which no kill of a build reaches; its port, and its log of answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "answers.log"
    program = Path(__file__).parent / "api_server.py"
    command = [sys.executable, str(program), "--port", str(port), "--log", str(log), "--delay", "0.1"]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port, log
    process.kill()
    process.wait()


def paid(root: Path, port: int) -> Project:
    """The small project with a teacher that must be paid."""
    root.mkdir()
    project = lay_out(root)
    model = f"{{ url: 'http://127.0.0.1:{port}/v1', name: teacher }}\n  limit: {{ in_flight: {IN_FLIGHT} }}"
    project.write("recipes/small.yaml", RECIPE.replace("model: offline", f"model: {model}"))
    return project


def results(project: Project) -> dict[str, bytes]:
    """Every file of the results, less the part of the page that tells times."""
    place = project.root / "results/small"
    found = {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    page = found["report.html"].decode()
    found["report.html"] = re.sub(r'<section[^>]*id="runs".*?</section>', "", page, flags=re.DOTALL).encode()
    return found


def interrupted_build(project: Project, kind: str, seconds: float) -> bool:
    """Give the plain command and kill it after `seconds`. Whether it was still running then."""
    command = ["snakemake", "--profile", "local", "small"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    head = subprocess.Popen(command, cwd=project.root, env=project.environment(), start_new_session=True, **quiet)
    try:
        head.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        (os.killpg if kind == "group" else os.kill)(head.pid, signal.SIGKILL)
        head.wait()
        return True


def calls(project: Project) -> list[str]:
    """The call of every answer in the journal."""
    lines = [
        line
        for path in (project.root / "build/cache/calls").glob("*.jsonl")
        for line in path.read_text().splitlines(True)
    ]
    return [json.loads(line)["call"] for line in lines if line.endswith("\n")]


def diaries(project: Project) -> Iterator[list[dict[str, float]]]:
    for path in (project.root / "build").glob("*/*/attempts.jsonl"):
        yield [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.timeout(1500)
def test_twelve_kills_change_nothing(tmp_path: Path, server: tuple[int, Path]):
    pytest.importorskip("llama_cpp", reason="a GGUF export needs llama-cpp-python")
    port, log = server
    calm = paid(tmp_path / "calm", port)
    calm.snakemake("small")
    asked_calmly = len(log.read_text().splitlines())
    assert asked_calmly == len(set(calls(calm)))

    rng, rounds = random.Random(7), 0
    kills = list(KILLS)
    while kills:
        log.write_text("")
        stormy, struck = paid(tmp_path / f"stormy{rounds}", port), 0
        while kills and interrupted_build(stormy, kills[0], rng.uniform(1, 12)):
            kills.pop(0)
            struck += 1
        stormy.snakemake("small")
        rounds += 1
        assert results(stormy) == results(calm)
        answered = calls(stormy)
        assert len(answered) == len(set(answered)), "an answer that was there was asked for again"
        assert len(log.read_text().splitlines()) <= asked_calmly + struck * IN_FLIGHT
        for diary in diaries(stormy):
            finished = [row for row in diary if row["event"] == "finished"]
            assert len(finished) <= 1
            starts = [row for row in diary if row["event"] == "started"]
            assert all(row["pid"] == starts[-1]["pid"] for row in finished), "a stage ran twice at once"
