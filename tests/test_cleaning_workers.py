import os

import pytest

from loramake.cleaning.workers import ordered_map
from loramake.errors import DataError


def lengths(items: list[str]) -> list[int]:
    return [len(item) for item in items]


def die(items: list[str]) -> list[int]:
    os._exit(len(items))


@pytest.mark.parametrize("processes", [1, 2])
def test_the_order_is_that_of_the_items(processes):
    items = ["x" * number for number in range(3000)]
    assert list(ordered_map(lengths, iter(items), weigh=len, processes=processes)) == list(range(3000))


def test_no_more_is_read_than_is_under_way():
    read: list[int] = []
    items = (read.append(number) or "x" * 500_000 for number in range(50))
    made = ordered_map(lengths, items, weigh=len, processes=2)
    next(made)
    made.close()
    assert len(read) <= 5


def test_a_process_that_dies_is_an_error_and_no_silence():
    with pytest.raises(DataError, match="died"):
        list(ordered_map(die, ["x"], weigh=len, processes=2))
