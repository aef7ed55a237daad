"""Whatever goes wrong on the way: every passage ends as an example or in quarantine, and the counts add up."""

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from fault_server import HARMLESS, LASTING, FaultServer, plan
from loramake.errors import TeacherError
from loramake.recipe.model import Synthesize
from loramake.records import Chunk, Counts, Writer, read_rows
from loramake.stages.synthesize import synthesize
from loramake.teachers import connection
from loramake.teachers.clock import Clock

CALLS = 5000
FEW = 400


@pytest.fixture(autouse=True)
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries are real, and pass a thousand times as fast."""
    monkeypatch.setattr(connection, "Clock", partial(Clock, speed=1000))


def run(folder: Path, server: FaultServer, count: int, **more: object) -> Counts:
    with Writer(folder / "chunks.jsonl") as out:
        for number in range(count):
            place = {"document": "d", "start": 0, "end": 1, "index": 0, "source": "docs", "path": "docs/a.md"}
            out.write(Chunk(id=f"c{number}", text=f"Winch number {number} lifts loads of seven tonnes.", **place))
    model, limit = {"name": "m", "url": server.url}, {"in_flight": 128, "timeout": 1}
    spec = Synthesize.model_validate({"model": model, "tasks": {"qa": {}}, "limit": limit, **more})
    files = {name: folder / f"{name}.jsonl" for name in ("chunks", "examples", "quarantined")}
    return synthesize(spec, **files, calls=folder / "calls")


def test_every_passage_ends_as_an_example_or_in_quarantine(tmp_path: Path):
    with FaultServer() as server:
        counts = run(tmp_path, server, CALLS, on_error="quarantine")
    rows = list(read_rows(tmp_path / "quarantined.jsonl"))
    made = {row["chunk"] for row in read_rows(tmp_path / "examples.jsonl")}
    refused = {row["chunk"]: row["reason"] for row in rows}
    assert len(made) + len(rows) == len(made | refused.keys()) == CALLS
    assert (counts.given, counts.passed, counts.dropped) == (CALLS, len(made), {})
    assert counts.quarantined == Counter(row["reason"].split(":")[0] for row in rows)
    for number in range(CALLS):
        fault, lasting = plan(number)
        assert refused.get(f"c{number}", "").startswith(LASTING[fault] if lasting else ""), number
        assert lasting == (f"c{number}" in refused), (number, fault)
    assert {*server.injected, *server.odd} >= {*LASTING, *HARMLESS, "429 for 200 s"}
    assert server.requests - server.injected.total() <= 1.01 * CALLS


def test_without_leave_a_passage_nobody_answered_about_ends_the_stage_when_all_else_is_done(tmp_path: Path):
    unanswered = [number for number in range(FEW) if plan(number)[1] and LASTING[plan(number)[0]].startswith("unr")]
    with FaultServer() as server:
        with pytest.raises(TeacherError) as raised:
            run(tmp_path, server, FEW)
        assert f"{len(unanswered)} of {FEW} passages got no answer; all others are done" in raised.value.what
        before = server.requests
        counts = run(tmp_path, server, FEW, on_error="quarantine")
        # Nothing but these, and what the endpoint refuses, is asked again.
        assert server.requests - before <= (len(unanswered) + 1) * connection.TRIES
    assert counts.quarantined["unreachable"] == len(unanswered)
