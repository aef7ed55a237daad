import re
import shutil
from pathlib import Path

import pytest

from fake_build import data_build, full_build
from loramake.errors import StoreError
from loramake.files import read_json, write_json
from loramake.recipe.model import Report
from loramake.records import Counts
from loramake.stages.report import report

OUTPUTS = {"page": "report.html", "card": "README.md", "receipts": "receipts.json"}


def built(stages, folder):
    return report(Report(), stages=stages, **{name: folder / file for name, file in OUTPUTS.items()})


def without_runs(path):
    html, found = re.subn(r'<section id="runs".*?</section>', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found == 1
    return html


@pytest.mark.parametrize(("make", "count"), [(data_build, 2), (full_build, 9)])
def test_a_report_tells_of_every_stage(tmp_path, make, count):
    stages = make(tmp_path)
    assert built(stages, tmp_path) == Counts(unit="stages", given=count, passed=count)
    assert [receipt["stage"] for receipt in read_json(tmp_path / "receipts.json")] == list(stages)


@pytest.mark.parametrize("make", [data_build, full_build])
def test_the_same_build_gives_the_same_bytes_but_for_its_runs(tmp_path, make):
    stages = make(tmp_path / "here")
    built(stages, tmp_path / "first")
    elsewhere = {stage: Path(shutil.copytree(path, tmp_path / "there" / stage)) for stage, path in stages.items()}
    for path in elsewhere.values():
        write_json(path / "run.json", {"seconds": 123.0, "host": "other", "peak_memory_mb": 1.0, "attempts": 2})
    built(elsewhere, tmp_path / "second")
    for file in ("README.md", "receipts.json"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()
    assert without_runs(tmp_path / "first" / "report.html") == without_runs(tmp_path / "second" / "report.html")


def test_runs_that_were_not_noted_change_nothing_else(tmp_path):
    stages = full_build(tmp_path)
    built(stages, tmp_path / "first")
    for path in stages.values():
        (path / "run.json").unlink()
    built(stages, tmp_path / "second")
    assert without_runs(tmp_path / "first" / "report.html") == without_runs(tmp_path / "second" / "report.html")


def test_no_output_names_the_place_where_it_was_built(tmp_path):
    built(full_build(tmp_path), tmp_path)
    for file in OUTPUTS.values():
        assert str(tmp_path) not in (tmp_path / file).read_text(encoding="utf-8")


def test_a_stage_without_its_receipt_stops_the_report(tmp_path):
    stages = data_build(tmp_path)
    (stages["sources"] / "receipt.json").unlink()
    with pytest.raises(StoreError, match="there is no receipt"):
        built(stages, tmp_path)
    assert not (tmp_path / "report.html").exists()
