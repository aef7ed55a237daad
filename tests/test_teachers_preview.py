import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api_server import ApiServer, Fault
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Writer
from loramake.teachers.offer import offer
from loramake.teachers.preview import Preview, pilot, preview

PRICES = "models: { m: [{ input: 1, output: 10 }] }"


class Bench:
    def __init__(self, folder: Path, server: ApiServer, count: int = 40) -> None:
        self.folder, self.server = folder, server
        self.chunks(count)
        (folder / "prices.yaml").write_text(PRICES)

    def chunks(self, count: int, part: str = "") -> None:
        with Writer(self.folder / "chunks") as out:
            for n in range(count):
                text = f"Winch {n} lifts {n * 7} tonnes above the harbour. " * (1 + n % 5)
                out.write(Chunk(f"c{n}", text, f"d{n}", 0, 1, 0, source="s", path=f"{n}.md", part=part))

    def spec(self, **more: Any) -> Synthesize:
        about = {"model": {"url": self.server.url, "name": "m"}, "tasks": {"ask": {}}, "max_tokens": 500, **more}
        return Synthesize.model_validate(about)

    @property
    def files(self) -> dict[str, Any]:
        return {"chunks": self.folder / "chunks", "calls": self.folder / "calls", "recipe": "r"}

    def see(self, **more: Any) -> Preview:
        return preview(self.spec(**more), **self.files)

    def pilot(self, count: int, **more: Any) -> int:
        return pilot(self.spec(**more), count=count, **self.files)

    def lines(self, **more: Any) -> str:
        return "\n".join(offer(self.see(**more), self.spec(**more), "r"))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.chdir(tmp_path)
    with ApiServer() as server:
        yield Bench(tmp_path, server)


def test_before_anything_is_asked_the_range_goes_up_to_the_longest_answers(bench: Bench):
    seen = bench.see()
    (task,) = seen.tasks
    assert (task.at_hand, task.calls.middle, task.output.high, task.samples) == (0, 40, 40 * 500, 0)
    assert 0 < seen.usd.low < seen.usd.high
    assert bench.server.requests == 0 and not list(bench.folder.glob("calls/spent/*"))
    assert "--pilot 20" in bench.lines() and "about" not in bench.lines().partition("to pay (")[0].splitlines()[-1]


def test_a_pilot_is_evenly_spread_and_nothing_of_it_is_wasted(bench: Bench):
    assert bench.pilot(8) == 8
    numbers = [json.dumps(body).partition("Winch ")[2].split()[0] for body in bench.server.bodies]
    assert sorted(map(int, numbers)) == [2, 7, 12, 17, 22, 27, 32, 37]
    seen = bench.see()
    assert (seen.tasks[0].at_hand, seen.to_pay.middle) == (8, 32)
    assert bench.pilot(40) == 32 and bench.server.requests == 40
    assert bench.see().to_pay.high == 0 and "nothing is left to pay" in bench.lines()


def test_every_task_has_a_part_in_the_pilot(bench: Bench):
    tasks = {"ask": {}, "form": {"kind": "extract", "schema": {"type": "object", "properties": {"a": {}}}}}
    bench.chunks(300)
    tasks["few"] = {**tasks["form"], "from": ["other"]}
    assert bench.pilot(20, tasks=tasks) == 20
    assert [task.at_hand for task in bench.see(tasks=tasks).tasks] == [10, 10]


def test_passages_that_say_the_same_are_paid_once(bench: Bench):
    with Writer(bench.folder / "chunks") as out:
        for n in range(10):
            out.write(Chunk(f"c{n}", "The same.", f"d{n}", 0, 1, 0, source="s", path="same.md"))
    assert bench.see().to_pay.middle == 1


def test_what_is_passed_over_is_not_counted(bench: Bench):
    bench.chunks(10, part="1")
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    form = {"kind": "extract", "schema": schema}
    direct = {"kind": "direct", "answer": "field"}
    assert bench.see(tasks={"form": form, "told": direct}).to_pay.middle == 10
    assert bench.lines(tasks={"told": direct}) == "asks nobody: the answers are in the records"


def test_answers_that_have_to_be_asked_for_again_are_expected_of_the_others_too(tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(tmp_path)
    with ApiServer(fault=lambda number, _: Fault(content="no") if number % 2 else None) as server:
        bench = Bench(tmp_path, server)
        bench.pilot(10, limit={"in_flight": 1})
        assert server.requests == 20
        assert bench.see().to_pay.middle == pytest.approx(60)


def test_the_limit_is_held_against_the_estimate(bench: Bench):
    assert "the limit may stop it" in bench.lines(limit={"spend_usd": 0.1})
    bench.pilot(8)
    assert "stop it" not in bench.lines(limit={"spend_usd": 5.0})
    assert "the limit will stop it" in bench.lines(limit={"spend_usd": 0.002})
    assert f"{bench.see().spent:.4f} USD of 5 USD" in bench.lines(limit={"spend_usd": 5.0})


def test_a_model_nobody_has_a_price_for_is_said_to_be_one(bench: Bench):
    model = {"url": "https://box.example/v1", "name": "n"}
    seen = bench.see(model=model)
    assert seen.usd is None and seen.tasks[0].sent.middle > 0
    assert "give its price in prices.yaml" in bench.lines(model=model)
    assert "nothing is asked before" in bench.lines(model=model, limit={"spend_usd": 1.0})


def test_a_model_that_runs_here_is_free(bench: Bench):
    assert "free: it runs here" in bench.lines(model={"url": bench.server.url, "name": "unpriced"})


def test_a_price_that_depends_on_the_hour_is_a_range(bench: Bench):
    peak = "peak: { hours: ['00:00-12:00'], input: 2, output: 20 }"
    (bench.folder / "prices.yaml").write_text(f"models: {{ m: [{{ input: 1, output: 10, {peak} }}] }}")
    bench.pilot(20)
    seen = bench.see()
    assert seen.hourly and seen.usd.high > 1.9 * seen.usd.low
    assert "depends on the hour" in bench.lines()
    assert not bench.see(limit={"hours": "13:00-15:00"}).hourly
