"""Telephone numbers: international, national with separators, and any that a word such as `tel` introduces."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found

_DASHES = "\u2010-\u2015-"
_RUN = re.compile(f"[0-9][0-9 ()./\u00a0{_DASHES}]{{5,}}")
_DIGITS = re.compile("[0-9]+")
_PAIR = re.compile(" [0-9]{2}(?![0-9])")
_GAP = f"(?:(?!  )[ ()./\u00a0{_DASHES}]){{0,3}}"
_END = "(?![0-9]|[-./][0-9])"

# At the beginning of a number, not inside a name, a version, a path or a time.
_FREE = r"(?<![A-Za-z0-9_+\u00c0-\u024f\u0400-\u04ff])(?<!\w[-./#@_])(?<![0-9]:)"
_INTERNATIONAL = rf"\(?\+\(?[1-9](?:{_GAP}[0-9]){{7,14}}(?![0-9])"
_ZERO_ZERO = r"00(?:39[ /-]0?|[1-9][0-9]{0,2}[ /-](?:\(0\) ?)?)[1-9][0-9]{0,4}(?:[ /-][0-9]{2,8}){1,4}" + _END
_AMERICAN = (
    r"(?:1[ .-]?)?\([2-9][0-9]{2}\)[ .-]?[0-9]{3}[ .-][0-9]{4}"
    r"|(?:1[.-])?[2-9][0-9]{2}(?P<dash>[.-])[0-9]{3}(?P=dash)[0-9]{4}"
    r"|1 [2-9][0-9]{2} [0-9]{3} [0-9]{4}"
    r"|8[ -]?\([0-9]{3,4}\)[ -]?[0-9]{2,3}[ -][0-9]{2}[ -][0-9]{2}"
)
_PAIRS = r"0[1-9](?P<pair>[ .-])[0-9]{2}(?:(?P=pair)[0-9]{2}){3}(?![ .-]?[0-9])"
_GROUP = f"(?: ?[/{_DASHES}] ?| )"
_TRUNK = rf"\(?0[1-9][0-9]{{0,4}}\)?{_GROUP}[0-9]{{2,8}}(?:{_GROUP}[0-9]{{2,8}}){{0,3}}" + _END
_AREA = r"\([1-9][0-9]{1,3}\) ?[0-9]{3,5}[ -][0-9]{3,5}" + _END
_FORM = (
    rf"(?P<form>(?P<plus>{_INTERNATIONAL})|(?P<zeros>{_ZERO_ZERO})|(?:{_AMERICAN}){_END}|{_PAIRS}"
    rf"|(?P<trunk>{_TRUNK})|(?P<area>{_AREA}))(?!\w)"
)
_NUMBER = re.compile(_FREE + _FORM.replace(_PAIRS, f"(?<![0-9] ){_PAIRS}"))
_NEXT_NUMBER = re.compile(f"[-./#@_ :]?{_FORM}")  # at the end of another

_INTRODUCED = re.compile(rf"\+?\(?[0-9](?:{_GAP}[0-9]){{5,14}}(?![0-9])")
_WORDS_BEFORE = 40
_NOUNS = (
    r"(?:(?:^|[^a-z])(?:tel|telefax|t[eé]l|mob|mobile?|mobiltelefon|mobilnummer|mobil|cell|cellular|celular|cellulare|fax"
    r"|fijo|gsm|whatsapp|sms|handy|hotline|landline|festnetz|portable|natel|tlf|puh|ph(?=[.:])|durchwahl|móvil|rufnummer"
    r"|komórk\w{1,3}|call cent(?:er|re)|my number)|phone|telefon[aeou]?|teléfono|téléphone|тел|телефону?|моб"
    r"|电话|電話|手机|手機|拨打|전화)"
)
_FILLERS = (
    r"(?:[ _-]?(?:no|nr|num|number|nummer|番号|号码|me|us|him|her|at|on|is|ist|è|es|est|now|home|work|office"
    r"|value)){0,3}"
)
_INTRODUCTION = re.compile(
    rf"{_NOUNS}{_FILLERS}(?:[ \t.:：;=#,\"'(\[>\\+-]*|:[ \t]*\n[ \t]*)$"
    rf"|(?:^|[^a-z])(?P<verb>call|dial|ring){_FILLERS}[ :\"'(+]*$"
)
_EXTENSION = re.compile(r"[ ,;]{1,2}(?:ext(?:ension|n)?|poste|x)[.:]?[ ]?[0-9]{1,6}(?!\w)", re.IGNORECASE)
# Words for other things that have numbers.
_OTHER = re.compile(
    r"(?:^|[^a-z])(?:sku|part|order|ticket|invoice|serial|model|article|artikel|item|lot|batch|case|account|catalog|s/n|p/n|ref"
    r"|reference|bestellung|auftrag|rechnung|konto|kunden|tracking|isbn|issn|doi|version|commande|facture|pedido|factura)"
    r"(?:[ _-]?(?:number|nummer|no|nr|num|id|code))?[.:#= \t\"']{0,4}\Z"
)
_JOINED = re.compile("[a-z][-_]$")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ]?[01][0-9][-./ ]?[0-3][0-9](?![0-9])"
    r"|[0-3]?[0-9][-./ ][01]?[0-9][-./ ](?:19|20)[0-9]{2}(?![0-9])"
)
_DECIMAL = re.compile(r"[0-9]\.[0-9]+|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")
_AMOUNT = re.compile(r"\s*(?:times|calls|requests|iterations|bytes|ms|seconds|functions|users|%)")


def find_phones(text: str) -> Iterator[Found]:
    """The telephone numbers in `text`; no dates, versions, addresses of machines, keys of tickets, or plain numbers.

    The value is the digits, so `+49 30 1234` and `+49-30-1234` are one number.
    """
    last = -1
    for run in _RUN.finditer(text):
        start, end = run.span()
        while start and text[start - 1] in "+(" and run.start() - start < 3:
            start -= 1
        found = list(_with_form(text, start, end, last)) or list(_introduced(text, start, end))
        yield from found
        last = found[-1].end if found else -1


def _with_form(text: str, start: int, end: int, last: int) -> Iterator[Found]:
    """Numbers that their form gives away in a run of digits and separators; `last` is where the one before ends."""
    stop = end + 2  # for what looks ahead
    while True:
        match = _NEXT_NUMBER.match(text, last, stop) if 0 <= start - last <= 1 else None
        match = match or _NUMBER.search(text, start, stop)
        if not match:
            return
        groups = _groups(match)
        start = groups[-1].end()
        if _is_number(match, groups) and (match["plus"] or not _is_other(text, match.start("form"))):
            yield _whole(text, match.start("form"), start)
            last = start


def _is_other(text: str, start: int) -> bool:
    return bool(_OTHER.search(text[max(0, start - _WORDS_BEFORE) : start].lower()))


def _whole(text: str, start: int, end: int) -> Found:
    """A number with its extension."""
    extension = _EXTENSION.match(text, end)
    end = extension.end() if extension else end
    return Found(start, end, _digits(text[start:end]))


def _groups(match: re.Match[str]) -> list[re.Match[str]]:
    """The groups of digits in `match`; of two national numbers side by side, those of the first."""
    groups = list(_DIGITS.finditer(match.string, match.start(), match.end()))
    if not match["trunk"]:
        return groups
    length = 0
    for number, group in enumerate(groups):
        if length >= 9 and (group[0].startswith("0") or length + len(group[0]) > 12):
            return groups[:number]
        length += len(group[0])
    return groups


def _is_number(match: re.Match[str], groups: list[re.Match[str]]) -> bool:
    sizes = [len(group[0]) for group in groups]
    length = sum(sizes)
    if match["zeros"]:
        return 10 <= length <= 15 and len(set(sizes)) > 1
    if match["area"]:
        return 9 <= length <= 12
    if match["trunk"]:
        row = sizes[-1] == 2 and _PAIR.match(match.string, groups[-1].end())
        dump = row or sizes in ([4, 4, 4], [3, 3, 3, 3])
        other = sizes[:2] == [2, 2] or sizes == [5, 4]  # a date, a ZIP code
        return 9 <= length <= 12 and not dump and not other
    return not _DATE.match(match[0])


def _introduced(text: str, start: int, end: int) -> Iterator[Found]:
    """A number at the beginning of a run, if the words before it say that it is one."""
    match = _INTRODUCED.match(text, start)
    if not match or match.end() > end or _DATE.match(match[0]) or _DECIMAL.match(match[0]):
        return
    before = text[max(0, start - _WORDS_BEFORE) : start].lower()
    words = None if _JOINED.search(before) else _INTRODUCTION.search(before)
    if not words or (words["verb"] and (len(_digits(match[0])) < 7 or _AMOUNT.match(text, match.end()))):
        return
    yield _whole(text, *match.span())


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())
