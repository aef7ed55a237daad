import json

import pytest

from loramake.errors import SourceError
from loramake.readers.kept import head_of, keep, rows_of

ROWS = [{"reader": "text"}, {"text": "wörds\u2028\n"}, {"crc32": "a row like the last line"}]


@pytest.fixture
def target(tmp_path):
    return tmp_path / "ab" / "cd.jsonl"


def kept(target, rows=ROWS, most=10_000):
    keep(target, rows, partial=target.with_name(".partial"), most=most)
    return target


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], [{"a": n} for n in range(5000)]])
def test_rows_come_back_as_they_were(target, rows):
    assert list(rows_of(kept(target, rows, 10**6))) == rows
    assert head_of(target) == rows[0]
    assert [path.name for path in target.parent.iterdir()] == ["cd.jsonl"]


def test_what_is_not_there_has_no_head(target):
    assert head_of(target) is None


def cuts(data):
    return [data[:size] for size in range(0, len(data), 7)]


def zeros(data):
    """What some file systems leave of a file that was written when the power went."""
    return [data[:size] + bytes(len(data) - size) for size in range(0, len(data), 11)]


def flips(data):
    return [data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in range(0, len(data), 3)]


@pytest.mark.parametrize(
    "damage", [cuts, zeros, flips, lambda data: [data + b"x", data + data, data[1:], b"\n", b"[]"]]
)
def test_a_damaged_file_is_not_there(target, damage):
    for data in damage(kept(target).read_bytes()):
        target.write_bytes(data)
        assert head_of(target) is None


@pytest.mark.parametrize("exists", [False, True])
def test_rows_that_break_off_leave_everything_as_it_was(target, exists):
    def rows():
        yield from ROWS
        raise SourceError("no_text", "none")

    if exists:
        kept(target, ROWS[:1])
    with pytest.raises(SourceError, match="none"):
        kept(target, rows())
    assert [path.name for path in target.parent.iterdir()] == ["cd.jsonl"] * exists
    assert not exists or list(rows_of(target)) == ROWS[:1]


def test_too_many_bytes_are_too_many(target):
    with pytest.raises(SourceError) as refused:
        kept(target, ({"text": "words" * 1000} for _ in range(10**6)), most=100_000)
    assert refused.value.reason == "too_big"
    assert not target.exists()


def test_every_line_is_json_in_utf_8(target):
    lines = kept(target).read_text(encoding="utf-8").split("\n")
    assert [json.loads(line) for line in lines[:3]] == ROWS
    assert lines[4:] == [""]
