import pytest

from loramake.readers.pdf_rules import Ladder, Rule, ladders_of, sides_of


def across(top, x0=72.0, x1=372.0):
    return Rule(x0, top, x1, top)


def test_rules_of_one_extent_are_a_ladder():
    assert ladders_of([across(100), across(120), across(180), across(150, 90)]) == [Ladder(72, 372, [100, 120, 180])]


def test_rules_that_touch_are_one():
    parts = [rule for top in (100, 120, 140) for rule in (across(top, 72, 172), across(top, 172, 372))]
    assert ladders_of(parts) == [Ladder(72, 372, [100, 120, 140])]


@pytest.mark.parametrize("tops", [[], [100], [100, 120], [100, 101, 102]])
def test_fewer_than_three_are_no_ladder(tops):
    assert ladders_of(map(across, tops)) == []


def test_a_table_has_sides_where_it_has_columns():
    ladder = Ladder(72, 372, [100, 120, 140, 200])
    down = [Rule(172, 100, 172, 140), Rule(500, 100, 500, 200)]
    assert [(rule.x0, rule.top, rule.bottom) for rule in sides_of([ladder], down)] == [
        (72, 100, 120),
        (372, 100, 120),
        (72, 120, 140),
        (372, 120, 140),
    ]


def test_an_edge_is_as_pdfplumber_has_it():
    assert across(100).edge()["orientation"] == "h"
    edge = Rule(72, 100, 72, 140).edge()
    assert (edge["orientation"], edge["height"], edge["width"]) == ("v", 40, 0)
