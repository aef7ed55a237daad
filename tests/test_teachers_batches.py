"""Batches, against a server that takes them as OpenAI and Anthropic do, and a real kill."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from loramake.errors import TeacherError
from loramake.files import write_json
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Writer, read_rows
from loramake.stages.synthesize import synthesize
from loramake.teachers import batches
from loramake.teachers.slips import Slip
from provider_server import ProviderServer

SCHEMA = {"type": "object", "properties": {"product": {"enum": ["Sedge", "Rill"]}}, "required": ["product"]}
KEY = "sk-not-a-real-key-0123456789"
PROTOCOLS = ["openai", "anthropic"]
MODULES = {"openai": "openai", "anthropic": "anthropic"}


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FIRST_LOOK", 0.01)
    monkeypatch.setattr(batches, "LONGEST_LOOK", 0.02)
    monkeypatch.setenv("THE_KEY", KEY)


class Bench:
    """A folder to run the stage in, by one protocol."""

    def __init__(self, folder: Path, protocol: str) -> None:
        self.folder, self.protocol, self.passages = folder, protocol, 5

    def spec(self, server: ProviderServer, **limit: Any) -> dict[str, Any]:
        model: dict[str, Any] = {"name": "m", "url": server.url, "key": "THE_KEY"}
        if self.protocol == "anthropic":
            model["protocol"] = "anthropic"
        tasks = {"t": {"kind": "extract", "schema": SCHEMA}}
        return {"model": model, "tasks": tasks, "limit": {"batch": True, **limit}}

    def paths(self) -> dict[str, Path]:
        with Writer(self.folder / "chunks.jsonl") as out:
            for number in range(self.passages):
                out.write(Chunk(f"c{number}", f"Winch {number} is red.", f"d{number}", 0, 9, 0, "docs", f"{number}.md"))
        return {name: self.folder / f"{name}.jsonl" for name in ("chunks", "examples", "quarantined")}

    def run(self, server: ProviderServer, **limit: Any) -> Any:
        spec = Synthesize.model_validate(self.spec(server, **limit))
        return synthesize(spec, calls=self.folder / "calls", bill=self.folder / "bill.json", **self.paths())

    @property
    def slips(self) -> list[Path]:
        return list((self.folder / "calls").glob("batch-*"))

    @property
    def examples(self) -> list[dict]:
        return list(read_rows(self.folder / "examples.jsonl"))


@pytest.fixture(params=PROTOCOLS)
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Bench:
    pytest.importorskip(MODULES[request.param])
    return Bench(tmp_path, request.param)


def test_everything_is_asked_in_one_batch_and_never_again(bench: Bench):
    with ProviderServer() as server:
        assert bench.run(server).made == {"examples": 5}
        assert (len(server.batches), len(server.batched), server.singles) == (1, 5, [])
        bench.run(server)
        assert len(server.batches) == 1 and bench.slips == []


def test_a_batch_and_single_calls_are_one_and_the_same(bench: Bench):
    with ProviderServer() as server:
        bench.run(server)
        several = (bench.folder / "examples.jsonl").read_bytes()
        bench.run(server, batch=False)
        assert server.singles == []
        other = Bench(bench.folder / "other", bench.protocol)
        other.folder.mkdir()
        other.run(server, batch=False)
        assert (other.folder / "examples.jsonl").read_bytes() == several
        singles, batched = (
            {json.dumps(body, sort_keys=True) for body in all_} for all_ in (server.singles, server.batched)
        )
        assert singles == batched


def test_what_the_journal_knows_is_not_handed_in(bench: Bench):
    with ProviderServer() as server:
        bench.passages = 2
        bench.run(server, batch=False)
        bench.passages = 5
        bench.run(server)
        assert len(server.batched) == 3


def test_what_fails_in_a_batch_is_asked_singly(bench: Bench):
    with ProviderServer(status=lambda body: 500 if "Winch 3" in json.dumps(body) else 200) as server:
        assert bench.run(server).made == {"examples": 5}
        assert len(server.singles) == 1 and "Winch 3" in json.dumps(server.singles)


def test_large_jobs_are_cut_into_several_batches(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "MOST_REQUESTS", 2)
    with ProviderServer() as server:
        bench.run(server)
        assert [len(batch["rows"]) for batch in server.batches.values()] == [2, 2, 1]
        monkeypatch.setattr(batches, "MOST_BYTES", 1)
        bench.passages = 7
        bench.run(server)
        assert [len(batch["rows"]) for batch in server.batches.values()][3:] == [1, 1]


@pytest.mark.parametrize("when", ["looking", "beginning"])
def test_a_killed_run_comes_back_to_its_batch(bench: Bench, when: str):
    def slow(method: str, path: str, count: int) -> None:
        if when == "beginning" and method == "POST" and path.endswith("batches") and count == 1:
            begun.append(1)

    begun: list[int] = []
    with ProviderServer(looks=10**6, fault=slow) as server:
        bench.paths()
        program = (
            "import json,sys; from pathlib import Path; from loramake.recipe.model import Synthesize;"
            "from loramake.teachers import batches, desks; from loramake.stages.synthesize import synthesize;"
            "batches.FIRST_LOOK = 0.05; folder = Path(sys.argv[2]);"
            f"{'batches._Asking._keep = KEEP' if when == 'beginning' else 'pass'};"
            "synthesize(Synthesize.model_validate(json.loads(sys.argv[1])), calls=folder / 'calls',"
            " **{n: folder / f'{n}.jsonl' for n in ('chunks', 'examples', 'quarantined')})"
        )
        keep = (
            "import os\nfrom loramake.teachers import batches as b\nkeep = b._Asking._keep\n"
            "def KEEP(self, slip):\n    os._exit(9) if slip.batch else keep(self, slip)\n"
        )
        run = subprocess.Popen(
            [sys.executable, "-c", keep + program, json.dumps(bench.spec(server)), str(bench.folder)]
        )
        end = time.monotonic() + 30
        while not any(batch["looks"] for batch in server.batches.values()) and run.poll() is None:
            assert time.monotonic() < end
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
        assert run.wait() == (9 if when == "beginning" else -signal.SIGKILL)
        assert len(bench.slips) == 1 and KEY not in bench.slips[0].read_text()
        server.looks = 0
        assert bench.run(server).made == {"examples": 5}
        assert (len(server.batches), server.singles, bench.slips) == (1, [], [])


def test_what_was_written_down_and_never_begun_is_handed_in_again(bench: Bench):
    calls = bench.folder / "calls"
    with ProviderServer() as server:
        calls.mkdir()
        slip = Slip(server.url, "m", "2026-01-01T00:00:00+00:00", {"0" * 64: ""}, handed_in="file-x")
        write_json(slip.path(calls), asdict(slip))
        assert bench.run(server).made == {"examples": 5}
        assert (len(server.batched), server.singles, bench.slips) == (5, [], [])


def test_a_connection_that_breaks_while_a_batch_begins_begins_no_second_one(bench: Bench):
    def lost(method: str, path: str, count: int) -> tuple[int, Any] | None:
        # It is begun, and nobody is told.
        return (299, 502) if method == "POST" and path.endswith("batches") and count == 1 else None

    with ProviderServer(fault=lost) as server:
        assert bench.run(server).made == {"examples": 5}
        assert (len(server.batches), server.singles) == (1, [])


@pytest.mark.parametrize("status", [500, 503, 429])
def test_an_interface_that_stumbles_is_asked_again(bench: Bench, status: int):
    def fault(method: str, path: str, count: int) -> tuple[int, Any] | None:
        return (status, {"error": {"message": "later"}}) if count == 1 else None

    with ProviderServer(fault=fault) as server:
        assert bench.run(server).made == {"examples": 5}
        assert (len(server.batches), server.singles) == (1, [])


@pytest.mark.parametrize(("status", "says"), [(401, "refuses (401)"), (404, "refuses (404)"), (500, "does not answer")])
def test_an_interface_that_is_not_there_is_an_error(
    bench: Bench, status: int, says: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(batches, "TRIES", 3)
    reply = {"error": {"message": f"no {KEY}"}}
    with ProviderServer(fault=lambda *_: (status, reply)) as server, pytest.raises(TeacherError) as error:
        bench.run(server)
    assert says in error.value.what and KEY not in str(error.value)
    # Where nobody could say whether a batch began, the slip stays.
    assert len(bench.slips) == (status == 500 and bench.protocol == "anthropic")


@pytest.mark.parametrize("reply", [b"<html>", b"[]", b"null", b"{}", b'{"id": null, "data": 3}'])
def test_an_interface_that_talks_nonsense_is_an_error(bench: Bench, reply: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "TRIES", 2)
    monkeypatch.setattr(batches, "LONGEST_WAIT", 0.2)
    with ProviderServer(fault=lambda *_: (200, reply)) as server, pytest.raises(TeacherError):
        bench.run(server)


def test_a_batch_that_never_ends_is_an_error_and_is_not_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "LONGEST_WAIT", 0.1)
    with ProviderServer(looks=10**6) as server, pytest.raises(TeacherError, match="is not done after"):
        bench.run(server)
    assert len(bench.slips) == 1


def test_a_batch_that_the_provider_forgot_is_asked_singly(bench: Bench):
    def forgotten(method: str, path: str, count: int) -> tuple[int, Any] | None:
        return (404, {}) if "batches/" in path else None

    with ProviderServer(looks=0, fault=forgotten) as server:
        assert bench.run(server).made == {"examples": 5}
        assert len(server.singles) == 5 and bench.slips == []


def test_a_batch_that_is_not_taken_is_an_error(tmp_path: Path):
    bench = Bench(tmp_path, "openai")
    with ProviderServer() as server:
        server.failed_batches = True
        with pytest.raises(TeacherError, match="the batch was not taken: model not allowed"):
            bench.run(server)
    assert bench.slips == []


@pytest.mark.parametrize("lines", [b"", b"no json\n\n{}\n[]\n", b'{"custom_id": "x"}\n'])
def test_results_that_are_none_are_asked_singly(bench: Bench, lines: bytes):
    def fault(method: str, path: str, count: int) -> tuple[int, Any] | None:
        return (200, lines) if path.endswith(("/results", "/content")) else None

    with ProviderServer(fault=fault) as server:
        assert bench.run(server).made == {"examples": 5}
        assert len(server.singles) == 5


def test_a_slip_that_is_none_is_passed_over(bench: Bench):
    (bench.folder / "calls").mkdir()
    (bench.folder / "calls/batch-0.json").write_text("{")
    with ProviderServer() as server:
        assert bench.run(server).made == {"examples": 5}


def test_no_more_is_handed_in_than_the_spend_limit_could_pay(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(bench.folder)
    # At most 2048 tokens, for half of 1000 USD a million: 1.02 USD each, of which 0.005 USD become due.
    (bench.folder / "prices.yaml").write_text("models: { m: [{ input: 0.0, output: 1000.0, batch: 0.5 }] }\n")
    with ProviderServer() as server:
        assert bench.run(server, spend_usd=2.5).made == {"examples": 5}
        assert [len(batch["rows"]) for batch in server.batches.values()] == [2, 2, 1]
        assert json.loads((bench.folder / "bill.json").read_text())["usd"] == pytest.approx(0.025)
        bench.passages = 6
        with pytest.raises(TeacherError, match="limit"):
            bench.run(server, spend_usd=1.0)
        assert (len(server.batches), server.singles) == (3, [])
