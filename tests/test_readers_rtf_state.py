import pytest

from loramake.readers.rtf_state import NOWHERE, State


@pytest.mark.parametrize(
    ("word", "value", "name", "result"),
    [
        ("v", None, "is_hidden", True),
        ("v", 0, "is_hidden", False),
        ("super", None, "is_raised", True),
        ("f", 3, "font", 3),
        ("s", None, "style", 0),
        ("intbl", None, "nested", 1),
        ("itap", 2, "nested", 2),
        ("outlinelevel", 0, "outline", 0),
    ],
)
def test_a_word_sets_what_it_is_about(word, value, name, result):
    state = State()
    assert state.set(word, value) and getattr(state, name) == result


def test_words_about_other_things_set_nothing():
    assert not State().set("cell", None)


def test_plain_is_about_words_and_pard_about_paragraphs():
    state = State(font=3, is_hidden=True, style=2, nested=1)
    assert state.is_silent and state.set("plain", None) and not state.is_silent
    assert (state.font, state.style) == (-1, 2)
    assert state.set("pard", None) and (state.style, state.nested) == (0, 0)


def test_words_that_go_nowhere_are_silent():
    assert State(goes=NOWHERE).is_silent
