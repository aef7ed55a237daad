"""JSON web tokens."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found

# RFC 7519 and 7516: three or five parts, base64url; the first is a JSON object, which begins with `{"`.
_TOKEN = re.compile(
    r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.(?:(?:[A-Za-z0-9_-]*\.){3}[A-Za-z0-9_-]{16,}|[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)"
)


def find_jwts(text: str) -> Iterator[Found]:
    """The tokens in `text`, those without a signature too."""
    if "eyJ" in text:
        for match in _TOKEN.finditer(text):
            yield Found(*match.span(), match[0])
