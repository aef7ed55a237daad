"""Numbers as lists write them: 1, a, iv."""

_LETTERS, _MOST_LETTERS = 26, 20
_SIGNS = (
    *(("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40)),
    *(("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1)),
)


def letters(count: int) -> str:
    """a, b, ... z, aa, bb, ...; digits beyond what anybody writes so."""
    if not 0 < count <= _LETTERS * _MOST_LETTERS:
        return str(count)
    times, place = divmod(count - 1, _LETTERS)
    return chr(ord("a") + place) * (times + 1)


def roman(count: int) -> str:
    """i, ii, iii, ...; digits beyond what anybody writes so."""
    if not 0 < count < 4000:
        return str(count)
    written = ""
    for sign, worth in _SIGNS:
        times, count = divmod(count, worth)
        written += sign * times
    return written


def numeral(count: int, form: str) -> str:
    """A number in a form as Office documents name it; in digits where it is not known here."""
    if form == "none":
        return ""
    if form in ("lowerLetter", "upperLetter"):
        return letters(count) if form == "lowerLetter" else letters(count).upper()
    if form in ("lowerRoman", "upperRoman"):
        return roman(count) if form == "lowerRoman" else roman(count).upper()
    return f"{count:02d}" if form == "decimalZero" else str(count)
