"""Addresses of machines on the internet, by which a person's line can be told; not those inside a network."""

import re
from collections.abc import Iterator
from ipaddress import IPv6Address, IPv6Network, ip_network

from loramake.cleaning.found import Found

_V4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.\w|-[A-Za-z0-9]|\+)")
_V6 = re.compile(r"[23][0-9A-Fa-f]{3}(?<![\w:.-]....):[0-9A-Fa-f:]{2,34}(?![\w:])")

# IANA's registries of special addresses: private, loopback, link, documentation, multicast, and what is not in use.
_SPECIAL_V4 = tuple(
    (int(network[0]), int(network[-1]))
    for network in map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            "224.0.0.0/3",
        ),
    )
)
_SPECIAL_V6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
# Name servers that everybody uses: they are in every manual, and tell nothing.
_PUBLIC = frozenset(
    str.split(
        "1.1.1.1 1.0.0.1 8.8.8.8 8.8.4.4 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220"
        " 2606:4700:4700::1111 2606:4700:4700::1001 2001:4860:4860::8888 2001:4860:4860::8844 2620:fe::fe"
    )
)
_WORDS_BEFORE = 40
_NUMBERED = re.compile(
    r"(?:(?:version|release|firmware|section|chapter|kapitel|abschnitt|paragraph|table|tabelle|figure|appendix|clause|build|java"
    r"|jdk|oid|standard|(?:^|\W)(?:ver|rev|v|sec|fig|no|nr|art))s?[\"']?\W{0,4}|§+ ?|[a-z)]/|[a-z]-"
    r"|(?:^|\W)(?:nt|openssl|python|chrome|gcc) )$"
)
_VERSION = re.compile(r"version|release|standard|bump|upgrad|update")
_SAID = re.compile(
    r"(?:(?:^|[^a-z])ipv?[46]?(?:[^a-z]|$)|addr|adresse|host|client|server|remote|peer|src|dst|ping|whois|forwarded|gateway"
    r"|login|ssh|nginx)[^.]{0,24}$|(?:://|@|\[)$"
)
_PORT = re.compile(r":[1-9][0-9]{1,4}(?![0-9])|/(?:[89]|[12][0-9]|3[0-2])(?![0-9])")


def find_ips(text: str) -> Iterator[Found]:
    """The addresses in `text` that lead to one place on the internet; no versions, sections or examples.

    Not found either are private and local addresses, networks written with their size, and well-known name servers.
    """
    for match in _V4.finditer(text):
        numbers = [int(part) for part in match[0].split(".")]
        if _is_public(match[0], numbers) and _is_address(text, match, numbers):
            yield Found(*match.span(), match[0])
    for match in _V6.finditer(text) if ":" in text else ():
        written = match[0] if match[0].endswith("::") else match[0].rstrip(":")
        address = _v6(written)
        if address and str(address) not in _PUBLIC and not any(address in network for network in _SPECIAL_V6):
            yield Found(match.start(), match.start() + len(written), str(address))


def _is_public(written: str, numbers: list[int]) -> bool:
    """Whether it is an address at all (no number has a zero before it), and one that leads to one place."""
    if max(numbers) > 255 or written in _PUBLIC or written != ".".join(map(str, numbers)):
        return False
    address = int.from_bytes(numbers)
    return not any(first <= address <= last for first, last in _SPECIAL_V4)


def _v6(written: str) -> IPv6Address | None:
    try:
        return IPv6Address(written)
    except ValueError:
        return None


def _is_address(text: str, match: re.Match[str], numbers: list[int]) -> bool:
    """Whether four numbers are an address: they are too large for a version, or their context says so."""
    start = match.start()
    before = text[max(0, start - _WORDS_BEFORE) : start].lower().rpartition("\n")[2]
    if before.endswith((".", "_")) or before[-1:].isalnum() or _NUMBERED.search(before):
        return False
    if numbers[3] == 0 and text[match.end() : match.end() + 1] == "/":
        return False
    if numbers[3] != 0 and (numbers[0] >= 32 or max(numbers) >= 100):
        return not (max(numbers) < 100 and _VERSION.search(before))
    if _VERSION.search(before):
        return False
    return bool(_SAID.search(before) or _PORT.match(text, match.end()))
