"""Filling a form by rule."""

import pytest

from loramake.teachers.calls import Call
from loramake.teachers.rules.forms import fill


def filled(text: str, properties: dict, **meta: object) -> dict:
    return fill(Call("extract", text, None, meta, 1, [], {"type": "object", "properties": properties}))


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("Order number: 7", {"type": "integer"}, 7),
        ("order_number: 1,200", {"type": "integer"}, 1200),
        ("- **Order-Number:** 7.5", {"type": "number"}, 7.5),
        ("ORDER NUMBER: 7", {"type": "string"}, "7"),
        ("Order number: yes", {"type": "boolean"}, True),
        ("Order number: a, b ,c", {"type": "array"}, ["a", "b", "c"]),
        ("Order number: HIGH", {"enum": ["low", "high"]}, "high"),
        ("Order number: soon", {"type": "integer"}, "soon"),
        ("Order number: first\nOrder number: second", {}, "first"),
    ],
)
def test_a_line_fills_the_property_that_it_spells(text: str, part: dict, expected: object):
    assert filled(text, {"order_number": part}) == {"order_number": expected}


def test_the_record_knows_better_than_its_text():
    assert filled("Colour: red", {"colour": {"type": "string"}}, Colour="blue") == {"colour": "blue"}


@pytest.mark.parametrize(
    ("value", "part", "expected"), [(7, {"type": "string"}, "7"), (7, {}, 7), ([1], {"type": "array"}, [1])]
)
def test_a_record_keeps_its_types_unless_text_is_wanted(value: object, part: dict, expected: object):
    assert filled("", {"a": part}, a=value) == {"a": expected}


def test_what_is_not_said_is_its_default_or_null_or_left_out():
    properties = {"a": {}, "b": {"default": 3}, "c": {"type": ["string", "null"]}, "d": {"type": "string"}}
    assert filled("A: 1", properties) == {"a": "1", "b": 3, "c": None}


def test_a_form_without_any_value_stays_empty():
    assert filled("Nothing here.", {"a": {"type": ["string", "null"]}, "b": True}) == {}
