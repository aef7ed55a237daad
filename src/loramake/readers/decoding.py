"""Bytes -> text: byte order mark, declared encoding, strict UTF-8, then a guess."""

import codecs
import re

import chardet
from chardet.enums import EncodingEra

from loramake.errors import SourceError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARACTER_SETS = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-[ru]|gb2312|gbk|gb18030|big5.*|euc_.*|shift_jis.*|iso2022_.*|mac-.*|tis-620"
)
_AS_BROWSERS_READ = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
_LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
_SURE = 0.2  # below this confidence a guess for a short text is often another alphabet
_FOREIGN = 0.35  # the least share of letters beyond ASCII in a text of another alphabet
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_LETTERS = re.compile(rb"[A-Za-z]")
_SAMPLE = 100_000
_MOST_CONTROLS = 0.05


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of `data`, with `\\n` for every newline. Raises SourceError `empty` or `binary`."""
    if not data:
        raise SourceError("empty", "the file has no bytes")
    text = _marked(data) or _utf16(data) or _declared(data, declared) or _utf8(data) or _guessed(data)
    sample = text[:_SAMPLE]
    if "\0" in text or len(_CONTROLS.findall(sample)) > _MOST_CONTROLS * len(sample):
        raise SourceError("binary", "the bytes are not those of a text")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _marked(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    return None


def _declared(data: bytes, name: str | None) -> str | None:
    try:
        known = codecs.lookup(name or "").name
        if _CHARACTER_SETS.fullmatch(known) or known == "ascii":
            return data.decode(_AS_BROWSERS_READ.get(known, known))
    except (LookupError, ValueError):
        pass
    return None


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark, known by its zeros: every other byte of most alphabets is one."""
    pairs, high, low = len(data) // 2, data[::2].count(0), data[1::2].count(0)
    if max(high, low) <= pairs / 2 or min(high, low) > pairs / 20:
        return None
    return data.decode("utf-16-be" if high > low else "utf-16-le", "replace")


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes) -> str:
    guess = chardet.detect(data, encoding_era=EncodingEra.MODERN_WEB, prefer_superset=True)
    if guess["encoding"] and guess["confidence"] < _SURE and _mostly_ascii(data):
        guess = chardet.detect(data, include_encodings=_LATIN, prefer_superset=True)
    if not guess["encoding"] or b"\0" in data:
        raise SourceError("binary", "the bytes are not those of a text")
    return data.decode(guess["encoding"], "replace")


def _mostly_ascii(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    beyond = sum(byte >= 0x80 for byte in sample)
    return beyond < _FOREIGN * (beyond + len(_LETTERS.findall(sample)))
