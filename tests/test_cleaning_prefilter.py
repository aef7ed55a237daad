import time

import pytest
from pydantic import ValidationError

from loramake.cleaning.prefilter import why_beside_the_matter
from loramake.errors import DataError
from loramake.recipe.cleaning import Prefilter

TEXT = "The Pump of line 7\nleaks since the safety valve was changed; see P-7/12."


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ({"any": "pump"}, None),
        ({"any": ["engine", "valve"]}, None),
        ({"any": ["engine", "gear"]}, "no_keyword"),
        ({"any": "pum"}, "no_keyword"),
        ({"any": "line 7 leaks"}, None),
        ({"any": "P-7/12"}, None),
        ({"all": ["pump", "valve"]}, None),
        ({"all": ["pump", "gear"]}, "no_keyword"),
        ({"none": "gear"}, None),
        ({"none": ["gear", "LEAKS"]}, "unwanted_keyword"),
        ({"matches": r"P-\d+/\d+"}, None),
        ({"matches": [r"P-\d+", r"Q-\d+"]}, "no_match"),
        ({"any": "valve", "within": 20}, "no_keyword"),
        ({"any": "pump", "within": 20}, None),
    ],
)
def test_what_is_beside_the_matter(about, reason):
    assert why_beside_the_matter(TEXT, Prefilter(**about)) == reason


def test_a_pattern_that_explodes_is_stopped_and_named():
    start = time.monotonic()
    with pytest.raises(DataError, match=r"the pattern '\(a\|aa\)\+\$' takes more than 0.2 s on one document") as caught:
        why_beside_the_matter("a" * 50 + "b", Prefilter(matches="(a|aa)+$", seconds=0.2))
    assert time.monotonic() - start < 5
    assert "within" in caught.value.hint


@pytest.mark.parametrize(
    ("about", "message"), [({}, "needs at least one of"), ({"matches": "("}, "is no regular expression")]
)
def test_a_prefilter_says_something(about, message):
    with pytest.raises(ValidationError, match=message):
        Prefilter(**about)
