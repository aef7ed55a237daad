import pytest

from loramake.cleaning.nearby import windows
from loramake.cleaning.words import Words

WORDS = Words(["ssn", "heroku"])


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("the ssn 123456789", [" 12345"]),
        ("userSsn=123", ["=123"]),
        ("ssn ssn 1234567", [" ssn 12345"]),
        ("lessness xssn", []),
        ("nothing", []),
    ],
)
def test_windows_after_a_word(text, stretches):
    assert [text[start:stop] for start, stop in windows(text, WORDS.places(text.lower()), after=6)] == stretches


def test_windows_on_both_sides():
    assert list(windows("a heroku b", WORDS.places("a heroku b"), before=20, after=1)) == [(0, 9)]
