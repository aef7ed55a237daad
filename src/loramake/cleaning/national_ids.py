"""Numbers that a state gives to a person: of social insurance, of taxes, of identity."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from loramake.cleaning.checksums import is_ean, is_luhn, is_mod_11_10, is_verhoeff, weighted
from loramake.cleaning.found import Found
from loramake.cleaning.nearby import windows
from loramake.cleaning.words import Words, lowered

_WORDS_BEFORE = 80
_GAP = "[ \u00a0.-]?"
_END = r"(?![\w]|[-.,/][0-9])"
_FREE = r"(?<![\w])(?<![0-9][-.,/])(?<!\w[-/])"
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def _is_ssn(number: str) -> bool:
    """Social Security Administration: no area 000 or 666, no group 00, no serial 0000; 9xx are tax numbers (ITIN)."""
    area, group, serial = number[:3], number[3:5], number[5:]
    itin = area[0] == "9" and group >= "50"
    return area not in ("000", "666") and (area[0] != "9" or itin) and group != "00" and serial != "0000"


def _is_steuer_id(number: str) -> bool:
    """Of the first ten digits one comes twice or three times, the others at most once."""
    counts = sorted(number[:10].count(digit) for digit in set(number[:10]))
    return number[0] != "0" and counts[-1] in (2, 3) and counts[-2] == 1 and is_mod_11_10(number)


def _is_nir(number: str) -> bool:
    """INSEE: the key is 97 less the rest of the number by 97; Corsica's 2A and 2B count as 19 and 18."""
    plain = number.upper().replace("2A", "19").replace("2B", "18")
    return plain.isdigit() and 97 - int(plain[:13]) % 97 == int(plain[13:])


def _is_dni(number: str) -> bool:
    """The letter is the number's rest by 23; of foreigners (NIE) X, Y, Z stand for 0, 1, 2."""
    digits = str("XYZ".find(number[0].upper())) + number[1:-1] if number[0].isalpha() else number[:-1]
    return len(set(digits)) > 1 and _DNI_LETTERS[int(digits) % 23] == number[-1].upper()


def _is_codice_fiscale(code: str) -> bool:
    """Decree of 12 March 1974: characters have values, others in odd places; the letter is the rest of their sum."""
    places = [int(character, 36) - 10 if character.isalpha() else int(character) for character in code.upper()]
    total = sum(place if number % 2 else _ODD[place] for number, place in enumerate(places[:15]))
    return total % 26 == places[15]


def _is_bsn(number: str) -> bool:
    """The test of eleven."""
    return number != "000000000" and weighted(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _is_pesel(number: str) -> bool:
    month = int(number[2:4]) % 20
    return 1 <= month <= 12 and weighted(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def _is_cpf(number: str) -> bool:
    checks = (weighted(number, range(length, 1, -1)) * 10 % 11 % 10 for length in (10, 11))
    return len(set(number)) > 1 and all(int(digit) == check for digit, check in zip(number[9:], checks, strict=True))


def _is_any(_: str) -> bool:
    return True


class _Form(NamedTuple):
    """What the numbers of a state look like."""

    pattern: str
    is_right: Callable[[str], bool]


_NINO = "[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z]"
_CHECK_LETTER = "[A-HJ-NP-TV-Z]"
_CODICE = "[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]"

# What form and check digits give away.
_PLAIN = {
    "ssn": _Form("[0-9]{3}-[0-9]{2}-[0-9]{4}", _is_ssn),
    "nino": _Form(rf"{_NINO} [0-9]{{2}} [0-9]{{2}} [0-9]{{2}} [A-D]", _is_any),
    "steuer_id": _Form("[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}", _is_steuer_id),
    "nir": _Form(
        rf"[1-478]{_GAP}[0-9]{{2}}{_GAP}(?:0[1-9]|1[0-2]|[2-9][0-9]){_GAP}(?:[0-9]{{2}}|2[ABab]){_GAP}[0-9]{{3}}"
        rf"{_GAP}[0-9]{{3}}{_GAP}[0-9]{{2}}",
        _is_nir,
    ),
    "dni": _Form(f"(?:[0-9]{{8}}-?|[0-9]{{1,2}}[.][0-9]{{3}}[.][0-9]{{3}}[ -]?){_CHECK_LETTER}", _is_dni),
    "nie": _Form(f"[XYZ]-?[0-9]{{7}}-?{_CHECK_LETTER}", _is_dni),
    "codice_fiscale": _Form(_CODICE, _is_codice_fiscale),
    "ahv": _Form("756(?:[.][0-9]{4}[.][0-9]{4}[.][0-9]{2}|[0-9]{10}| [0-9]{4} [0-9]{4} [0-9]{2})", is_ean),
    "cpf": _Form("[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]{2}", _is_cpf),
}
# What has to stand after one of some words, in small letters.
_SAID = (
    (
        ("ssn", "social security", "social_security", "itin"),
        _Form("[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}|[0-9]{9}", _is_ssn),
    ),
    (
        ("national insurance", "nino", "ni no", "ni number", "nat ins", "insurance no"),
        _Form(f"(?ai:{_NINO}){_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[0-9]{{2}}{_GAP}[A-Da-d]", _is_any),
    ),
    (
        ("steuer", "idnr", "id-nr", "identifikationsnummer", "tax id"),
        _Form("[1-9][0-9][ /]?[0-9]{3}[ /]?[0-9]{3}[ /]?[0-9]{3}", _is_steuer_id),
    ),
    (
        ("dni", "nif", "nie", "documento"),
        _Form(f"(?ai:(?:[0-9]{{8}}|[xyz][ -]?[0-9]{{7}})[ -]?{_CHECK_LETTER})", _is_dni),
    ),
    (("codice fiscale", "cod. fisc", "c.f."), _Form(f"(?ai:{_CODICE})", _is_codice_fiscale)),
    (
        ("bsn", "burgerservice", "sofi"),
        _Form("[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}|[0-9]{4}[ .][0-9]{2}[ .][0-9]{3}", _is_bsn),
    ),
    (("pesel",), _Form("[0-9]{11}", _is_pesel)),
    (("cpf",), _Form("[0-9]{9}-?[0-9]{2}", _is_cpf)),
    (
        ("aadhaar", "aadhar", "uidai", "आधार"),
        _Form("[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", is_verhoeff),
    ),
    (
        ("pan", "permanent account"),
        _Form("[A-Za-z]{3}[ABCFGHJLPTabcfghjlpt][A-Za-z][0-9]{4}[A-Za-z]", _is_any),
    ),
    (("social insurance", "sin number", "assurance sociale"), _Form("[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}", is_luhn)),
)

_CANDIDATE = re.compile("[0-9A-Z](?<!\\w.)(?=[0-9A-Z .\u00a0-]{8})")
_FORMS = re.compile(f"{_FREE}(?:{'|'.join(f'(?P<{name}>{form.pattern})' for name, form in _PLAIN.items())}){_END}")
_AFTER = tuple((words, form, re.compile(f"{_FREE}(?:{form.pattern}){_END}")) for words, form in _SAID)
_WORDS = Words(word for words, _ in _SAID for word in words)


def find_national_ids(text: str) -> Iterator[Found]:
    """The numbers in `text` that name a person, by form and check digit, the weaker ones only after a word for them.

    They are of the United States, Britain, Germany, France, Spain, Italy, the Netherlands, Switzerland, Poland, Brazil,
    India and Canada. Some are found more than once.
    """
    for candidate in _CANDIDATE.finditer(text):
        match = _FORMS.match(text, candidate.start())
        if match and match.lastgroup and _PLAIN[match.lastgroup].is_right(_number(match[0])):
            yield Found(*match.span(), _number(match[0]))
    said = _WORDS.places(lowered(text))
    for words, form, pattern in _AFTER if said else ():
        near = [place for place in said if place.word in words]
        for start, stop in windows(text, near, after=_WORDS_BEFORE):
            for match in pattern.finditer(text, start, stop):
                whole = match.end() < stop or stop == len(text)
                if whole and form.is_right(_number(match[0])):
                    yield Found(*match.span(), _number(match[0]))


def _number(written: str) -> str:
    return re.sub("[^0-9A-Za-z]", "", written).upper()
