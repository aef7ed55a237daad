import time

import pytest

from loramake.cleaning.jwts import find_jwts

HEAD, BODY, SIGN = "ey" + "JhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.mark.parametrize(
    "token",
    [
        f"{HEAD}.{BODY}.{SIGN}",
        f"{HEAD}.{BODY}.",  # without a signature
        f"{HEAD}..{SIGN[:16]}.{SIGN}.{SIGN[:22]}",  # encrypted, with the key agreed on
        f"{HEAD}.{SIGN}.{SIGN[:16]}.{SIGN}.{SIGN[:22]}",
    ],
)
@pytest.mark.parametrize(
    "setting", ["{}", "Authorization: Bearer {}", '"token": "{}",', "?token={}&x=1", "session={}; Path=/"]
)
def test_a_token_is_found_whole(setting, token):
    text = setting.format(token)
    assert [text[entry.start : entry.end] for entry in find_jwts(text)] == [token]


@pytest.mark.parametrize("text", ["eyJ", "eyJhbGci.x", f"x{HEAD}.{BODY}", "header.payload.signature", HEAD])
def test_what_only_begins_like_one(text):
    assert list(find_jwts(text)) == []


@pytest.mark.parametrize("piece", ["eyJ", "eyJa.", "eyJaaaaaaaa.", "eyJaaaaaaaa.a"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_jwts(piece * (1_000_000 // len(piece))))
    assert time.process_time() - begin < 3
