import json

import pytest

from fake_build import data_build
from loramake.errors import StoreError
from loramake.files import read_json, write_json
from loramake.reporting.built import read_build


@pytest.fixture
def stages(tmp_path):
    return data_build(tmp_path)


def test_a_result_tells_its_receipt(stages):
    clean = read_build(stages)["clean"]
    assert (clean.key, clean.version, clean.models) == (stages["clean"].name, 1, {})
    assert clean.upstream == {"sources": stages["sources"].name}
    assert clean.reasons() == {"too_short": 5, "duplicate": 4}


def test_records_and_sizes_come_from_the_receipt(stages):
    clean = read_build(stages)["clean"]
    assert clean.records("train/") == 123
    assert clean.size("train/") == (stages["clean"] / "train/train.jsonl").stat().st_size
    assert clean.records("nothing.jsonl") == clean.size("nothing") == 0


def test_records_are_counted_where_the_receipt_does_not_say(stages):
    path = stages["clean"] / "receipt.json"
    receipt = read_json(path)
    del receipt["outputs"]["train/train.jsonl"]["records"]
    write_json(path, receipt)
    assert read_build(stages)["clean"].records("train/") == 123


def test_a_file_that_is_not_there_has_no_rows(stages):
    clean = read_build(stages)["clean"]
    assert list(clean.rows("nothing.jsonl")) == []
    assert clean.json("nothing.json") == {}


def test_a_run_that_was_not_noted_is_empty(stages):
    (stages["clean"] / "run.json").unlink()
    build = read_build(stages)
    assert build["clean"].run == {}
    assert build["sources"].run["host"] == "atlas"


def test_a_missing_receipt_is_named(stages):
    (stages["clean"] / "receipt.json").unlink()
    with pytest.raises(StoreError, match="there is no receipt") as error:
        read_build(stages)
    assert error.value.where == str(stages["clean"] / "receipt.json")


def test_the_same_reason_twice_is_added_up(stages):
    path = stages["clean"] / "receipt.json"
    receipt = json.loads(path.read_text())
    receipt["counts"] |= {"dropped": {"empty": 2}, "quarantined": {"empty": 3, "odd": 1}}
    write_json(path, receipt)
    assert read_build(stages)["clean"].reasons() == {"empty": 5, "odd": 1}
