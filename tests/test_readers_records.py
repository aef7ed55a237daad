import json

import pytest

from loramake.errors import SourceError
from loramake.readers.parsed import Refused
from loramake.readers.records import read
from loramake.recipe.model import Source

TICKET = {"key": "T-1", "summary": "It leaks", "description": "Water in the hold.", "who": "Ada", "open": True, "n": 2}


def source(**options):
    return Source(**{"records": ["*"], "text": ["summary", "description"], **options})


def reading(tmp_path, content, name="tickets.jsonl", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, source(**options))


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def test_the_fields_of_a_record_become_a_document(tmp_path):
    record = {**TICKET, "made": "2024-01-31", "labels": ["x"], "nested": {"a": 1}, "none": None}
    (parsed,) = reading(tmp_path, lines(record), id="key", author="who", date="made").parsed
    assert parsed.text == "It leaks\n\nWater in the hold."
    assert (parsed.part, parsed.author, parsed.date) == ("T-1", "Ada", "2024-01-31")
    assert parsed.meta == {"open": True, "n": 2}


def test_a_record_without_an_id_goes_by_its_number(tmp_path):
    rows = lines(TICKET, {"summary": "x", "key": ""}, TICKET)
    assert [parsed.part for parsed in reading(tmp_path, rows, id="key").parsed] == ["T-1", "2", "T-1"]
    assert [parsed.part for parsed in reading(tmp_path, rows).parsed] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"summary": "a", "description": None}, "a"),
        ({"summary": " ", "description": "b\r\n"}, "b"),
        ({"summary": 7, "description": 0.5}, "7\n\n0.5"),
        ({"summary": ["a", "b", {"c": 1}]}, "a\nb"),
    ],
)
def test_empty_fields_are_left_out_of_the_text(tmp_path, record, text):
    assert reading(tmp_path, lines(record)).parsed[0].text == text


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ([TICKET], {}),
        (TICKET, {}),
        ({"issues": [TICKET]}, {"at": "issues"}),
        ({"data": {"issues": [TICKET]}}, {"at": "data.issues"}),
        ({"data.issues": [TICKET]}, {"at": "data.issues"}),
    ],
)
def test_a_json_file_holds_its_list_anywhere(tmp_path, content, options):
    (parsed,) = reading(tmp_path, json.dumps(content), "tickets.json", **options).parsed
    assert parsed.text.startswith("It leaks")


def test_names_with_dots_reach_into_a_record(tmp_path):
    record = {"fields": {"summary": "It leaks", "creator": {"name": "Ada"}, "id": 5}, "a.b": "More"}
    options = {"text": ["fields.summary", "a.b"], "id": "fields.id", "author": "fields.creator.name"}
    (parsed,) = reading(tmp_path, lines(record), **options).parsed
    assert (parsed.text, parsed.part, parsed.author) == ("It leaks\n\nMore", "5", "Ada")


def test_an_unreadable_date_stays_in_meta(tmp_path):
    (parsed,) = reading(tmp_path, lines({"summary": "x", "made": "soon"}), date="made").parsed
    assert (parsed.date, parsed.meta) == (None, {"made": "soon"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"summary": "cut', "bad_json: Unterminated string starting at, line 1 column 13"),
        (b'{"summary": "latin-1: \xe9"}', "bad_json: not UTF-8"),
        (b"[" * 100_000, "bad_json: a number too long, or nested too deeply"),
        (b'{"summary": ' + b"9" * 5000 + b"}", "bad_json: a number too long, or nested too deeply"),
        (b'["a list"]', "not_a_record: a list in place of an object"),
        (b'"a string"', "not_a_record: a string in place of an object"),
        (b"null", "not_a_record: null in place of an object"),
        (b'{"title": "other fields"}', "no_text: nothing in summary, description"),
    ],
)
def test_a_bad_line_spoils_no_other(tmp_path, line, reason):
    good = lines(TICKET).encode()
    result = reading(tmp_path, good + line + b"\n\n" + good)
    assert [parsed.part for parsed in result.parsed] == ["1", "3"]
    assert result.refused == [Refused("2", reason)]


def test_a_bad_record_in_a_list_spoils_no_other(tmp_path):
    result = reading(tmp_path, json.dumps([TICKET, '{"summary": "a string"}', 5, TICKET]), "tickets.json")
    assert [parsed.part for parsed in result.parsed] == ["1", "4"]
    assert [refused.reason.split(":")[0] for refused in result.refused] == ["not_a_record", "not_a_record"]


def test_a_record_may_hold_any_character(tmp_path):
    record = '{"summary": "line\u2028separator \\ud800 \\u0000 end", "odd": NaN, "big": 1e999}\n'
    result = reading(tmp_path, record)
    assert result.to_json()["parsed"][0]["text"] == "line\u2028separator \ufffd  end"
    assert result.parsed[0].meta == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_lines_with_a_byte_order_mark_are_read(tmp_path, encoding):
    (parsed,) = reading(tmp_path, '{"summary": "héllo"}\n'.encode(encoding)).parsed
    assert parsed.text == "héllo"


@pytest.mark.parametrize(
    ("name", "content", "options", "reason"),
    [
        ("a.jsonl", "", {}, "empty"),
        ("a.jsonl", "\n\n", {}, "no_records"),
        ("a.json", "[]", {}, "no_records"),
        ("a.json", "[{]", {}, "bad_json"),
        ("a.json", "{}", {"at": "issues"}, "no_list"),
        ("a.json", '{"issues": {"not": "a list"}}', {"at": "issues"}, "no_list"),
        ("a.json", b"\x89PNG\0\0", {}, "binary"),
    ],
)
def test_a_file_without_records_is_refused(tmp_path, name, content, options, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, content, name, **options)
    assert refused.value.reason == reason
