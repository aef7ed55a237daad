"""The account that a service is asked with: taken from the environment, and shown to nobody."""

import base64
import json
import os
import re
from urllib.parse import quote, quote_plus

from loramake.errors import FetchError
from loramake.recipe.source import Fetch

MASK = "[key]"
# Whatever is shorter is no key, and stands in many a word.
_LEAST = 6


class Credentials:
    """A key, perhaps with the user that it belongs to. It is printed as the names of their variables."""

    __slots__ = ("_forms", "_key", "_user", "key_variable", "user_variable")

    def __init__(self, fetch: Fetch, where: str) -> None:
        self.key_variable, self.user_variable = fetch.key, fetch.user
        if fetch.user and not fetch.key:
            raise FetchError(
                f"'user' names {fetch.user}, but no 'key' goes with it", where=where, hint="name its 'key'"
            )
        self._key = _read(fetch.key, where)
        self._user = _read(fetch.user, where)
        self._forms = _pattern(self._key)

    def __repr__(self) -> str:
        return f"Credentials({self.shown()})"

    def __reduce__(self) -> str:
        raise TypeError("a key is not written down")

    def __bool__(self) -> bool:
        return bool(self._key)

    def shown(self) -> str:
        """What it is, in words for a person: names of variables."""
        if not self:
            return "without a key"
        user = f"the user in {self.user_variable} and " if self._user else ""
        return f"with {user}the key in {self.key_variable}"

    def header(self) -> dict[str, str]:
        """The header that shows the key to a service: Basic (RFC 7617) with a user, else Bearer (RFC 6750)."""
        if not self:
            return {}
        return {"Authorization": self.basic("") if self._user else f"Bearer {self._key}"}

    def basic(self, stand_in: str) -> str:
        """What a service is shown that knows no Bearer; `stand_in` is the user where none is named."""
        return "Basic " + base64.b64encode(f"{self._user or stand_in}:{self._key}".encode()).decode()

    def masked(self, text: str) -> str:
        """`text` without the key, in whatever form it may stand there."""
        return self._forms.sub(MASK, text) if self._forms else text


def _read(variable: str | None, where: str) -> str:
    if variable is None:
        return ""
    value = os.environ.get(variable, "").strip()
    if not value:
        raise FetchError(f"the environment variable {variable} is not set", where=where, hint=f"export {variable}=…")
    if not (value.isascii() and value.isprintable()):
        raise FetchError(
            f"the environment variable {variable} holds characters that no key has", where=where, hint="copy it again"
        )
    return value


def _pattern(key: str) -> re.Pattern[str] | None:
    """Whatever shows a key: itself, percent-encoded, escaped in JSON, in base64 (RFC 4648) with anything around it."""
    if len(key) < _LEAST:
        return None
    forms = {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], key.replace("/", r"\/")}
    forms |= {re.sub("%..", lambda found: found[0].lower(), form) for form in forms - {key}}
    inside = {_in_base64(key.encode(), before) for before in range(3)}
    forms |= inside | {form.translate(str.maketrans("+/", "-_")) for form in inside}
    return re.compile("|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form))))


def _in_base64(key: bytes, before: int) -> str:
    """The digits that a key has in base64 whatever stands around it; `before`: bytes ahead of it, modulo three."""
    digits = base64.b64encode(bytes(before) + key).decode()
    return digits[-(-before * 8 // 6) : (before + len(key)) * 8 // 6]
