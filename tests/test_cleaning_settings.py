import pytest

from loramake.cleaning.settings import settings
from loramake.cleaning.words import Words


def named(text: str) -> list[tuple[str, str]]:
    return [(setting.name, setting.value) for setting in settings(text, Words(["pass", "token"]))]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("DB_PASSWORD=x1", [("db_password", "x1")]),
        ("a.password: x, token='y z'", [("a.password", "x"), ("token", "y z")]),
        ("--token x", [("--token", "x")]),
        ("<a:token> x </a:token>", [("token", "x")]),
        ("İ password: x", [("password", "x")]),
        ("passport: x, tokens_used: 3", []),
        ("token = f(x), password: [1], token: <y>", []),
    ],
)
def test_names_and_values(text, settings):
    assert named(text) == settings


def test_how_the_name_led_to_the_value():
    (tight, said, beside) = settings("pass=x; the pass is y z; token z.", Words(["pass", "token"]))
    assert (tight.tight, tight.said, tight.last) == (True, False, False)
    assert (said.said, said.value) == (True, "y")
    assert (beside.beside, beside.last) == (True, True)
