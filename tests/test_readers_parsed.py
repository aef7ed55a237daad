import json

import pytest

from loramake.errors import SourceError
from loramake.readers.parsed import Parsed, Reading, Refused, tidy


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("half a pair: \ud83d", "half a pair: \ufffd"),
        ("a pair in halves: \ud83d\ude00", "a pair in halves: \U0001f600"),
        ("a\0b", "ab"),
        ({"k\r": ["x\ry", {"z": "\udfff"}]}, {"k\n": ["x\ny", {"z": "\ufffd"}]}),
        ({1: True, "n": None, "f": 0.5}, {"1": True, "n": None, "f": 0.5}),
        (("a", "b"), ["a", "b"]),
    ],
)
def test_tidy(value, expected):
    assert tidy(value) == expected


def test_a_reading_comes_back_from_json_as_it_was():
    parsed = Parsed("text", part="7", page=1, section="S", author="A", date="2024", language="en", meta={"n": 1})
    reading = Reading("reader 1", [parsed], [Refused("8", "no_text: nothing")])
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading


def test_a_reading_is_tidy_as_json():
    assert Reading("r", [Parsed("a\r\nb")]).to_json()["parsed"][0]["text"] == "a\nb"


def test_a_refusal_names_the_whole_file_and_says_why():
    reading = Reading.refusal("pdf", SourceError("no_text", "a scan"))
    assert reading.parsed == []
    assert reading.refused == [Refused("", "no_text: a scan")]
