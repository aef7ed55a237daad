import base64
import json
import pickle
from urllib.parse import quote, quote_plus

import pytest

from loramake.errors import FetchError
from loramake.fetching.credentials import MASK, Credentials
from loramake.recipe.source import Fetch

KEY = "s3cret+/key-with/odd==chars"


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Credentials:
    monkeypatch.setenv("LIVE_KEY", f" {KEY}\n")
    monkeypatch.setenv("LIVE_USER", "ada@example.com")
    return Credentials(Fetch(url="https://acme.example", user="LIVE_USER", key="LIVE_KEY"), "here")


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_user_makes_it_basic_and_a_key_alone_bearer(credentials: Credentials):
    assert credentials.header() == {"Authorization": f"Basic {in_base64(f'ada@example.com:{KEY}')}"}
    alone = Credentials(Fetch(url="https://acme.example", key="LIVE_KEY"), "here")
    assert alone.header() == {"Authorization": f"Bearer {KEY}"}
    assert Credentials(Fetch(url="https://acme.example"), "here").header() == {}


def test_it_is_shown_as_the_names_of_its_variables(credentials: Credentials):
    assert credentials.shown() == "with the user in LIVE_USER and the key in LIVE_KEY"
    assert KEY not in f"{credentials!r}{credentials}"
    with pytest.raises(TypeError):
        pickle.dumps(credentials)


@pytest.mark.parametrize(
    "shown",
    [
        KEY,
        quote(KEY, safe=""),
        quote(KEY, safe="").replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
        quote_plus(KEY),
        json.dumps(KEY)[1:-1],
        KEY.replace("/", "\\/"),
        in_base64(KEY),
        in_base64(f"a:{KEY}"),
        in_base64(f"ad:{KEY}"),
        in_base64(f"ada@example.com:{KEY}"),
        in_base64(f"x-access-token:{KEY}!"),
        base64.urlsafe_b64encode(f"??>:{KEY}".encode()).decode(),
    ],
)
def test_no_form_of_the_key_is_left_in_a_text(credentials: Credentials, shown: str):
    masked = credentials.masked(f"said 'Authorization: {shown}' twice: {shown}")
    assert masked.count(MASK) == 2
    assert KEY not in masked and shown not in masked


def test_a_text_without_the_key_stays_as_it_is(credentials: Credentials):
    assert credentials.masked("a secret pump, s3cret") == "a secret pump, s3cret"
    nobody = Credentials(Fetch(url="https://acme.example"), "here")
    assert nobody.masked("anything") == "anything"


@pytest.mark.parametrize(
    ("value", "what"), [("", "is not set"), ("  ", "is not set"), ("a\nb", "holds characters"), ("schlüssel", "holds")]
)
def test_a_variable_without_a_key_is_named(monkeypatch: pytest.MonkeyPatch, value: str, what: str):
    monkeypatch.setenv("LIVE_KEY", value)
    with pytest.raises(FetchError, match=f"LIVE_KEY {what}") as error:
        Credentials(Fetch(url="https://acme.example", key="LIVE_KEY"), "here")
    assert "schlüssel" not in str(error.value)


def test_a_user_without_a_key_is_an_error():
    with pytest.raises(FetchError, match="no 'key' goes with it"):
        Credentials(Fetch(url="https://acme.example", user="LIVE_USER"), "here")
