"""Words -> rows, and the words of a row -> a line of text with its spaces, raised numbers and columns of code."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from loramake.readers.pdf_glyphs import SPACE, Fonts, Word

GAP = "\t"  # in a line's text: a gap wider than any between the words of a line that fills its column
_GAP = 1.6  # of the type's size
WIDE = 0.8  # of the type's size: words that stand further apart may belong to two columns
_LEVEL = 0.15  # of the type's size: words that stand as level are in one row
_SHARED = 0.5  # of the height of the lower of two words: beside each other they share more
_SMALL = 0.86  # of the size beside it: smaller words may be raised or lowered
_RAISED = 0.2  # of the size beside it
_BESIDE = 0.6  # of the size: how far from another word a raised one stands
_INITIAL = 1.6  # times the size of its line: a letter as large begins a chapter
_NEAR_INITIAL = 1.5  # times the size: how far from it its word stands
_TALLEST = 8  # rows (of all columns) beside such a letter
_UNPARTED = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")  # Chinese and Japanese
_POWER = re.compile(r"[-−+]?\d|[-−+]$")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_UNFOLD = str.maketrans(_LIGATURES)


@dataclass(slots=True)
class Line:
    """A line of text, or a whole table as a pipe table. Lengths are points, downwards from the page's top.

    `left` and `right` are the edges of its column; `first` is the width of its first word; `pitch` is the width of a
    character where they are monospaced, else 0; a line that is numbered is code.
    """

    text: str
    size: float
    top: float
    bottom: float
    x0: float = 0.0
    x1: float = 0.0
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    pitch: float = 0.0
    is_numbered: bool = False
    is_bold: bool = False
    is_table: bool = False


def unfolded(text: str) -> str:
    """`text` with its ligatures as letters (NFKC, of these code points alone)."""
    return text.translate(_UNFOLD)


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """The words row by row, downwards, each from left to right; what is raised or lowered is in the row beside it."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.base, word.x0)):
        if rows and word.base - rows[-1][0].base <= _LEVEL * min(word.size, rows[-1][0].size):
            rows[-1].append(word)
        else:
            rows.append([word])
    rows = [sorted(row, key=lambda word: word.x0) for row in rows]
    for number, row in enumerate(rows):
        _spell_out_capitals(row, rows[max(number - _TALLEST, 0) : number])
    for number, row in enumerate(rows):
        for other in (*rows[number + 1 : number + 3], *rows[max(number - 2, 0) : number]):
            if row and other and _overlap(row[0], other[0]):
                _attach(row, other)
    return [row for row in rows if row]


def _spell_out_capitals(row: list[Word], above: Iterable[list[Word]]) -> None:
    """Move a large initial, which stands at the foot of its last line, to the word in its first line that it begins."""
    for capital, after in pairwise(list(row)):
        if len(capital.text) > 1 or not capital.text.isupper() or capital.size < _INITIAL * after.size:
            continue
        for word in (word for other in above for word in other):
            is_near = abs(word.x0 - capital.x1) < _NEAR_INITIAL * word.size and word.bottom > capital.top
            if is_near and abs(word.size - after.size) < word.size / 2:
                word.text = capital.text + word.text
                row.remove(capital)
                break


def _attach(row: list[Word], other: list[Word]) -> None:
    """Move those parts of `row` to `other` that stand close to a longer one there, only a little higher or lower."""
    for part in parts_of(row):
        for beside in parts_of(other):
            nearest = min(beside, key=lambda word: abs(word.x1 - part[0].x0))
            near = _BESIDE * nearest.size
            is_near = part[0].x0 < beside[-1].x1 + near and part[-1].x1 > beside[0].x0 - near
            if is_near and _overlap(part[0], nearest) and _length(part) < _length(beside):
                row[:] = [word for word in row if word not in part]
                other[:] = sorted((*other, *part), key=lambda word: word.x0)
                break


def _length(words: Iterable[Word]) -> int:
    return sum(len(word.text) for word in words)


def _overlap(one: Word, other: Word) -> bool:
    """Whether two words share half of the height of the lower one."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > _SHARED * min(one.bottom - one.top, other.bottom - other.top)


def parts_of(row: Sequence[Word]) -> list[list[Word]]:
    """The words of a row, parted at its wide gaps."""
    parts = [[row[0]]]
    for before, word in pairwise(row):
        if word.x0 - before.x1 > WIDE * max(before.size, word.size):
            parts.append([])
        parts[-1].append(word)
    return parts


def line_of(words: Sequence[Word], fonts: Fonts) -> Line:
    """The words of a row, from left to right, as a line; that of a listing without the number before it."""
    is_numbered = _is_numbered(words, fonts)
    words = words[is_numbered:]
    sizes = Counter[float]()
    for word in words:
        sizes[round(2 * word.size) / 2] += len(word.text)
    size = max(sizes.items(), key=lambda item: (item[1], item[0]))[0]
    written = [word for word in words if any(map(str.isalnum, word.text))]
    pitch = _pitch(words) if all(fonts.is_mono(word.font) for word in written or words) else 0.0
    return Line(
        unfolded(_grid_text(words, pitch) if pitch else _text(words)),
        size,
        min(word.top for word in words),
        max(word.bottom for word in words),
        words[0].x0,
        max(word.x1 for word in words),
        first=_first(words),
        pitch=pitch,
        is_numbered=is_numbered,
        is_bold=all(fonts.is_bold(word.font) for word in words),
    )


def _is_numbered(words: Sequence[Word], fonts: Fonts) -> bool:
    """Whether a line of code follows its number, which is in smaller type."""
    if len(words) < 2 or not words[0].text.isdecimal() or words[0].size >= _SMALL * words[1].size:
        return False
    return all(fonts.is_mono(word.font) for word in words[1:])


def _pitch(words: Sequence[Word]) -> float:
    """The width of a character, in points: half of them are no wider, so that some signs may be of another font."""
    return median((word.x1 - word.x0) / len(word.text) for word in words)


def _text(words: Sequence[Word]) -> str:
    """The words with spaces and wide gaps between them; a raised number is marked with ^ unless it begins the line."""
    base = next((word for word in words[1:] if _is_raised(words[0], word)), words[0])
    parts: list[str] = []
    for before, word in pairwise([words[0], *words]):
        raised = _is_raised(word, base)
        text = word.text.translate(_RAISED_DIGITS) if raised else word.text
        if not parts:
            parts += [text, " " * raised]
            continue
        parts.append(_between(before, word) if parts[-1] != " " else "")
        parts.append("^" * (raised and not _is_raised(before, base) and _POWER.match(text) is not None) + text)
        base = base if raised else word
    return "".join(parts)


def _between(before: Word, word: Word) -> str:
    gap = word.x0 - before.x1
    if gap > _GAP * max(before.size, word.size):
        return GAP
    return " " if gap > SPACE * min(before.size, word.size) or (word.spaced and gap > 0) else ""


def _is_raised(word: Word, base: Word) -> bool:
    return word.size < _SMALL * base.size and word.base < base.base - _RAISED * base.size


def _grid_text(words: Sequence[Word], pitch: float) -> str:
    """Monospaced words with as many spaces between them as there is room for."""
    parts = [words[0].text]
    for before, word in pairwise(words):
        gap = word.x0 - before.x1
        parts.append(" " * max(round(gap / pitch), gap > SPACE * word.size) + word.text)
    return "".join(parts)


def _first(words: Sequence[Word]) -> float:
    """The width of the first word, in points, whatever the fonts in it; of a letter where words are not parted."""
    if _UNPARTED.match(words[0].text):
        return words[0].size
    end = words[0].x1
    for before, word in pairwise(words):
        if _between(before, word):
            break
        end = word.x1
    return end - words[0].x0
