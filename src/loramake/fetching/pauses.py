"""How long to wait before the next try: what the service asks for, or a little longer each time."""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST = 0.5
LONGEST = 30.0
# After a refusal for too many requests that does not say how long: what GitHub asks of its callers.
UNSAID = 60.0
# Seconds since 1970 are told from seconds to wait by their size.
_EPOCH = 10**8


def backoff(tries: int, least: float | None = None) -> float:
    """Seconds to wait after so many tries that led to nothing; with `least`, never fewer than that."""
    if least is not None:
        return float(least * 2 ** min(tries - 1, 4))
    return float(min(FIRST * 2 ** (tries - 1), LONGEST) * random.uniform(0.75, 1))


def asked_for(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks its caller to wait; None if it does not say.

    `Retry-After` holds seconds or a date (RFC 9110, 10.2.3). Without it, and when no request is left, the reset of the
    limit counts: seconds since 1970 (GitHub, GitLab) or a date of ISO 8601 (Atlassian).
    """
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    if (wait := _seconds(lower.get("retry-after", ""))) is not None:
        return wait
    for prefix in ("x-ratelimit", "ratelimit"):
        if lower.get(f"{prefix}-remaining") == "0":
            wait = _seconds(lower.get(f"{prefix}-reset", ""))
            return None if wait is None else wait + 1  # the reset is told in whole seconds
    return None


def _seconds(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else max(moment.timestamp() - time.time(), 0.0)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return max(number - time.time() if number > _EPOCH else number, 0.0)


def _moment(value: str) -> datetime | None:
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(value)
        except (TypeError, ValueError, IndexError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
