import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.whitespace import collapse


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("two  words\tand  \t more  ", "two words and more"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\n  \n \t \nb", "a\n\nb"),
        ("\n\n  - item\n\t- tab  item\n\n", "  - item\n    - tab item"),
        ("    code()  # x", "    code() # x"),
        ("page  one \f page\n\n\n\ftwo", "page one\f page\n\n\ftwo"),
        ("\fsecond page", "\fsecond page"),
        ("x\n\n\n```\na  b\n\n\n\n\tc  \n```  \n\n\ny", "x\n\n```\na  b\n\n\n\n\tc  \n```  \n\ny"),
        (" \n\t", ""),
    ],
)
def test_collapse(text, clean):
    assert collapse(text) == clean


@given(st.text(alphabet="ab `~#\t\n\f-", max_size=60))
@settings(max_examples=50, deadline=None)
def test_collapsing_twice_is_collapsing_once(text):
    assert collapse(collapse(text)) == collapse(text)


@given(st.text(alphabet="ab `~#\t\n\f-", max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_word_and_no_page_is_lost(text):
    assert collapse(text).split() == text.split()
    assert collapse(text).count("\f") == text.count("\f")


@pytest.mark.parametrize("piece", [" ", "\t", "\n", " \n", "\n\t", "a "])
def test_a_million_spaces_take_no_time(piece):
    begin = time.process_time()
    collapse("x" + piece * (1_000_000 // len(piece)) + "x")
    assert time.process_time() - begin < 2
