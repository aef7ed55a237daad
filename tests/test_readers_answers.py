from decimal import Decimal

import pytest

from loramake.readers.answers import date_of, listed, mapping, objects, short


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (" a ", "a"),
        (5, "5"),
        (Decimal("2.50"), "2.50"),
        (True, "true"),
        (None, ""),
        ({"name": "bob", "displayName": "Bob"}, "Bob"),
        ({"name": "", "key": "bob"}, "bob"),
        ({"self": "https://x"}, ""),
        ([{"name": "a"}, ["deeper"], "b", None], "a, b"),
    ],
)
def test_what_a_value_says_in_short(value, said):
    assert short(value) == said


def test_wrong_kinds_are_empty():
    assert (mapping([1]), objects({"a": 1}), objects([{}, 1]), listed("ab"), listed([None, "a"])) == (
        {},
        [],
        [{}],
        [],
        ["a"],
    )


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2024-01-31T10:20:30.000+0000", "2024-01-31T10:20:30+00:00"),
        ("17/Feb/24 10:05 AM", "2024-02-17T10:05:00"),
        ("17/Feb/24 12:05 AM", "2024-02-17T00:05:00"),
        ("7/September/2024 12:05 PM", "2024-09-07T12:05:00"),
        ("17.Feb.2024 23:05:09", "2024-02-17T23:05:09"),
        ("17 Feb 2024", "2024-02-17"),
        ("31/Feb/24", None),
        ("17/Foo/24", None),
        (Decimal("1492070429000"), "2017-04-13T08:00:29+00:00"),
        ("soon", None),
        (None, None),
    ],
)
def test_dates(value, date):
    assert date_of(value) == date
