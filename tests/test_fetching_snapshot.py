import json
import os
import re
import shutil
import threading
import time
from pathlib import Path

import pytest

from loramake.errors import FetchError
from loramake.fetching.snapshot import JOURNAL, STATE, Snapshot, held
from loramake.plan import open_project

MINE = re.compile(r"A-\d+\.json")
OF = {"url": "https://acme.example"}


def snapshot(folder: Path, **of: str) -> Snapshot:
    return Snapshot(folder, OF | of, MINE)


def filled(folder: Path) -> Path:
    with snapshot(folder) as first:
        for number in range(3):
            first.put(f"A-{number}.json", "1", {"n": number})
        first.note("since", "monday")
    return folder


def test_the_next_fetch_knows_what_is_there(tmp_path: Path):
    with snapshot(filled(tmp_path)) as again:
        assert again.has("A-1.json", "1") and not again.has("A-1.json", "2") and not again.has("A-9.json", "1")
        assert (sorted(again.names()), again.notes, again.lost) == (
            ["A-0.json", "A-1.json", "A-2.json"],
            {"since": "monday"},
            False,
        )
        assert again.read("A-1.json") == {"n": 1}


def test_a_fetch_that_is_killed_leaves_what_it_had(tmp_path: Path):
    with snapshot(filled(tmp_path / "whole")) as first:
        first.put("A-3.json", "1", {})
        first.remove("A-0.json")
        first.note("since", "tuesday")
        killed = shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    with (killed / JOURNAL).open("a") as stream:
        stream.write('{"file":"A-4.json","ver')
    (killed / ".A-4.json.abcd1234").write_text("half")
    with snapshot(killed) as again:
        assert sorted(again.names()) == ["A-1.json", "A-2.json", "A-3.json"]
        assert again.notes == {"since": "tuesday"}
    assert sorted(path.name for path in killed.iterdir()) == [JOURNAL, STATE, "A-1.json", "A-2.json", "A-3.json"]


def test_counts_say_what_became_of_the_files(tmp_path: Path):
    filled(tmp_path)
    with snapshot(tmp_path) as again:
        again.put("A-0.json", "2", {"n": 0})
        again.put("A-1.json", "2", {"n": "other"})
        again.put("A-7.json", "1", {})
        again.put("A-7.json", "2", {"later": "in the same fetch"})
        again.remove("A-2.json")
    assert (again.new, again.changed, again.removed) == ({"A-7.json"}, {"A-1.json"}, {"A-2.json"})
    assert again.unchanged == 1


def test_a_file_that_stays_the_same_is_not_touched(tmp_path: Path):
    filled(tmp_path)
    os.utime(tmp_path / "A-0.json", (1, 1))
    with snapshot(tmp_path) as again:
        again.put("A-0.json", "2", {"n": 0})
    assert (tmp_path / "A-0.json").stat().st_mtime == 1
    with snapshot(tmp_path) as third:
        assert third.has("A-0.json", "2")


def test_another_service_makes_everything_old(tmp_path: Path):
    with snapshot(filled(tmp_path), url="https://other.example") as other:
        assert sorted(other.names()) == ["A-0.json", "A-1.json", "A-2.json"]
        assert not other.has("A-1.json", "1")
        assert other.notes == {}


def test_a_file_that_the_person_deleted_is_missed(tmp_path: Path):
    (filled(tmp_path) / "A-1.json").unlink()
    with snapshot(tmp_path) as again:
        assert again.lost and again.version("A-1.json") is None


@pytest.mark.parametrize("state", ["", "{", "[]", '{"of": 1}', '{"of": {"url": "https://acme.example"}}'])
def test_a_state_that_cannot_be_read_costs_requests_and_nothing_else(tmp_path: Path, state: str):
    (filled(tmp_path) / STATE).write_text(state)
    with snapshot(tmp_path) as again:
        assert len(again) == 3 and not again.has("A-1.json", "1")


def test_files_of_the_person_are_left_alone(tmp_path: Path):
    (tmp_path / "export.json").write_text("[]")
    with snapshot(filled(tmp_path)) as again:
        assert "export.json" not in again.names()
    (tmp_path / STATE).unlink()
    with snapshot(tmp_path) as third:
        assert "export.json" not in third.names()


def test_what_no_file_can_hold_stays_escaped(tmp_path: Path):
    with snapshot(tmp_path) as first:
        first.put("A-1.json", "1", {"odd": "half \ud800 a pair", "fine": "ü"})
    assert json.loads((tmp_path / "A-1.json").read_text("utf-8"))["odd"] == "half \ud800 a pair"


def test_a_link_in_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "raw").mkdir()
    for name in ("A-1.json", STATE, JOURNAL):
        (tmp_path / "raw" / name).symlink_to(tmp_path / "precious")
    with snapshot(tmp_path / "raw") as first:
        first.put("A-1.json", "1", {"n": 1})
    assert (tmp_path / "precious").read_text() == "mine"
    assert json.loads((tmp_path / "raw/A-1.json").read_text()) == {"n": 1}


@pytest.mark.parametrize("link", ["data", "data/raw", "data/raw/src"])
def test_nothing_is_written_where_a_link_leads_out_of_the_project(tmp_path: Path, link: str):
    (tmp_path / "out/raw/src").mkdir(parents=True)
    root = tmp_path / "project"
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(tmp_path / "out")
    with (
        pytest.raises(FetchError, match="leads elsewhere"),
        held(open_project(root), "src", "here", print),
    ):
        pass
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["raw", "src"]


def test_a_link_to_another_folder_of_the_project_is_no_place_either(tmp_path: Path):
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "recipes").mkdir()
    (tmp_path / "data/raw/src").symlink_to(tmp_path / "recipes")
    with pytest.raises(FetchError, match="leads elsewhere"), held(open_project(tmp_path), "src", "here", print):
        pass


def test_a_place_that_is_allowed_may_be_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "disk").mkdir()
    root = tmp_path / "project"
    root.mkdir()
    (root / "data").symlink_to(tmp_path / "disk")
    monkeypatch.setenv("LORAMAKE_ALLOW", str(tmp_path / "disk"))
    with held(open_project(root), "src", "here", print) as (folder, _):
        assert folder == root / "data/raw/src"


def test_one_fetch_at_a_time(tmp_path: Path):
    said: list[str] = []
    project = open_project(tmp_path)
    with held(project, "src", "here", said.append):

        def second() -> None:
            with held(project, "src", "here", said.append):
                said.append("in")

        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        assert said == ["waits for another fetch that is at work there"]
    thread.join(5)
    assert said[-1] == "in"
