"""The finders of `mask`, in the order in which they must run, and the names for several of them."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from loramake.cleaning.cards import find_cards
from loramake.cleaning.emails import find_emails
from loramake.cleaning.entropy import find_entropy
from loramake.cleaning.found import Found
from loramake.cleaning.ibans import find_ibans
from loramake.cleaning.ips import find_ips
from loramake.cleaning.jwts import find_jwts
from loramake.cleaning.keys import find_keys
from loramake.cleaning.national_ids import find_national_ids
from loramake.cleaning.passwords import find_passwords
from loramake.cleaning.phones import find_phones
from loramake.cleaning.private_keys import find_private_keys

PLACEHOLDER = re.compile(r"<(?P<kind>[A-Z][A-Z_]{0,19})_(?P<number>[0-9]{1,6})>")


# Masking one thing may uncover the next, where they stand side by side without a gap: after a round in which something
# was found another one follows, up to so many.
ROUNDS = 8


def _guarded(find: Callable[[str], Iterable[Found]]) -> Callable[[str], Iterator[Found]]:
    """`find`, each place once, without what is a placeholder or cuts one: what has been masked is never found again.

    A private key may have one inside, in the lines that describe it.
    """

    def found(text: str) -> Iterator[Found]:
        taken = [match.span() for match in PLACEHOLDER.finditer(text)] if "<" in text else []
        for entry in dict.fromkeys(find(text)):
            before = bisect_left(taken, (entry.end,)) - 1
            start, end = taken[before] if before >= 0 else (0, 0)
            if end <= entry.start or (entry.start < start and end < entry.end):
                yield entry

    return found


# What is secret before what is personal: the password of a URL looks like the beginning of an e-mail address. Among
# numbers, those with check digits before telephone numbers.
FINDERS: dict[str, Callable[[str], Iterable[Found]]] = {
    kind: _guarded(find)
    for kind, find in {
        "private_key": find_private_keys,
        "jwt": find_jwts,
        "key": find_keys,
        "password": find_passwords,
        "entropy": find_entropy,
        "email": find_emails,
        "iban": find_ibans,
        "card": find_cards,
        "national_id": find_national_ids,
        "ip": find_ips,
        "phone": find_phones,
    }.items()
}
_PERSONAL = ("email", "phone", "iban", "card", "national_id", "ip")
_SECRET = ("password", "key", "jwt", "private_key", "entropy")
ALIASES: dict[str, tuple[str, ...]] = {"personal": _PERSONAL, "secret": _SECRET, "all": (*_PERSONAL, *_SECRET)}
