"""The tokens of Rich Text Format, and the character sets of its typefaces.

Format: Rich Text Format (RTF) Specification 1.9.1.
"""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

OPEN, CLOSE, WORD, SIGN, BYTES = "{", "}", "word", "sign", "bytes"

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)|[\r\n]+",
    re.DOTALL,
)
# Windows' numbers of character sets (\fcharset), with their names in Python.
_CHARACTER_SETS = {
    77: "mac_roman",
    78: "shift_jis",
    80: "johab",
    81: "mac_arabic",
    83: "mac_greek",
    84: "mac_cyrillic",
    88: "cp874",
    89: "mac_latin2",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_CODE_PAGES = {10000: "mac_roman", 10007: "mac_cyrillic", 65001: "utf-8", 936: "gb18030", 1361: "johab"}


class Token(NamedTuple):
    """`text` is that of a control word or sign, or bytes of text in Latin-1; `value` the number behind a word."""

    kind: str
    text: str
    value: int | None = None


def tokens(data: bytes, place: int = 0) -> Iterator[Token]:
    """The tokens of a file from `place` on; binary data between them are left out."""
    while match := _TOKEN.match(data, place):
        place = match.end()
        word, value, code, sign, brace, text = match.groups()
        if word:
            number = int(value) if value else None
            if word == b"bin" and number and number > 0:
                place += number
            else:
                yield Token(WORD, word.decode("ascii"), number)
        elif code:
            yield Token(BYTES, chr(int(code, 16)))
        elif sign:
            yield Token(SIGN, sign.decode("latin-1"))
        elif brace:
            yield Token(OPEN if brace == b"{" else CLOSE, brace.decode("ascii"))
        elif text:
            yield Token(BYTES, text.decode("latin-1"))


def code_page(number: int) -> str:
    """The name in Python of a Windows code page; that of western Europe for one that is not known here."""
    name = _CODE_PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def character_set(number: int) -> str | None:
    """The name in Python of a character set as typefaces have them; None for that of the file."""
    return _CHARACTER_SETS.get(number)
