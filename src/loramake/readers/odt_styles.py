"""Styles and lists of OpenDocument texts: which paragraphs are code, and what is shown in front of items.

Format: OpenDocument 1.3, part 3, sections 16 and 19.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from loramake.readers.numerals import letters, roman
from loramake.readers.paragraphs import BULLET
from loramake.readers.typefaces import is_typewriter

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, STYLE, DRAW, META, MANIFEST = (
    f"{{{_ODF}{name}:1.0}}" for name in ("office", "text", "table", "style", "drawing", "meta", "manifest")
)
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"

_AUTOMATIC = re.compile(r"p\d+")
_CODE = {"source code", "preformatted text", "code", "listing"}
_PARENT = f"{STYLE}parent-style-name"
_LISTS = (f"{TEXT}list-style", f"{TEXT}outline-style")
_OUTLINE = f"{TEXT}outline-style"
HEADINGS = "\0"  # the list of all headings, a name that no other can have
_HIDDEN = "none"
_MOST_ANCESTORS = 20


def number(written: str | None, default: int) -> int:
    """A whole number as an attribute has it."""
    return int(written) if written and re.fullmatch(r"\d{1,9}", written) else default


Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list: `form` is "" where there is no number, None for a bullet."""

    form: str | None
    before: str = ""
    after: str = ""
    shown: int = 1
    start: int = 1


class Styles:
    """The styles of a text, by family and name, and its lists."""

    def __init__(self, roots: Iterable[Any]) -> None:
        self._styles: dict[tuple[str, str], Any] = {}
        self._defaults: dict[str, Any] = {}
        self._lists: dict[str, dict[int, _Level]] = {}
        for element in (element for root in roots for element in root.iter(f"{STYLE}*", *_LISTS)):
            family = element.get(f"{STYLE}family", "")
            if element.tag == f"{STYLE}style":
                self._styles[family, element.get(f"{STYLE}name", "")] = element
            elif element.tag == f"{STYLE}default-style":
                self._defaults[family] = element
            elif element.tag in _LISTS:
                name = HEADINGS if element.tag == _OUTLINE else element.get(f"{STYLE}name", "")
                self._lists[name] = dict(_levels(element))
        self._typewritten = is_typewriter(self._face(("paragraph", "Standard")))

    def label(self, name: str, level: int, counts: Counts, start: int | None = None) -> str:
        """What is shown in front of the next item at a level (from 1) of the list `name`, which may say its number.

        `counts` is how far its levels have counted, and goes on.
        """
        levels = self._lists.get(name, {})
        form = levels.get(level, _Level("" if name == HEADINGS else None))
        if form.form is None:
            return BULLET
        for deeper in [place for place in counts if place > level]:
            del counts[deeper]
        counts[level] = start if start is not None else counts.get(level, form.start - 1) + 1
        if not form.form:
            return ""
        numbers = (
            _numeral(counts.setdefault(place, found.start), found.form)
            for place in range(max(1, level - form.shown + 1), level + 1)
            if (found := levels.get(place)) and found.form
        )
        return f"{form.before}{'.'.join(numbers)}{form.after}".strip()

    def name(self, style: str) -> str:
        """The first name in a paragraph style's ancestry that people know, in lower case."""
        return next((name for name in self._names(style) if not _AUTOMATIC.fullmatch(name)), "")

    def is_code(self, style: str) -> bool:
        """Whether the paragraphs of a style are lines of code."""
        return any(name in _CODE for name in self._names(style)) or self.is_typewritten("paragraph", style)

    def _names(self, style: str) -> Iterator[str]:
        """Those of a paragraph style and of what it builds on."""
        names = [
            style,
            *(element.get(_PARENT, "") for element in self._chain(("paragraph", style))),
        ]
        return (name.replace("_20_", " ").lower() for name in names)

    def is_typewritten(self, family: str, style: str) -> bool:
        """Whether words of a style are set like code in a text that is not."""
        return not self._typewritten and is_typewriter(self._face((family, style)))

    def is_hidden(self, family: str, style: str) -> bool:
        """Whether words of a style are not shown."""
        return self._property((family, style), f"{TEXT}display") == _HIDDEN

    def is_raised(self, style: str) -> bool:
        """Whether words of a style stand above the line."""
        return self._property(("text", style), f"{STYLE}text-position").startswith("super")

    def _face(self, key: tuple[str, str]) -> str:
        return self._property(key, f"{STYLE}font-name") or self._property(key, f"{FO}font-family")

    def _property(self, key: tuple[str, str], name: str) -> str:
        """What the nearest style says about words."""
        default = self._defaults.get(key[0])
        for element in (*self._chain(key), *([] if default is None else [default])):
            properties = element.find(f"{STYLE}text-properties")
            if properties is not None and (found := properties.get(name)):
                return str(found)
        return ""

    def _chain(self, key: tuple[str, str]) -> Iterator[Any]:
        """A style, and those that it builds on."""
        element = self._styles.get(key)
        for _ in range(_MOST_ANCESTORS):
            if element is None:
                return
            yield element
            element = self._styles.get((key[0], element.get(_PARENT, "")))


def _levels(element: Any) -> Iterator[tuple[int, _Level]]:
    for row in element:
        level = number(row.get(f"{TEXT}level"), 1)
        if row.tag in (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"):
            yield (
                level,
                _Level(
                    row.get(f"{STYLE}num-format", ""),
                    row.get(f"{STYLE}num-prefix", ""),
                    row.get(f"{STYLE}num-suffix", ""),
                    number(row.get(f"{TEXT}display-levels"), 1),
                    number(row.get(f"{TEXT}start-value"), 1),
                ),
            )
        elif row.tag in (f"{TEXT}list-level-style-bullet", f"{TEXT}list-level-style-image"):
            sign = row.get(f"{TEXT}bullet-char", BULLET)
            yield level, _Level(None if sign.strip() else "")


def _numeral(count: int, form: str) -> str:
    if form not in ("a", "A", "i", "I"):
        return str(count)
    written = letters(count) if form in "aA" else roman(count)
    return written.upper() if form.isupper() else written
