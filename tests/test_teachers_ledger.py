from pathlib import Path

import pytest

from loramake.errors import StoreError
from loramake.teachers.ledger import Ledger, bytes_per_token, ledger_of

PAID = {"pay": "a", "usd": 0.25, "model": "m at x", "size": 400, "sent": 100, "output": 9}


def append(path: Path, *rows: dict) -> None:
    with Ledger(path) as ledger:
        for row in rows:
            with ledger.held():
                ledger.append(row)


def counted(path: Path) -> float:
    with Ledger(path) as ledger:
        ledger.look()
        return ledger.counted


def test_what_is_open_counts_until_it_is_paid(tmp_path: Path):
    path = ledger_of(tmp_path, "r")
    append(path, {"take": "a", "usd": 1.0}, {"take": "b", "usd": 2.0})
    assert counted(path) == 3.0
    append(path, PAID)
    assert counted(path) == 2.25


def test_each_reader_sees_what_the_others_write(tmp_path: Path):
    path = ledger_of(tmp_path, "r")
    with Ledger(path) as one, Ledger(path) as other:
        for number in range(20):
            with one.held():
                one.append({"take": str(number), "usd": 1.0})
            with other.held():
                assert other.counted == number + 1


@pytest.mark.parametrize(
    "torn",
    [
        '{"take": "b", "us',
        "[]",
        '{"take": "b"}',
        '{"pay": "a", "usd": 1}',
        "nonsense",
        '{"pay": "x", "usd": NaN}',
        '{"pay": "x", "usd": -9}',
    ],
)
def test_a_line_that_was_cut_short_spoils_no_other(tmp_path: Path, torn: str):
    path = ledger_of(tmp_path, "r")
    append(path, {"take": "a", "usd": 1.0})
    with path.open("a") as stream:
        stream.write(torn)
    append(path, {"take": "c", "usd": 4.0})
    assert counted(path) == 5.0
    assert len(path.read_text().splitlines()) == 3


def test_looking_makes_no_file(tmp_path: Path):
    assert counted(ledger_of(tmp_path, "r")) == 0.0
    assert list(tmp_path.iterdir()) == []


def test_recipes_have_ledgers_of_their_own(tmp_path: Path):
    append(ledger_of(tmp_path, "r"), PAID)
    assert (counted(ledger_of(tmp_path, "r")), counted(ledger_of(tmp_path, "other"))) == (0.25, 0.0)


def test_bytes_per_token_are_learnt_from_all_recipes_of_a_model(tmp_path: Path):
    append(ledger_of(tmp_path, "r"), PAID, {**PAID, "size": 1000, "sent": 300})
    append(ledger_of(tmp_path, "s"), {**PAID, "size": 600, "sent": 100}, {**PAID, "size": 9, "estimated": True})
    assert bytes_per_token(tmp_path, "m at x") == 4.0
    assert bytes_per_token(tmp_path, "other at x") is None


def test_a_ledger_that_cannot_be_written_is_an_error(tmp_path: Path):
    (tmp_path / "spent").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written down"):
        append(ledger_of(tmp_path, "r"), PAID)
