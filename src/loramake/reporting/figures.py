"""How values read: shares, counts, sizes, times and settings, the same on the page and on the card."""

import json
import math
from typing import Any

NARROW = "\u202f"
NOTHING = "–"
Z95 = 1.959964


def percent(share: float | None) -> str:
    """A share (0 to 1) with one decimal; only a whole reads 100 and only a nothing reads 0."""
    if share is None:
        return NOTHING
    value = share * 100 if share in (0, 1) else min(max(share * 100, 0.1), 99.9)
    return f"{value:.1f}{NARROW}%"


def percent_short(share: float | None) -> str:
    """A share as a headline says it: no decimal where it would be zero."""
    return percent(share).replace(".0" + NARROW, NARROW)


def count(number: int | None) -> str:
    """A whole number with commas between the thousands."""
    return NOTHING if number is None else f"{number:,}"


def number(value: float | None) -> str:
    """A measurement to four significant digits; no exponent above 0.0001."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def size(of: int | None) -> str:
    """A number of bytes, in decimal units."""
    if of is None:
        return NOTHING
    value, unit = float(of), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{value:.3g} {unit}" if value < 1000 else f"{value:,.0f} {unit}"


def duration(seconds: float | None) -> str:
    """A time in the two units that matter."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def interval(share: float, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share seen in `of` trials (E. B. Wilson, JASA 22, 1927)."""
    if of <= 0:
        return 0.0, 1.0
    square = Z95 * Z95 / of
    middle = (share + square / 2) / (1 + square)
    reach = Z95 * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def plural(number: int, noun: str) -> str:
    """`1 document`, `1,204 documents`."""
    return f"{count(number)} {noun if number == 1 else noun + 's'}"


def said(value: Any) -> str:
    """A JSON value as a person writes it: texts without quotes, anything else as JSON."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
