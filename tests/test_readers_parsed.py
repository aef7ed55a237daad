import math

import pytest

from loramake.errors import SourceError
from loramake.readers.parsed import Parsed, Reading, Refused, Stream, part_of, row_of, tidy


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
        ([math.nan, math.inf, -math.inf, 1.5], [None, None, None, 1.5]),
    ],
)
def test_tidy(value, expected):
    assert tidy(value) == expected


@pytest.mark.parametrize(
    "part",
    [
        Parsed("text", "7", 12, 1, "S", "A", "2024", "en", {"n": 1}),
        Parsed("text", offset=0, page=0),
        Parsed(""),
        Refused("8", "no_text: nothing"),
        Refused("", "empty: the file has no bytes"),
    ],
)
def test_a_part_comes_back_from_its_row_as_it_was(part):
    assert part_of(row_of(part)) == part


def test_a_row_is_tidy_and_says_nothing_of_what_is_not_there():
    assert row_of(Parsed("a\r\nb")) == {"text": "a\nb", "part": ""}


def test_a_refusal_names_the_whole_file_and_says_why():
    reading = Reading.refusal("pdf", SourceError("no_text", "a scan"))
    assert list(reading.parts) == [Refused("", "no_text: a scan")]


def test_a_stream_is_a_reading_part_by_part():
    reading = Reading("r", [Parsed("a"), Parsed("b")], [Refused("3", "no_text: nothing")])
    assert Stream("r", reading.parts).whole() == reading
