from collections.abc import Callable

import pytest

from loramake.fetching.items import by_offset, file_name


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (["ACME-12"], "ACME-12.json"),
        (["pull", "7"], "pull-7.json"),
        (["1234567890"], "1234567890.json"),
        (["../../etc/passwd"], "etc-passwd-"),
        (["/etc/passwd"], "etc-passwd-"),
        ([".fetch"], "fetch-"),
        (["a.b"], "a-b-"),
        (["a\0b"], "a-b-"),
        ([""], "item-"),
        (["ÄRGER-1"], "RGER-1-"),
        (["x" * 300], "x" * 40 + "-"),
        (["\ud800"], "item-"),
    ],
)
def test_a_name_stays_in_its_folder(parts: list[str], name: str):
    found = file_name(*parts)
    assert found.startswith(name) and found.endswith(".json")
    assert "/" not in found and not found.startswith(".") and len(found) < 120


def test_names_of_different_things_differ():
    names = ["a/b", "a-b", "a.b", "a b", "a\\b", "../a-b"]
    assert len({file_name(name) for name in names}) == len(names)


def pages(values: list[int], size: int, change: Callable[[int], None] = lambda _: None):
    """Pages of a list that `change` may alter before each is read."""
    asked = []

    def ask(start: int) -> tuple[list[dict[str, int]], bool]:
        change(len(asked))
        asked.append(start)
        return [{"id": value} for value in values[start : start + size]], start + size < len(values)

    return asked, ask


@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 25])
@pytest.mark.parametrize("size", [1, 2, 10])
def test_everything_comes_once(count: int, size: int):
    _, ask = pages(list(range(count)), size)
    assert [item["id"] for item in by_offset(ask)] == list(range(count))


@pytest.mark.parametrize("gone", [1, 3, 9, 15])
def test_nothing_is_skipped_when_the_list_shrinks_on_the_way(gone: int):
    values = list(range(40))
    _, ask = pages(values, 10, lambda number: values.__delitem__(slice(0, gone)) if number == 2 else None)
    assert set(range(gone, 40)) <= {item["id"] for item in by_offset(ask)}


def test_what_comes_in_on_the_way_is_no_duplicate():
    values = list(range(40))
    _, ask = pages(values, 10, lambda number: values.insert(0, 100 + number))
    found = [item["id"] for item in by_offset(ask)]
    assert sorted(set(found)) == sorted(found) and set(range(40)) <= set(found)


def test_a_service_that_cannot_count_is_left():
    with pytest.raises(ValueError, match="again and again"):
        list(by_offset(lambda _: ([{"id": 1}, {"id": 2}], True)))
