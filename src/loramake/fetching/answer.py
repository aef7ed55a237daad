"""An answer of a service: what it holds, and what it says about a refusal."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests

from loramake.fetching import pauses

_TOO_MANY = re.compile(r"rate limit|abuse detection|too many requests", re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What came back. `text` never holds the key."""

    status: int
    headers: Mapping[str, str]
    text: str
    url: str

    @cached_property
    def value(self) -> Any:
        """The JSON in it. Raises ValueError; the client has seen to it that there is some where it was asked for."""
        try:
            return json.loads(self.text)
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @property
    def next(self) -> str | None:
        """Where the next page is, by the `Link` header (RFC 8288)."""
        links = requests.utils.parse_header_links(self.headers.get("Link", ""))
        return next((link["url"] for link in links if link.get("rel") == "next"), None)

    @property
    def is_limited(self) -> bool:
        """Whether the service wants fewer requests, which it says in several ways."""
        if self.status == 429 or (self.status in (403, 503) and pauses.asked_for(self.headers) is not None):
            return True
        return self.status == 403 and bool(_TOO_MANY.search(self.said))

    @property
    def is_to_a_stranger(self) -> bool:
        """Whether an Atlassian server did not know the key: it answers all the same, as it would anybody."""
        reason = self.headers.get("X-Seraph-LoginReason", "")
        return "AUTHENTICATED_FAILED" in reason or "AUTHENTICATION_DENIED" in reason

    @property
    def said(self) -> str:
        """What the service says about a refusal, shortened."""
        try:
            value = self.value
        except ValueError:
            return shortened(self.text)
        if not isinstance(value, dict):
            return ""
        words = [value.get(name) for name in ("message", "errorMessages", "error", "error_description", "errors")]
        return shortened("; ".join(word if isinstance(word, str) else json.dumps(word) for word in words if word))


def shortened(text: str) -> str:
    """The beginning of a text, on one line and without the tags of HTML."""
    return " ".join(_TAGS.sub(" ", text).split())[:200]
