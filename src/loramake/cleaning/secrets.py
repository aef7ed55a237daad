"""Secrets of every kind: private keys, tokens, keys of services, passwords, random strings beside a telling name."""

from collections.abc import Iterator

from loramake.cleaning.entropy import find_entropy
from loramake.cleaning.found import Found
from loramake.cleaning.jwts import find_jwts
from loramake.cleaning.keys import find_keys
from loramake.cleaning.passwords import find_passwords
from loramake.cleaning.private_keys import find_private_keys


def find_secrets(text: str) -> Iterator[Found]:
    """The secrets in `text`: only the secret itself, not the name or the address beside it."""
    for find in (find_private_keys, find_jwts, find_keys, find_passwords, find_entropy):
        yield from find(text)
