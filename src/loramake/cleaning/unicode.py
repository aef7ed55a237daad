"""Unicode: one spelling for each text, and nothing in it that no reader sees."""

import re
import unicodedata
from typing import Literal

# Each pattern begins with one set of characters: searching for those is several times quicker than anything else.
_BREAKS = re.compile("[\r\x0b\x85\u2028\u2029](?:(?<=\r)\n)?")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
# Soft hyphen, grapheme joiner, zero-width and bidirectional controls, tags (invisible ASCII), byte order marks,
# surrogates, private use and non-characters (U+FFFE is what PDF readers leave for a hyphen at a line's end).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
_UNSEEN_BEYOND = re.compile(
    "[^\x00-\uffff](?<=[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U000e00ff\U000e01f0-\U0010ffff])"
)
# Joiners spell words in Persian and the scripts of India, and build emoji; between other letters they only hide things.
_JOINED = "\u0600-\u180d\u180f-\u1dff\u2190-\u2bff\u2e80-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
# How the first byte of a letter, a dash, a quotation mark or an emoji in UTF-8 looks in a table of one byte each, with
# what may follow it there: a test that costs little, before one that costs much.
_LEADS = "\u00c2-\u00c5\u00ce-\u00d1\u00e2\u00e3\u00f0"
_FOLLOWS = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_MOJIBAKE = re.compile(f"[{_LEADS}][{_FOLLOWS}]")

Form = Literal["nfc", "nfkc"]


def normalise(text: str, form: Form) -> str:
    """`text` in Unicode's normal form, without control, zero-width and bidirectional characters.

    What was decoded wrongly is mended, line by line. Line feed, tab and form feed stay; every other line break becomes
    a line feed, a space of any width but the ideographic one a space. Zero-width joiners stay where both neighbours are
    of a script, or emoji, that needs them.
    """
    normal = _normalised(_mended(text), form)
    # What goes, or is spelt in another form, may hide that its line was decoded wrongly: a second look finds it.
    return normalise(normal, form) if normal != text and _may_be_mojibake(normal) else normal


def _normalised(text: str, form: Form) -> str:
    """`text` as `normalise` gives it, but for what was decoded wrongly."""
    text = _BREAKS.sub("\n", text)
    if text.isascii():
        return _CONTROLS.sub("", text)
    composed = text = _compose(text, form)
    text = _UNSEEN_BEYOND.sub("", _UNSEEN.sub("", _SPACES.sub(" ", text)))
    if "\u200d" in text or "\u200c" in text:
        text = _STRAY_JOINER.sub("", text)
    return text if text == composed else _compose(text, form)


def _may_be_mojibake(text: str) -> bool:
    return not text.isascii() and bool(_MOJIBAKE.search(text))


def _mended(text: str) -> str:
    """`text` whose lines were decoded from UTF-8 by the table of another encoding, as they were meant (mojibake)."""
    if not _may_be_mojibake(text):
        return text
    from ftfy import fix_encoding
    from ftfy.badness import is_bad

    return "\n".join(fix_encoding(line) if is_bad(line) else line for line in text.split("\n"))


def _compose(text: str, form: Form) -> str:
    """The normal form, if `text` is not in it: the test is much quicker than the work."""
    name: Literal["NFC", "NFKC"] = "NFC" if form == "nfc" else "NFKC"
    return text if unicodedata.is_normalized(name, text) else unicodedata.normalize(name, text)
