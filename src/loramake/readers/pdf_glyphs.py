"""The glyphs of a page -> its words, each with its place, size and font."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pdfminer.layout import LTChar, LTContainer, LTCurve

SPACE = 0.15  # of the type's size: a wider gap parts two words; TeX sets no spaces, and squeezes gaps to 0.2
_BACK = 0.4  # of the type's size: how far kerning may draw a glyph back into the one before it
_LEVEL = 0.1  # of the type's size: how far apart in height two glyphs of a word may stand
_OVERPRINT = 0.15  # of the type's size: how far apart a word is printed twice to look bold
_ABOVE = 0.75  # of the type's size is above the line that it stands on
_SLANT = 0.05  # of the width: a line that rises more is turned

UNMAPPED = re.compile(r"\(cid:\d+\)|[\x00-\x08\x0e-\x1f\x7f\ufffd\ue000-\uf8ff]")
_BULLET = re.compile("[\uf06c\uf06e\uf075\uf076\uf0a7\uf0a8\uf0b7\uf0d8\uf0e0\uf0fc]")  # in Symbol and Wingdings
_ACCENTS = {
    **dict(zip("`´ˆ˜¨˚ˇ", "\u0300\u0301\u0302\u0303\u0308\u030a\u030c", strict=True)),
    **dict(zip("¸¯˘˙˝˛", "\u0327\u0304\u0306\u0307\u030b\u0328", strict=True)),
}
_SPACING = {combining: accent for accent, combining in _ACCENTS.items()}
_MONO = re.compile(r"mono|courier|typewriter|consol|menlo|lettergothic|(?:cm|ec|sf|tx)tt", re.I)
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx|sfbx|ecbx", re.I)
_NARROW, _WIDE = frozenset("ijlI.,:;'|!"), frozenset("mwMWGOQ@%")
_EQUAL = 0.02  # of the type's size: so much may the widths of a monospaced font differ


class Glyph(NamedTuple):
    """What is printed at one place: a letter, mostly. Lengths are points, downwards from the page's top."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    font: str


@dataclass(slots=True, eq=False)
class Word:
    """Glyphs of one font that stand together; `spaced` if a space stands before them in the file."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    font: str
    spaced: bool = False

    @property
    def base(self) -> float:
        """The height of the line that it stands on, in points."""
        return self.bottom - (1 - _ABOVE) * self.size


@dataclass(slots=True)
class Printed:
    """What is printed on a page; the words of lines that are turned stand as if they were turned back."""

    words: list[Word] = field(default_factory=list)
    turned: list[list[Word]] = field(default_factory=list)
    shapes: list[LTCurve] = field(default_factory=list)
    lost: int = 0  # glyphs that the file maps to no letter, or on a slant, as watermarks are


class Fonts:
    """What fonts look like, as far as the pages that were seen tell."""

    def __init__(self) -> None:
        self._widths: dict[str, dict[str, float]] = {}

    def see(self, glyph: Glyph) -> None:
        """Remember how wide the glyph is, in parts of the type's size."""
        widths = self._widths.setdefault(glyph.font, {})
        if glyph.text not in widths and glyph.size and glyph.text.isascii():
            widths[glyph.text] = (glyph.x1 - glyph.x0) / glyph.size

    def is_mono(self, font: str) -> bool:
        """Whether all glyphs are equally wide: by those that differ elsewhere, or by its name if it has too few."""
        widths = self._widths.get(font, {})
        if widths.keys() & _NARROW and widths.keys() & _WIDE:
            return max(widths.values()) - min(widths.values()) < _EQUAL
        return bool(_MONO.search(font))

    def is_bold(self, font: str) -> bool:
        """Whether its name says that it is bold."""
        return bool(_BOLD.search(font))


def printed_on(page: Any, fonts: Fonts) -> Printed:
    """What is printed on a page of pdfplumber's."""
    printed = Printed()
    level: list[Glyph] = []
    turned: dict[bool, list[Glyph]] = {True: [], False: []}  # by whether the line runs upwards
    left, height = page.mediabox[0], page.height + page.mediabox[1]
    for item in _leaves(page.layout):
        if isinstance(item, LTChar):
            if not _is_near(page, item):
                continue
            across, up, _, _, x, y = item.matrix
            if abs(up) <= _SLANT * abs(across):
                level.append(_glyph(item, item.x0 + left, item.x1 + left, height - y, item.size))
                fonts.see(level[-1])
            elif abs(across) <= _SLANT * abs(up):
                ends = (item.y0, item.y1, x) if up > 0 else (-item.y1, -item.y0, -x)
                turned[up > 0].append(_glyph(item, *ends, item.x1 - item.x0))
            else:
                printed.lost += 1
        elif isinstance(item, LTCurve):
            printed.shapes.append(item)
    printed.words = _once(_words(level))
    printed.turned = [_once(_words(glyphs)) for glyphs in turned.values() if glyphs]
    for words in (printed.words, *printed.turned):
        printed.lost += _without_unmapped(words)
    return printed


def _glyph(item: LTChar, x0: float, x1: float, base: float, size: float) -> Glyph:
    """A glyph on its line. How high and deep it is, fonts do not say truly: all are as high over it for their size."""
    return Glyph(item.get_text(), x0, x1, base - _ABOVE * size, base + (1 - _ABOVE) * size, size, item.fontname)


def _leaves(container: Any) -> Iterator[Any]:
    for item in container:
        if isinstance(item, LTContainer):
            yield from _leaves(item)
        else:
            yield item


def _is_near(page: Any, item: LTChar) -> bool:
    """Whether it is on the page, or not far beyond the edge, where long lines end."""
    width, height = page.width, page.height
    return bool(abs(item.x0 - width / 2) < width and abs(item.y0 - height / 2) < height)


def _words(glyphs: Iterable[Glyph]) -> Iterator[Word]:
    """The words in the order of the file. A word ends at a space, a gap, or where the font changes."""
    word: Word | None = None
    spaced = False
    for glyph in _composed(glyphs):
        if glyph.text.isspace():
            spaced = True
            continue
        if word is not None and not spaced and _goes_on(word, glyph):
            word.text += glyph.text
            word.x1 = glyph.x1
            continue
        if word is not None:
            yield word
        word, spaced = Word(*glyph, spaced), False
    if word is not None:
        yield word


def _goes_on(word: Word, glyph: Glyph) -> bool:
    size = glyph.size
    return (
        word.font == glyph.font
        and -_BACK * size < glyph.x0 - word.x1 < SPACE * size
        and abs(word.bottom - glyph.bottom) < _LEVEL * size
        and abs(word.size - size) < _LEVEL * size
    )


def _composed(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """The glyphs; an accent that is printed over the letter after it, as TeX does, is one with it.

    A combining accent over a space is a sign of its own, and stands before the letter after it.
    """
    accent: Glyph | None = None
    before = ""
    for glyph in glyphs:
        if accent is not None:
            over = glyph.x0 <= (accent.x0 + accent.x1) / 2 <= glyph.x1 and abs(glyph.top - accent.top) < glyph.size
            if over:
                glyph = glyph._replace(text=_accented(glyph.text, accent.text, alone=before.isspace()))
            else:
                yield accent
            accent = None
        if glyph.text in _ACCENTS or glyph.text in _SPACING:
            accent = glyph
            continue
        before = glyph.text
        yield glyph
    if accent is not None:
        yield accent


def _accented(letter: str, accent: str, *, alone: bool) -> str:
    """`letter` with the accent on it; behind a spacing one if there is no such letter."""
    whole = unicodedata.normalize("NFC", letter + _ACCENTS.get(accent, accent))
    is_letter = len(whole) == len(letter) and not (alone and accent in _SPACING)
    return whole if is_letter else _SPACING.get(accent, accent) + letter


def _once(words: Iterable[Word]) -> list[Word]:
    """The words without those that are printed once more, a hair's breadth away, to look bold."""
    taken: set[tuple[str, int, int]] = set()
    kept = []
    for word in words:
        near = max(_OVERPRINT * word.size, 0.1)
        x, y = round(word.x0 / near), round(word.top / near)
        if not any((word.text, x + right, y + down) in taken for right in (0, -1, 1) for down in (0, -1, 1)):
            taken.add((word.text, x, y))
            kept.append(word)
    return kept


def _without_unmapped(words: list[Word]) -> int:
    """Take out what is no letter; how many glyphs that were."""
    lost = 0
    for word in words:
        word.text = _BULLET.sub("•", word.text)
        word.text, count = UNMAPPED.subn("", word.text)
        lost += count
    words[:] = [word for word in words if word.text]
    return lost
