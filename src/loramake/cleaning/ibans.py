"""Numbers of bank accounts: IBANs, in one piece or in groups."""

import re
from collections.abc import Iterator

from loramake.cleaning.checksums import is_mod_97
from loramake.cleaning.found import Found

# The length in each country: IBAN Registry (SWIFT, release 99).
_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FK", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HN", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}
_COUNTRY = re.compile(r"[A-Z](?<![A-Za-z0-9].)[A-Z][0-9]{2}(?=[ \u00a0-]?[A-Z0-9]{2})")
_COUNTRY_SMALL = re.compile(r"[a-z](?<![A-Za-z0-9].)[a-z][0-9]{2}(?=[0-9]{10})")
_DIGITS = re.compile("[0-9]{12}")
_LONGEST = 34 + 33  # every character a group


def find_ibans(text: str) -> Iterator[Found]:
    """The IBANs in `text` whose length and check digits are right, with the gaps between their groups."""
    for pattern in (_COUNTRY, _COUNTRY_SMALL) if _DIGITS.search(text) else (_COUNTRY,):
        for match in pattern.finditer(text):
            length = _LENGTHS.get(match[0][:2].upper())
            end = length and _end(text, match.start(), length)
            if end and is_mod_97(account := _account(text[match.start() : end])):
                yield Found(match.start(), end, account)


def _end(text: str, start: int, length: int) -> int | None:
    """Where `length` letters and digits from `start` end, if groups have one gap between them and a word ends there."""
    gap, count = "", 0
    for position in range(start, min(len(text), start + _LONGEST)):
        character = text[position]
        if character.isascii() and character.isalnum():
            count += 1
        elif character in " \u00a0-" and gap in ("", character) and text[position - 1] != character:
            gap = character
        else:
            return None
        if count == length:
            ends = not text[position + 1 : position + 2].isalnum()
            return position + 1 if ends else None
    return None


def _account(written: str) -> str:
    return re.sub("[ \u00a0-]", "", written).upper()
