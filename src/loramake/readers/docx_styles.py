"""Styles of Word documents: which paragraphs are headings, items and code.

Format: WordprocessingML (ECMA-376, part 1, section 17.7).
"""

import re
from collections.abc import Iterator
from typing import Any

from loramake.readers.typefaces import is_typewriter

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

LEVELS = 9  # of outlines and of lists
_VAL = f"{WORD}val"
_HEADING = re.compile(r"heading (\d)")
_CODE = re.compile(r"(?:source ?code|html preformatted|code|preformatted text|code ?block|macro text|listing)\b.*")
_MOST_ANCESTORS = 20


def value(element: Any, path: str, default: str = "") -> str:
    """The `w:val` of what stands at `path` below `element`."""
    found = element.find("/".join(WORD + step for step in path.split("/"))) if element is not None else None
    return default if found is None else str(found.get(_VAL, default))


def number(written: str | None, default: int) -> int:
    """A whole number as an attribute has it."""
    return int(written) if written and re.fullmatch(r"-?\d{1,9}", written) else default


def is_on(element: Any, path: str) -> bool:
    """Whether a property such as `w:vanish` is set."""
    found = element.find("/".join(WORD + step for step in path.split("/")))
    return found is not None and found.get(_VAL, "1") not in ("0", "false", "off")


def font(properties: Any) -> str:
    """The typeface for Latin letters that run properties name."""
    fonts = properties.find(f"{WORD}rFonts") if properties is not None else None
    return "" if fonts is None else fonts.get(f"{WORD}ascii", fonts.get(f"{WORD}hAnsi", ""))


class Styles:
    """The styles of a document, by id."""

    def __init__(self, root: Any | None) -> None:
        elements = [] if root is None else root.findall(f"{WORD}style")
        self._styles = {element.get(f"{WORD}styleId", ""): element for element in elements}
        self._default = next(
            (
                element.get(f"{WORD}styleId", "")
                for element in elements
                if element.get(f"{WORD}type") == "paragraph" and element.get(f"{WORD}default") in ("1", "true", "on")
            ),
            "",
        )
        defaults = None if root is None else root.find(f"{WORD}docDefaults/{WORD}rPrDefault/{WORD}rPr")
        self._font = font(defaults)

    def name(self, style: str) -> str:
        """The name of a style in lower case, which is English for those that Word has of itself."""
        return value(self._styles.get(style or self._default), "name", style).lower()

    def level(self, style: str) -> int:
        """Of a heading: from 1; 0 for other paragraphs."""
        for element in self._chain(style):
            name = value(element, "name").lower()
            if found := _HEADING.match(name):
                return int(found[1])
            if name == "title":
                return 1
            outline = value(element, "pPr/outlineLvl")
            if outline and name != "toc heading":
                return outline_level(outline)
        return 0

    def numbering(self, style: str) -> tuple[str, int] | None:
        """Which list the paragraphs of a style are in, and how deep (from 0)."""
        for element in self._chain(style):
            found = element.find(f"{WORD}pPr/{WORD}numPr")
            if found is not None and value(found, "numId"):
                return value(found, "numId"), number(value(found, "ilvl"), 0)
        return None

    def is_code(self, style: str) -> bool:
        """Whether the style is one for listings, by its name or by its typeface where others have another."""
        if any(_CODE.fullmatch(value(element, "name").lower()) for element in self._chain(style)):
            return True
        return style not in ("", self._default) and self.is_typewriter(style)

    def is_typewriter(self, style: str) -> bool:
        """Whether the typeface of a style is one for code, and that of the document is not."""
        fonts = (font(element.find(f"{WORD}rPr")) for element in self._chain(style))
        return not self.typewritten and is_typewriter(next(filter(None, fonts), ""))

    @property
    def typewritten(self) -> bool:
        """Whether all of the document is set like code."""
        fonts = (font(element.find(f"{WORD}rPr")) for element in self._chain(self._default))
        return is_typewriter(next(filter(None, fonts), self._font))

    def _chain(self, style: str) -> Iterator[Any]:
        """A style, and those that it builds on."""
        element = self._styles.get(style or self._default)
        for _ in range(_MOST_ANCESTORS):
            if element is None:
                return
            yield element
            element = self._styles.get(value(element, "basedOn"))


def outline_level(written: str) -> int:
    """The level of a heading for that of an outline, which counts from 0; the last one stands for text."""
    level = number(written, LEVELS)
    return level + 1 if 0 <= level < LEVELS else 0
