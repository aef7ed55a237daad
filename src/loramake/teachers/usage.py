"""What an answer took, in tokens, whatever its provider calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

# No request has more tokens; what tells more is no count.
LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of four prices: plain input, input that was read from the provider's cache or written to it, output."""

    input: float = 0
    cached: float = 0
    written: float = 0
    output: float = 0

    @property
    def sent(self) -> float:
        """All input."""
        return self.input + self.cached + self.written

    def __add__(self, other: Self) -> "Tokens":
        return Tokens(
            self.input + other.input,
            self.cached + other.cached,
            self.written + other.written,
            self.output + other.output,
        )


def tokens_of(usage: Mapping[str, Any] | None) -> Tokens | None:
    """The tokens of a provider's `usage`; None when it tells nothing.

    OpenAI, Gemini and DeepSeek count cached input within `prompt_tokens` (`prompt_tokens_details.cached_tokens`,
    `prompt_cache_hit_tokens`); Anthropic counts it beside `input_tokens` (`cache_read_input_tokens`,
    `cache_creation_input_tokens`). Thinking is output everywhere.
    """
    if not isinstance(usage, Mapping):
        return None
    if "prompt_tokens" not in usage and "completion_tokens" not in usage:
        found = Tokens(
            _whole(usage, "input_tokens"),
            _whole(usage, "cache_read_input_tokens"),
            _whole(usage, "cache_creation_input_tokens"),
            _whole(usage, "output_tokens"),
        )
        return found if found != Tokens() else None
    sent, output = _whole(usage, "prompt_tokens"), _whole(usage, "completion_tokens")
    if not output:
        output = max(0, _whole(usage, "total_tokens") - sent)
    details = usage.get("prompt_tokens_details")
    cached = _whole(details, "cached_tokens") if isinstance(details, Mapping) else 0
    cached = min(sent, cached or _whole(usage, "prompt_cache_hit_tokens"))
    return Tokens(sent - cached, cached, 0, output) if sent or output else None


def _whole(usage: Mapping[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST else 0
