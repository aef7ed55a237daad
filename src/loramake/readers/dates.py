"""Dates as people and programs write them -> ISO 8601."""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_REDUCED = re.compile(r"\d{4}(-\d{2})?")
_MILLISECONDS = 1e11  # seconds would be in the year 5138


def iso_date(value: object) -> str | None:
    """`value` in ISO 8601; None if it is no date.

    It may be a date, text in ISO 8601 or as in e-mails (RFC 5322), or seconds or milliseconds since 1970.
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(value)
    if isinstance(value, str):
        return _written(value.strip())
    return None


def _since_1970(number: float) -> str | None:
    try:
        return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS else number, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _written(text: str) -> str | None:
    if _REDUCED.fullmatch(text):
        return text
    for parse in (date.fromisoformat, datetime.fromisoformat, parsedate_to_datetime):
        try:
            return parse(text).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
