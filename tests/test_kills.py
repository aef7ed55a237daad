"""kill -9 of a run with many requests in flight, again and again: the same bytes, and little is paid for twice."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from api_server import ApiServer, Fault
from loramake.records import Chunk, Writer

CALLS, IN_FLIGHT, KILLS = 2000, 64, 20
RUN = """
import sys
from pathlib import Path
from loramake.recipe.model import Synthesize
from loramake.stages.synthesize import synthesize
folder, url, in_flight = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
model = {"name": "m", "url": url}
spec = Synthesize.model_validate({"model": model, "tasks": {"qa": {}}, "limit": {"in_flight": in_flight}})
files = {name: folder / f"{name}.jsonl" for name in ("chunks", "examples", "quarantined")}
synthesize(spec, **files, calls=folder / "calls")
"""


def folder(place: Path) -> Path:
    place.mkdir()
    with Writer(place / "chunks.jsonl") as out:
        for number in range(CALLS):
            where = {"document": "d", "start": 0, "end": 1, "index": 0, "source": "docs", "path": "docs/a.md"}
            out.write(Chunk(id=f"c{number}", text=f"Winch number {number} lifts loads of seven tonnes.", **where))
    return place


def begin(place: Path, server: ApiServer) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(place), server.url, str(IN_FLIGHT)])


def kill_after(requests: int, server: ApiServer, place: Path) -> None:
    """Begin a run, and kill it when the server has heard so many requests of it."""
    wanted = server.requests + requests
    with begin(place, server) as child:
        while server.requests < wanted:
            assert child.poll() is None
            time.sleep(0.001)
        child.kill()


def test_twenty_kills_change_nothing_and_cost_what_was_in_flight(tmp_path: Path):
    calm, stormy, rng = folder(tmp_path / "calm"), folder(tmp_path / "stormy"), random.Random(5)
    with ApiServer(delay=0.01) as server:
        assert begin(calm, server).wait() == 0
        assert server.requests == CALLS
        for _ in range(KILLS):
            kill_after(rng.randint(1, 150), server, stormy)
        assert begin(stormy, server).wait() == 0
        assert server.different == CALLS
        assert server.requests - CALLS <= CALLS + KILLS * IN_FLIGHT
    for name in ("examples.jsonl", "quarantined.jsonl"):
        assert (stormy / name).read_bytes() == (calm / name).read_bytes()


def test_ctrl_c_ends_an_hour_of_waiting_at_once(tmp_path: Path):
    busy = Fault(status=429, headers={"Retry-After": "3000"})
    with ApiServer(fault=lambda number, _: None if number <= 10 else busy) as server:
        child = begin(folder(tmp_path / "run"), server)
        while server.requests <= 10:
            assert child.poll() is None
            time.sleep(0.005)
        time.sleep(0.5)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.wait(20) != 0
        assert time.monotonic() - begun < 5
    (journal,) = (tmp_path / "run/calls").glob("*.jsonl")
    assert len(journal.read_text().splitlines()) == 10
