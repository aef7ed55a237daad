from pathlib import Path

import pytest

from loramake.errors import DataError, LoramakeError, Problem, RecipeError
from loramake.files import canonical_json, digest, read_json, whole_file, write_json
from loramake.records import Counts, Document, Writer, read_records, read_rows


def test_canonical_json_has_one_spelling():
    assert canonical_json({"b": 1, "a": [1.0, "é"]}) == '{"a":[1.0,"é"],"b":1}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json(float("nan"))


def test_a_file_is_whole_or_not_there(tmp_path: Path):
    with pytest.raises(RuntimeError), whole_file(tmp_path / "a") as stream:
        stream.write("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    write_json(tmp_path / "a", {"x": 1})
    assert read_json(tmp_path / "a") == {"x": 1}


def test_an_error_is_what_where_and_what_to_do():
    assert str(LoramakeError("it broke", where="a.md", hint="mend it")) == "it broke\n  a.md\n  mend it"
    assert str(LoramakeError("it broke")) == "it broke"


def test_problems_come_in_the_order_of_the_file():
    problems = [Problem("r.yaml", line, 1, "p", "what") for line in (9, 2)]
    assert str(RecipeError(problems)) == "r.yaml:2:1: p: what\nr.yaml:9:1: p: what"


def test_records_come_back_and_reasons_are_counted(tmp_path: Path):
    document = Document("1", "text", "yard", "a.md", "sha", "r")
    with Writer(tmp_path / "a.jsonl") as out:
        out.write(document)
        out.write(document, reason="duplicate: 0")
    assert (out.count, dict(out.reasons)) == (2, {"duplicate": 1})
    assert list(read_records(Document, tmp_path / "a.jsonl")) == [document, document]


def test_a_line_that_is_not_json_is_named(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{half\n')
    with pytest.raises(DataError, match=r"not a line of JSON.*\n.*a\.jsonl:2"):
        list(read_rows(tmp_path / "a.jsonl"))


def test_counts_must_add_up():
    Counts(unit="files", given=3, passed=1, dropped={"empty": 1}, quarantined={"truncated": 1})
    with pytest.raises(DataError, match="3 files went in and 2 are accounted for"):
        Counts(unit="files", given=3, passed=1, dropped={"empty": 1})
