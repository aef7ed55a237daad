"""Private keys: blocks of PEM, OpenPGP, SSH and PuTTY, whole or cut short, and WireGuard's."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found

# RFC 7468 (PEM), RFC 9580, 6.2 (OpenPGP), RFC 4716 (SSH2, with four dashes and spaces).
_BEGIN = re.compile(
    r"-----BEGIN (?P<name>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----"
    r"|---- BEGIN (?P<ssh>[A-Z0-9 ]{0,40}PRIVATE KEY) ----"
)
_LONGEST = 20_000
# What separates the lines of a block: breaks, written-out breaks, marks of quotation, quotes of joined strings.
_BREAK = r"(?:\s|\\[nrt]|\\u000[aAdD]|[>|\\,+\"'](?=\s)|(?<=\s)[>|\"'])"
_LINE = (
    r"(?:[A-Za-z0-9+/]+={0,2}|=[A-Za-z0-9+/]{4}"
    r"|(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash|Subject): [^\n\\]{0,200})"
)
_LINES = re.compile(rf"(?:{_BREAK}++{_LINE}(?=[ \t]*(?:[\r\n\"'`<]|\\[nru]|\Z)))*")

_PUTTY = re.compile(
    r"PuTTY-User-Key-File-[0-9]: [^\n]{0,100}"
    r"(?:\r?\n(?:[A-Z][A-Za-z0-9-]{2,30}: [^\n]{0,200}|[A-Za-z0-9+/]{4,76}={0,2}(?![^\r\n])))*"
)
_WIREGUARD = re.compile(
    r"\b(?:PrivateKey|PresharedKey|private-key|preshared-key)[ \t]{0,4}[=:]?[ \t]{0,4}"
    r"(?P<value>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"
)


def find_private_keys(text: str) -> Iterator[Found]:
    """The private keys in `text`, header and footer included; without a footer, as far as the lines look like one."""
    if "-- BEGIN " in text or "--BEGIN " in text:
        yield from _blocks(text)
    if "PuTTY-User-Key-File-" in text:
        for match in _PUTTY.finditer(text):
            yield Found(*match.span(), match[0])
    if "edKey" in text or "ateKey" in text or "-key" in text:
        for match in _WIREGUARD.finditer(text):
            yield Found(*match.span("value"), match["value"])


def _blocks(text: str) -> Iterator[Found]:
    begin = _BEGIN.search(text)
    while begin:
        following = _BEGIN.search(text, begin.end())
        limit = min(begin.end() + _LONGEST, following.start() if following else len(text))
        footer = f"-----END {begin['name']}-----" if begin["name"] else f"---- END {begin['ssh']} ----"
        end = text.find(footer, begin.end(), limit)
        lines = _LINES.match(text, begin.end(), limit)
        stop = end + len(footer) if end >= 0 else lines.end() if lines else begin.end()
        yield Found(begin.start(), stop, text[begin.start() : stop])
        begin = following
