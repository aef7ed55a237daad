import pytest

from loramake.cleaning.words import Words, lowered

WORDS = Words(["pass", "pa", "ass", "é", "密码", "pass"])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", []),
        ("none", []),
        ("a pass", [(2, 4, "pa"), (2, 6, "pass"), (3, 6, "ass")]),
        ("密码é 密码", [(0, 2, "密码"), (2, 3, "é"), (4, 6, "密码")]),
        ("😀 pa", [(2, 4, "pa")]),
    ],
)
def test_every_place_of_every_word_is_found_in_order(text, places):
    assert WORDS.places(text) == places


def test_half_a_character_is_no_obstacle():
    assert WORDS.places("\ud83d pa \ude00 é") == [(2, 4, "pa"), (7, 8, "é")]


def test_what_is_held_is_told_once():
    assert WORDS.held("pass, pass") == {"pass", "pa", "ass"}
    assert not Words([]).held("pass")


@pytest.mark.parametrize("text", ["", "ÀB", "\u0130stanbul I", "ẞΣς", "\U0001f600"])
def test_small_letters_stand_where_the_large_ones_stood(text):
    assert len(lowered(text)) == len(text)
    assert all(after in (before.lower(), "i") for before, after in zip(text, lowered(text), strict=True))
