"""The tables in front of an RTF document: its typefaces and its styles.

Format: Rich Text Format (RTF) Specification 1.9.1, "Font Table" and "Style Sheet".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from loramake.readers.rtf_tokens import character_set, code_page
from loramake.readers.typefaces import is_typewriter

_HEADING = re.compile(r"heading (\d)")
_CODE = re.compile(r"(?:source ?code|code|preformatted text|html preformatted|macro text|listing)\b.*")
_OUTLINES = 9  # levels; the next one stands for text
_MOST_ANCESTORS = 20


@dataclass(slots=True)
class _Font:
    name: str = ""
    codec: str | None = None


class Fonts:
    """The typefaces, by number. Takes the control words and the text of their table."""

    def __init__(self) -> None:
        self.default = 0
        self._fonts: dict[int, _Font] = {}
        self._last = _Font()

    def word(self, word: str, value: int | None) -> None:
        """A control word of the table."""
        if word == "f":
            self._last = self._fonts.setdefault(value or 0, _Font())
        elif word == "fcharset" and self._last.codec is None:
            self._last.codec = character_set(value or 0)
        elif word == "cpg" and value:
            self._last.codec = code_page(value)

    def text(self, text: str) -> None:
        """A piece of a name."""
        self._last.name += text

    def name(self, font: int) -> str:
        """The name of a typeface; of the one that all of the text has for a negative number."""
        found = self._fonts.get(font if font >= 0 else self.default)
        return found.name.split(";")[0].strip() if found else ""

    def codec(self, font: int) -> str | None:
        """The name in Python of a typeface's character set; None for that of the file."""
        found = self._fonts.get(font if font >= 0 else self.default)
        return found.codec if found else None


@dataclass(slots=True)
class _Style:
    name: str = ""
    above: int | None = None
    outline: int | None = None
    font: int = -1


class Styles:
    """The styles of paragraphs, by number. Takes the groups, control words and the text of the style sheet."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._styles: dict[int, _Style] = {}
        self._last, self._number = _Style(), 0

    def begin(self) -> None:
        """A style begins: that of all paragraphs, unless it has a number."""
        self._last, self._number = _Style(), 0

    def word(self, word: str, value: int | None) -> None:
        """A control word of the table."""
        if word == "s":
            self._number = value or 0
        elif word == "sbasedon":
            self._last.above = value
        elif word == "outlinelevel":
            self._last.outline = value
        elif word == "f":
            self._last.font = value or 0

    def text(self, text: str) -> None:
        """A piece of a name, which a semicolon ends."""
        self._last.name += text
        if ";" in text:
            self._styles.setdefault(self._number, self._last)

    def name(self, style: int) -> str:
        """The name of a style in lower case."""
        found = self._styles.get(style)
        return found.name.split(";")[0].strip().lower() if found else ""

    def level(self, style: int) -> int:
        """Of a heading: from 1; 0 for other paragraphs."""
        for name, outline in ((self.name(number), found.outline) for number, found in self._chain(style)):
            if match := _HEADING.match(name):
                return int(match[1])
            if name == "title":
                return 1
            if outline is not None and name != "toc heading":
                return outline_level(outline)
        return 0

    def is_code(self, style: int) -> bool:
        """Whether the paragraphs of a style are lines of code."""
        return any(_CODE.fullmatch(self.name(number)) for number, _ in self._chain(style))

    def is_typewritten(self, style: int, font: int) -> bool:
        """Whether words are set like code, in a typeface or that of their style, while other words are not."""
        fonts = (found.font for _, found in self._chain(style) if found.font >= 0)
        own = font if font >= 0 else next(fonts, -1)
        normal = self._styles.get(0)
        default = normal.font if normal else -1
        return is_typewriter(self._fonts.name(own)) and not is_typewriter(self._fonts.name(default))

    def _chain(self, style: int) -> Iterator[tuple[int, _Style]]:
        """A style, and those that it builds on."""
        number: int | None = style
        for _ in range(_MOST_ANCESTORS):
            if number is None or number not in self._styles:
                return
            yield number, self._styles[number]
            number = self._styles[number].above


def outline_level(outline: int) -> int:
    """The level of a heading for that of an outline, which counts from 0."""
    return outline + 1 if 0 <= outline < _OUTLINES else 0
