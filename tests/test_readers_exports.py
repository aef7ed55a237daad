import json

import pytest

from loramake.errors import SourceError
from loramake.readers import exports, json_values
from loramake.readers.parsed import Parsed


def items(tmp_path, content, name="a.json", at=None):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(exports.items_of(path, at, "issues"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"id": 1}, [1]),
        ([{"id": 1}, {"id": 2}], [1, 2]),
        ({"issues": [{"id": 1}, {"id": 2}], "total": 2}, [1, 2]),
        ([{"issues": [{"id": 1}]}, {"issues": []}, [{"id": 2}]], [1, 2]),
        ({"id": 1, "issues": [{"id": 2}]}, [1]),
        ({"issues": {"id": 2}, "x": 1}, [None]),
    ],
)
def test_pages_are_opened(tmp_path, value, found):
    assert [item.get("id") for item, _ in items(tmp_path, json.dumps(value))] == found


def test_lines_have_their_places_and_fates(tmp_path):
    lines = b'\xef\xbb\xbf{"id": 1}\n \n{"id": \xff}\n{"id"\n{"issues": [{"id": 2}]}\n'
    found = items(tmp_path, lines, "a.jsonl")
    assert [(getattr(item, "reason", item), place) for item, place in found] == [
        ({"id": 1}, 0),
        ("bad_json", 15),
        ("bad_json", 25),
        ({"id": 2}, None),
    ]


def test_lines_in_another_encoding_are_read(tmp_path):
    assert items(tmp_path, '{"id": "é"}\n'.encode("utf-16"), "a.jsonl") == [({"id": "é"}, None)]


def test_a_page_that_is_too_long_to_hold_is_read_item_by_item(tmp_path, monkeypatch):
    monkeypatch.setattr(json_values, "LONGEST", 2**20)
    page = json.dumps({"issues": [{"id": number, "text": "x" * 2**19} for number in range(8)]})
    assert [item["id"] for item, _ in items(tmp_path, page)] == list(range(8))


def test_what_follows_a_bad_item_is_lost_by_name(tmp_path):
    (first, _), (second, _) = items(tmp_path, '[{"id": 1}, {"id" 2}, {"id": 3}]')
    assert (first, second.reason) == ({"id": 1}, "bad_json")


def test_what_gives_no_document_is_refused_alone():
    def document_of(item):
        if item == "deep":
            raise RecursionError
        if item == "odd":
            raise TypeError
        if item == "bad":
            raise SourceError("not_that", "no, no")
        return Parsed(item)

    found = exports.stream(
        "x", [("good", 7), ("deep", None), ("odd", 8), ("bad", 9)], document_of, lambda item: item[:3]
    ).whole()
    assert [(parsed.text, parsed.offset) for parsed in found.parsed] == [("good", 7)]
    assert [(refused.part, refused.reason) for refused in found.refused] == [
        ("dee", "too_deep: nested too deeply"),
        ("odd", "damaged: TypeError"),
        ("bad", "not_that: no, no"),
    ]
