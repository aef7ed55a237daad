import json
import tracemalloc

import pytest

from loramake.errors import SourceError
from loramake.readers import json_values, long_texts
from loramake.readers.parsed import Refused, row_of
from loramake.readers.records import read
from loramake.recipe.source import Source

TICKET = {"key": "T-1", "summary": "It leaks", "description": "Water in the hold.", "who": "Ada", "open": True, "n": 2}


def source(**options):
    return Source(**{"records": ["*"], "text": ["summary", "description"], **options})


def reading(tmp_path, content, name="tickets.jsonl", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path, source(**options)).whole()


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
        ({"other": [{"data": [1]}, "]"], "more": {"issues": 1}, "issues": [TICKET]}, {"at": "issues"}),
        ([{"issues": []}, {"issues": [TICKET]}], {"at": "issues"}),
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
        (b"[" * 100_000, "too_deep: more than 200 lists and objects inside one another"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "too_deep: more than 200 lists and objects inside one another"),
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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"summary": "a"}, {"summary": "b"}, {"summary": ', "bad_json: Expecting value, character 50"),
        ('[{"summary": "a"}, {"summary": "b"}', "bad_json: Expecting ']', character 36"),
        ('[{"summary": "a"}, {"summary": "b"} {"summary": "c"}]', "bad_json: Expecting ']', character 37"),
        (
            '[{"summary": "a"}, {"summary": "b"}, ' + "[" * 10_000,
            "too_deep: more than 200 lists and objects inside one another",
        ),
    ],
)
def test_what_comes_before_the_damage_in_a_list_is_read(tmp_path, content, reason):
    result = reading(tmp_path, content, "tickets.json")
    assert [parsed.text for parsed in result.parsed] == ["a", "b"]
    assert result.refused == [Refused("3", reason)]


@pytest.mark.parametrize("content", ['{"summary": "a"}\n{"summary": "b"}\n', '[{"summary": "a"}][{"summary": "b"}]'])
def test_values_that_follow_upon_one_another_are_records(tmp_path, content):
    assert [parsed.text for parsed in reading(tmp_path, content, "tickets.json").parsed] == ["a", "b"]


@pytest.mark.parametrize("size", range(1, 40))
def test_a_list_reads_the_same_however_it_is_held(tmp_path, monkeypatch, size):
    monkeypatch.setattr(json_values, "_PIECE", size)
    records = [{"summary": "a\u00e9\n", "n": -1.5e10, "x": [True, None]}, {"summary": 'b"}]'}, {"summary": 12345}]
    result = reading(tmp_path, json.dumps({"skip": [[1.25], {"a": {}}], "at": records}), "tickets.json", at="at")
    assert [parsed.text for parsed in result.parsed] == ["a\u00e9", 'b"}]', "12345"]
    assert result.parsed[0].meta == {"n": -1.5e10}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_record_that_is_too_long_to_hold_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(long_texts, "LONGEST", 100)
    monkeypatch.setattr(json_values, "LONGEST", 100)
    monkeypatch.setattr(json_values, "_PIECE", 50)
    records = [{"summary": "a"}, {"summary": "b" * 1000}, {"summary": "c"}]
    result = reading(tmp_path, json.dumps(records) if name == "a.json" else lines(*records), name)
    assert [parsed.text for parsed in result.parsed] == (["a"] if name == "a.json" else ["a", "c"])
    assert [refused.reason.split(":")[0] for refused in result.refused] == ["too_big"]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_large_file_is_read_in_little_memory(tmp_path, name):
    path = tmp_path / name
    with path.open("w") as out:
        out.write("[" if name == "a.json" else "")
        for number in range(20_000):
            comma = "," if number and name == "a.json" else ""
            out.write(f'{comma}{{"summary": "{"word " * 200}"}}\n')
        out.write("]" if name == "a.json" else "")
    tracemalloc.start()
    count = sum(1 for _ in read(path, source()).parts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, most < 10_000_000 < path.stat().st_size) == (20_000, True)


def test_a_record_may_hold_any_character(tmp_path):
    record = '{"summary": "line\u2028separator \\ud800 \\u0000 end", "odd": NaN, "big": 1e999}\n'
    result = reading(tmp_path, record)
    assert row_of(result.parsed[0])["text"] == "line\u2028separator \ufffd  end"
    assert result.parsed[0].meta == {"big": "1E+999"}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_numbers_are_exact(tmp_path, name):
    digits = "9" * 5000
    record = f'{{"summary": 1.10, "description": {digits}, "id": 12345678901234567890, "n": 0.1, "long": {digits}}}'
    (parsed,) = reading(tmp_path, record, name, id="id").parsed
    assert (parsed.text, parsed.part) == (f"1.10\n\n{digits}", "12345678901234567890")
    assert parsed.meta == {"n": 0.1, "long": digits}


def test_the_place_of_a_line_is_kept(tmp_path):
    data = "\ufeff".encode() + lines(TICKET).replace("\n", "\r\n").encode() + b"\n" + '{"summary": "é"}'.encode()
    first, second = reading(tmp_path, data).parsed
    assert (first.offset, data[second.offset :].decode()) == (0, '{"summary": "é"}')


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_other_encodings_are_read(tmp_path, encoding, name):
    (parsed,) = reading(tmp_path, '{"summary": "héllo"}\n'.encode(encoding), name).parsed
    assert parsed.text == "héllo"


def test_a_list_in_an_old_encoding_is_read(tmp_path):
    words = "Straßenbahn fährt über die Brücke, häufig und pünktlich"
    (parsed,) = reading(
        tmp_path, json.dumps([{"summary": words}], ensure_ascii=False).encode("cp1252"), "a.json"
    ).parsed
    assert parsed.text == words


@pytest.mark.parametrize(
    ("name", "content", "options", "reason"),
    [
        ("a.jsonl", "", {}, "empty"),
        ("a.jsonl", "\n\n", {}, "no_records"),
        ("a.json", "[]", {}, "no_records"),
        ("a.json", "[{]", {}, "bad_json"),
        ("a.json", "{}", {"at": "issues"}, "no_list"),
        ("a.json", '{"issues": {"not": "a list"}}', {"at": "issues"}, "no_list"),
        ("a.json", '{"issues": []}', {"at": "issues"}, "no_records"),
        ("a.json", "[" * 10_000, {}, "too_deep"),
        ("a.json", "[" * 10_000, {"at": "issues"}, "too_deep"),
        ("a.json", '{"a":' * 10_000, {}, "too_deep"),
        ("a.json", b"\x89PNG\0\0", {}, "binary"),
    ],
)
def test_a_file_without_records_is_refused(tmp_path, name, content, options, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, content, name, **options)
    assert refused.value.reason == reason
