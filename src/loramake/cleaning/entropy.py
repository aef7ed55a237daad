"""Random strings beside a name that tells: `api_key`, `session_secret`, a header's token, a session's cookie."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found
from loramake.cleaning.guesses import is_path, is_random, is_reference, is_sample
from loramake.cleaning.names import SECRETS, names_secret
from loramake.cleaning.settings import settings

# RFC 9110, 11.6.2, and RFC 6750.
_HEADER = re.compile(
    r"""(?<![A-Za-z:])[Aa](?:uthorization|UTHORIZATION)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?"""
    r"""(?:[A-Za-z]{3,12}\s{1,2})?+(?P<value>[^\s"'\\<>,;]{16,2000})"""
)
_BEARER = re.compile(r"\b[Bb]earer\s{1,2}(?P<value>[\w.~+/-]{16,2000}={0,2})")
_SCHEME = re.compile(r"base64:|Bearer ")


def find_entropy(text: str) -> Iterator[Found]:
    """The random strings in `text` that a name before them, or a header, calls secret; some more than once."""
    yield from _in_headers(text)
    yield from _set(text)


def _in_headers(text: str) -> Iterator[Found]:
    for word, pattern in (("uthorization", _HEADER), ("UTHORIZATION", _HEADER), ("earer ", _BEARER)):
        for match in pattern.finditer(text) if word in text else ():
            if is_random(match["value"]) and not is_reference(match["value"]):
                yield Found(*match.span("value"), match["value"])


def _set(text: str) -> Iterator[Found]:
    for setting in settings(text, SECRETS):
        scheme = _SCHEME.match(setting.value)
        value = setting.value[scheme.end() :] if scheme else setting.value
        if (
            names_secret(setting.name)
            and is_random(value)
            and not (is_reference(value) or is_sample(value) or is_path(value))
        ):
            yield Found(setting.end - len(value), setting.end, value)
