"""Numbers of payment cards, in one piece or in groups, known by issuer, length and check digit."""

import re
from collections.abc import Iterator

from loramake.cleaning.checksums import is_luhn
from loramake.cleaning.found import Found

_GAPS = re.compile("[ \u00a0-]")
_FOUR = "(?P=gap)[0-9]{4}"
_NUMBER = re.compile(
    r"[2-6](?<![\w.,/-].)(?<![0-9]{4}[ -].)[0-9]{3}(?:"
    rf"(?P<gap>[ \u00a0-])(?:[0-9]{{4}}{_FOUR}{_FOUR}(?P<more>(?P=gap)[0-9]{{1,3}})?|[0-9]{{6}}(?P=gap)[0-9]{{4,5}})"
    r"|[0-9]{10,15})(?![\w/]|[-.,][0-9])"
)
# What the first digits say of issuer and length: ISO/IEC 7812, and what the schemes publish of their ranges.
_RANGES = tuple(
    (str(first), str(last), frozenset(lengths))
    for first, last, lengths in (
        (4, 4, (16, 19)),  # Visa
        (51, 55, (16,)),  # Mastercard
        (2221, 2720, (16,)),
        (2200, 2204, (16, 17, 18, 19)),  # Mir
        (34, 34, (15,)),  # American Express
        (37, 37, (15,)),
        (300, 305, (14, 16)),  # Diners Club
        (36, 36, (14, 16)),
        (38, 39, (14, 16)),
        (3528, 3589, (16, 19)),  # JCB
        (6011, 6011, (16, 19)),  # Discover
        (644, 649, (16, 19)),
        (65, 65, (16, 19)),
        (62, 62, (16, 17, 18, 19)),  # UnionPay
        (5018, 5020, (16, 18, 19)),  # Maestro
        (5893, 5893, (16,)),
        (6304, 6304, (16, 18, 19)),
        (6759, 6763, (16, 18, 19)),
        (508500, 508999, (16,)),  # RuPay
        (606985, 607984, (16,)),
    )
)
_WORDS_BEFORE = 40
_CARD = re.compile(
    r"card|visa|amex|american express|master|maestro|discover|diners|jcb|unionpay|карт|卡"
    r"|(?:^|\W)(?:pan|cc|karte|carte|tarjeta|carta|cartão|kaart|karta|karty|kort\w*)(?:\W|$)"
)
_OTHER = re.compile(
    r"(?:order|tracking|invoice|serial|batch|ticket|reference|account|imei|isbn|ean|gtin|upc|barcode|seed|snowflake|time"
    r"|timestamp|channel|digest|hash|session|request|trace|span|uid|kundennummer|commande|pedido|factura|ordine"
    r"|(?:^|[\W_])(?:id|ref|ts|no|nr|sku|lot|bestellung\w*|auftrag\w*|rechnung\w*))"
    r"(?:[_ -]?(?:number|num|no|nr|id|code))?[\W_]*$"
)


def find_cards(text: str) -> Iterator[Found]:
    """The card numbers in `text`; none that the words before it call an order, a serial number or the like."""
    for match in _NUMBER.finditer(text):
        number, end = _GAPS.sub("", match[0]), match.end()
        if match["more"] and not _is_right(number):
            number, end = number[:16], match.start("more")
        if _is_right(number):
            before = text[max(0, match.start() - _WORDS_BEFORE) : match.start()].lower().rpartition("\n")[2]
            if _CARD.search(before) or not (_OTHER.search(before) or (len(number) > 16 and not match["gap"])):
                yield Found(match.start(), end, number)


def _is_right(number: str) -> bool:
    if len(set(number)) == 1 or not is_luhn(number):
        return False
    return any(first <= number[: len(first)] <= last and len(number) in lengths for first, last, lengths in _RANGES)
