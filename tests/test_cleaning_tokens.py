import time

import pytest

from loramake.cleaning.tokens import find_private_keys, find_tokens

NOISE = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"


def key(*parts: str) -> str:
    """A token that nobody issued, put together here so that no scanner takes this file for a leak."""
    return "".join(parts)


@pytest.mark.parametrize(
    "token",
    [
        key("AKIA", "IOSFODNN7EXAMPLE"),
        key("gh", "p_", NOISE),
        key("github", "_pat_", NOISE),
        key("gl", "pat-", NOISE[:20]),
        key("xox", "b-123456789012-", NOISE[:24]),
        key("sk", "_live_", NOISE[:24]),
        key("AI", "za", NOISE[:35]),
        key("sk", "-proj-", NOISE),
        key("sk", "-ant-api03-", NOISE),
        key("sk", "-", NOISE[:32]),
        key("npm", "_", NOISE[:36]),
        key("pypi", "-AgEIcHlwaS5vcmc", NOISE),
        key("SG", ".", NOISE[:22], ".", NOISE),
        key("ey", "JhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0.", NOISE),
        key("https://hooks.slack", ".com/services/T00/B00/", NOISE),
        key("h", "f_", NOISE[:34]),
        key("123456789", ":AA", NOISE[:33]),
    ],
)
def test_a_token_is_known_by_its_prefix(token):
    (found,) = find_tokens(f"use '{token}' here")
    assert found.value == token


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn and task-list-item-something-long-name12",
        "ghp_short",
        "eyJhbGci.x",
        "EAAfoo",
        "pypi-attestations-and-more",
    ],
)
def test_what_only_begins_like_a_token(text):
    assert list(find_tokens(text)) == []


@pytest.mark.parametrize("name", ["RSA PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "OPENSSH PRIVATE KEY"])
def test_a_private_key_goes_with_its_header(name):
    text = f"before\n-----BEGIN {name}-----\nMIIE{NOISE}\n-----END {name}-----\nafter"
    (found,) = find_private_keys(text)
    assert text[: found.start] + text[found.end :] == "before\n\nafter"


def test_a_private_key_that_is_cut_short_goes_as_far_as_it_looks_like_one():
    text = f"-----BEGIN PRIVATE KEY-----\n{NOISE}\n{NOISE}\nThe end."
    (found,) = find_private_keys(text)
    assert text[found.end :] == "\nThe end."


@pytest.mark.parametrize("piece", ["eyJ", "eyJa.", "sk-", "sk-a", "SG.", "ghp_", "xoxb-", ":AA", "pypi-a", "AKIA"])
def test_a_million_hostile_characters_take_linear_time(piece):
    begin = time.process_time()
    list(find_tokens(piece * (1_000_000 // len(piece))))
    list(find_private_keys("-----BEGIN PRIVATE KEY-----" * 40_000))
    assert time.process_time() - begin < 3
