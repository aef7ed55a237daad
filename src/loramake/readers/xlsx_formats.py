"""Values of cells as a spreadsheet shows them, but dates in ISO 8601.

Format: number formats of SpreadsheetML (ECMA-376, part 1, section 18.8.31).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

GENERAL = "General"

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<exponent>[Ee][+-]0+)|(?P<number>[0#?][0#?,.]*|\.[0#?]+)|(?P<percent>%)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"[<>=]")
_MOST_DIGITS = 30
_CONTEXT = Context(prec=3 * _MOST_DIGITS)
_DIGITS = 15  # that a spreadsheet keeps
_PLAIN = 1e15  # what is shorter without an exponent


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a number is written: what stands around it, and its digits."""

    before: str
    after: str
    whole: int = 0  # digits before the point at the least
    least: int = 0  # digits behind it
    most: int = 0
    has_thousands: bool = False
    has_number: bool = False
    scale: int = 0  # powers of ten
    exponent: int = 0  # digits of the exponent; 0 for none


def shown(value: object, form: str) -> str:
    """The text of a cell's value in the number format `form`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, form)
    if isinstance(value, datetime | date | time):
        return _moment(value, form)
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value).replace("_x000D_", "")


def _number(value: float, form: str) -> str:
    try:
        shape, is_negative = _shape(value, form or GENERAL)
        return general(value) if shape is None else _written(value, shape, is_negative)
    except (InvalidOperation, OverflowError, ValueError):
        return general(value)


def general(value: float) -> str:
    """A number without a format of its own."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < _PLAIN:
        return str(int(value))
    return f"{value:.{_DIGITS}g}".upper()


def _shape(value: float, form: str) -> tuple[_Shape | None, bool]:
    """The shape for a value, None for a general one, and whether it needs a sign."""
    shapes = _shapes(form)
    if shapes is None:
        return None, False
    if value < 0:
        return shapes[min(1, len(shapes) - 1)], len(shapes) == 1
    return shapes[2 if value == 0 and len(shapes) > 2 else 0], False


@lru_cache(1024)
def _shapes(form: str) -> tuple[_Shape | None, ...] | None:
    """The shapes of a format's sections; None where they depend on conditions."""
    parsed = [_parsed(section) for section in _sections(form)[:3]]
    return None if "condition" in parsed else tuple(shape for shape in parsed if not isinstance(shape, str))


def _sections(form: str) -> list[str]:
    """For numbers above, below and at nought, and for text."""
    sections = [""]
    for token in _TOKEN.finditer(form):
        if token[0] == ";":
            sections.append("")
        else:
            sections[-1] += token[0]
    return sections


def _parsed(section: str) -> _Shape | str | None:
    """The shape of a section; None for a general one, or one that is not known here."""
    around = ["", ""]
    digits = ""
    scale = exponent = 0
    for token in _TOKEN.finditer(section):
        kind, text = token.lastgroup or "", token[token.lastgroup or 0]
        if kind == "bracket" and _CONDITION.search(text):
            return "condition"
        if kind == "number" and not digits:
            digits = text
        elif kind == "number" or (kind == "other" and text in "/@Gg"):
            return None
        elif kind == "exponent":
            exponent = len(text) - 2
        elif kind in ("quoted", "escaped", "currency", "percent") or (kind == "other" and text.strip()):
            around[bool(digits)] += text
            scale += 2 * (kind == "percent")
        elif kind == "other":
            around[bool(digits)] += " "
    whole, _, decimals = digits.partition(".")
    scale -= 3 * (len(digits) - len(digits.rstrip(",")))
    decimals = decimals.rstrip(",")
    return _Shape(
        around[0].lstrip(),
        around[1].rstrip(),
        whole.count("0"),
        decimals.count("0"),
        len(decimals),
        "," in whole.rstrip(","),
        bool(digits),
        scale,
        exponent,
    )


def _written(value: float, shape: _Shape, is_negative: bool) -> str:
    sign = "-" if is_negative else ""
    exact = abs(Decimal(repr(value))).scaleb(shape.scale)
    if exact.adjusted() >= _MOST_DIGITS and not shape.exponent:
        return general(value)
    digits = _scientific(exact, shape) if shape.exponent else _fixed(exact, shape)
    if not digits.strip("0.,") and shape.most:
        sign = ""  # what is rounded to nought has no sign
    return f"{shape.before}{sign}{digits if shape.has_number else ''}{shape.after}".strip()


def _fixed(exact: Decimal, shape: _Shape) -> str:
    most = min(shape.most, _MOST_DIGITS)
    rounded = exact.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP, _CONTEXT)
    whole, _, decimals = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0").rjust(shape.whole, "0")
    if shape.has_thousands:
        whole = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", whole)
    while len(decimals) > shape.least and decimals.endswith("0"):
        decimals = decimals[:-1]
    return f"{whole}.{decimals}" if decimals else whole


def _scientific(exact: Decimal, shape: _Shape) -> str:
    digits, _, power = f"{exact:.{min(shape.most, _MOST_DIGITS)}E}".partition("E")
    return f"{digits}E{power[0]}{power[1:].rjust(shape.exponent, '0')}"


@lru_cache(1024)
def _parts_of_date(form: str) -> frozenset[str]:
    """Which of `y`, `m`, `d` and `h` (a time of day) a format shows."""
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]hms]*\]|AM/PM|A/P', "", form.split(";")[0], flags=re.I).lower()
    parts = {letter for letter in "ymdhs" if letter in plain}
    if parts & {"h", "s"}:
        parts = parts - {"h", "s"} - (set() if parts & {"y", "d"} else {"m"}) | {"h"}
    return frozenset(parts)


def _moment(value: date | time, form: str) -> str:
    if isinstance(value, datetime) and value.microsecond:
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    parts = _parts_of_date(form)
    if not isinstance(value, datetime) or "h" not in parts:
        written = value.isoformat()[:10]
        return written if "d" in parts or not parts else written[:7] if "m" in parts else written[:4]
    clock = value.time().isoformat("seconds" if value.second else "minutes")
    return f"{value.date().isoformat()} {clock}" if parts & {"y", "m", "d"} else clock


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds."""
    seconds = round(value.total_seconds())
    minutes, left = divmod(abs(seconds), 60)
    written = f"{minutes // 60}:{minutes % 60:02d}" + (f":{left:02d}" if left else "")
    return f"-{written}" if seconds < 0 else written
