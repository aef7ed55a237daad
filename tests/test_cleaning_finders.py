import re
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.cleaning.finders import ALIASES, FINDERS, PLACEHOLDER, ROUNDS

NOISE = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"
PLANTED = {
    "email": ["ann.lee@firm.io", "ann [at] firm [dot] de", "jürgen@müller.de"],
    "phone": ["+49 30 1234567", "(415) 555-0132", "0171 3920155"],
    "iban": ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"],
    "card": ["4111111111111111", "5555-5555-5555-4444"],
    "national_id": ["536-90-4399", "RCCMNL83S18D969H", "390.533.447-05", "54362315K"],
    "ip": ["84.172.19.203", "2003:e4:bf1c:9a00:18b2:5cf0:77ab:1d3e"],
    "password": ["password=hunter2X9", 'DB_PASS: "hunter2X9"', "ftp://me:hunter2X9@host/", "mysql -u a -phunter2X9 db"],
    "key": ["gh" + "p_" + NOISE[:36], "AK" + "IAIOSFODNN7EXAMPLE", "aws_secret_access_key = " + NOISE],
    "jwt": ["ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r"],
    "private_key": [f"-----BEGIN PRIVATE KEY-----\n{NOISE}\n-----END PRIVATE KEY-----"],
    "entropy": [f"api_token: {NOISE}", f'client_secret="{NOISE}"', "session_key=" + "0123456789abcdef" * 2],
}
SECRET = re.compile(f"hunter2X9|{re.escape(NOISE)}|[0-9a-f]{{32}}")  # of what is planted with the name before it
CASES = [(kind, text) for kind, texts in PLANTED.items() for text in texts]

WORDS = [
    "word",
    "the",
    "e.g.",
    "v1.2.3.4",
    "2024-03-11 09:14:02,118",
    "order",
    "12345678",
    "icon@2x.png",
    "a1b2c3",
    "é",
]
SIGNS = [" ", "\n", ", ", ": ", "=", '"', "'", "|", "/", "<", ">", ";", "@", ".", "-", "\\", "(at)", " dot ", "://"]
BAITS = ["password=", "password is ", "token ", 'secret="', "tel ", "IBAN ", "ssn ", "card ", "curl -u a:", "Bearer "]
MASKED = [
    "<EMAIL_1>",
    "<PASSWORD_2>",
    "<NATIONAL_ID_3>",
    "<SECRET_9>",
    "\n| password |\n|---|\n| ",
    "-----BEGIN PRIVATE KEY-----",
]
ANYTHING = st.lists(st.sampled_from([*WORDS, *SIGNS, *BAITS, *MASKED]), max_size=8).map("".join)


def masked(text: str, kinds: tuple[str, ...] = ALIASES["all"]) -> str:
    for kind, number in zip(cycle(FINDERS), range(len(FINDERS) * ROUNDS), strict=False):
        places = sorted({entry[:2] for entry in FINDERS[kind](text)}, reverse=True) if kind in kinds else []
        last = len(text)
        for start, end in places:
            if end <= last:
                text = f"{text[:start]}<{kind.upper()}_{number}>{text[end:]}"
                last = start
    return text


@pytest.mark.parametrize(("kind", "text"), CASES)
def test_each_kind_is_found_by_its_own_finder_alone(kind, text):
    others = set(FINDERS) - {kind, "entropy"}  # which finds keys of services too, where a name tells
    assert [name for name in others if masked(text, (name,)) != text] == []
    assert PLACEHOLDER.search(masked(text, (kind,)))


def test_an_alias_names_kinds_that_there_are():
    assert set(ALIASES["all"]) == set(FINDERS) == {*ALIASES["personal"], *ALIASES["secret"]}


@pytest.mark.parametrize("kind", FINDERS)
@pytest.mark.parametrize(
    "setting", ["{}", "password: {}", 'token="{}"', "https://u:{}@host", "tel {}", "{0}{0}", "curl -u {0}:{0} x"]
)
def test_a_placeholder_is_never_found(setting, kind):
    text = setting.format(f"<{kind.upper()}_7>")
    assert masked(text) == text


@given(st.lists(st.sampled_from([text for _, text in CASES]) | ANYTHING, max_size=6).map("".join))
@settings(max_examples=150, deadline=None)
def test_masking_twice_is_masking_once(text):
    assert masked(masked(text)) == masked(text)


@given(ANYTHING, st.sampled_from(CASES), ANYTHING)
@settings(max_examples=300, deadline=None)
def test_a_planted_secret_never_survives(before, case, after):
    _, text = case
    secret = SECRET.search(text)
    assert (secret[0] if secret else text) not in masked(f"{before}\n{text}\n{after}")
