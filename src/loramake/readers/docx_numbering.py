"""Numbers of headings and items in Word documents, counted as Word counts them.

Format: WordprocessingML (ECMA-376, part 1, section 17.9).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from loramake.readers.docx_styles import LEVELS, WORD, is_on, number, value
from loramake.readers.numerals import numeral
from loramake.readers.paragraphs import BULLET


@dataclass
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False


@dataclass
class _List:
    """One abstract list: its levels, and how far it has counted."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class Numbering:
    """The lists of a document. Labels must be asked for in the order of the text: they count."""

    def __init__(self, root: Any | None) -> None:
        self._lists: dict[str, _List] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: Any) -> None:
        linked: dict[str, str] = {}
        abstract = {element.get(f"{WORD}abstractNumId", ""): element for element in root.iter(f"{WORD}abstractNum")}
        for name, element in abstract.items():
            self._lists[name] = _List(_levels(element))
            if style := value(element, "styleLink"):
                linked[style] = name
        for element in root.findall(f"{WORD}num"):
            name, of = element.get(f"{WORD}numId", ""), value(element, "abstractNumId")
            of = linked.get(value(abstract.get(of), "numStyleLink"), of)
            self._of[name] = of
            self._override(name, of, element)

    def _override(self, name: str, of: str, element: Any) -> None:
        for override in element.findall(f"{WORD}lvlOverride"):
            level = number(override.get(f"{WORD}ilvl"), 0)
            if start := value(override, "startOverride"):
                self._starts.setdefault(name, {})[level] = number(start, 1)
            if (levels := _levels(override)) and of in self._lists:
                own = f"{of}/{name}"
                base = self._lists.setdefault(own, _List(dict(self._lists[of].levels), self._lists[of].counts))
                base.levels.update(levels)
                self._of[name] = own

    def label(self, name: str, level: int) -> str | None:
        """The next label at a level (from 0) of the list `name`; "" if none is shown, None if there is no list."""
        found = self._lists.get(self._of.get(name, ""))
        level = min(max(level, 0), LEVELS - 1)
        if found is None or level not in found.levels:
            return None
        form = found.levels[level]
        if form.format == "bullet":
            return BULLET if form.text.strip() else ""
        self._count(found, name, level)
        return _label(found, level)

    def _count(self, found: _List, name: str, level: int) -> None:
        counts, starts = found.counts, self._starts.get(name, {})
        for place in range(level):
            if counts[place] is None:
                counts[place] = found.levels.get(place, _Level()).start
        before = counts[level]
        if level in starts:
            counts[level] = starts.pop(level)
        else:
            counts[level] = found.levels[level].start if before is None else before + 1
        for place in range(level + 1, LEVELS):
            restart = found.levels.get(place, _Level()).restart
            if restart is None or level < restart:
                found.counts[place] = None


def _levels(element: Any) -> dict[int, _Level]:
    levels = {}
    for row in element.findall(f"{WORD}lvl"):
        restart = value(row, "lvlRestart")
        levels[number(row.get(f"{WORD}ilvl"), 0)] = _Level(
            value(row, "numFmt", "decimal"),
            value(row, "lvlText"),
            number(value(row, "start"), 1),
            number(restart, 0) if restart else None,
            is_on(row, "isLgl"),
        )
    return levels


def _label(found: _List, level: int) -> str:
    """`%1.%2` with the numbers of the levels, up to `level`, in its places."""
    is_legal = found.levels[level].is_legal

    def written(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        count = found.counts[place]
        form = found.levels.get(place, _Level())
        return "" if count is None else numeral(count, "decimal" if is_legal else form.format)

    return re.sub(r"%([1-9])", written, found.levels[level].text).strip()
