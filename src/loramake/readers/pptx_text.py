"""The paragraphs of a shape on a slide, with their bullets.

Format: DrawingML (ECMA-376, part 1, section 21.1.2).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from loramake.readers import omml, rich_text
from loramake.readers.docx_styles import number
from loramake.readers.drawings import DRAWING
from loramake.readers.numerals import letters, roman
from loramake.readers.paragraphs import BULLET, Paragraph
from loramake.readers.typefaces import is_typewriter

_BULLETS = {DRAWING + name for name in ("buNone", "buChar", "buAutoNum", "buBlip")}
_POWER = re.compile(r"[+\-−]?\d+")
_NUMBERS = {"alpha": letters, "roman": roman}
_LEVELS = 9


def paragraphs(body: Any, styles: Iterable[Any]) -> Iterator[Paragraph]:
    """The paragraphs of a text body.

    `styles` are the lists of styles that it inherits from, nearest first: elements whose children are called `lvl1pPr`
    and so on.
    """
    above = [style for style in (body.find(f"{DRAWING}lstStyle"), *styles) if style is not None]
    counts: dict[int, int] = {}
    for paragraph in body.findall(f"{DRAWING}p"):
        own = paragraph.find(f"{DRAWING}pPr")
        level = 0 if own is None else min(number(own.get("lvl"), 0), _LEVELS - 1)
        text = text_of(paragraph)
        if text.strip():
            label = _label(_bullet(own, level, above), level, counts)
            is_code = not label and _is_typewritten(paragraph)
            yield Paragraph(text, depth=level + 1 if label else 0, label=label, is_code=is_code)


def _bullet(own: Any | None, level: int, above: list[Any]) -> Any | None:
    """What is drawn in front of a paragraph, as the nearest style says."""
    for properties in (own, *(style.find(f"{DRAWING}lvl{level + 1}pPr") for style in above)):
        for element in [] if properties is None else properties:
            if element.tag in _BULLETS:
                return element
    return None


def _label(bullet: Any | None, level: int, counts: dict[int, int]) -> str:
    """The bullet, or the number, which begins again below a higher level; "" for neither."""
    for deeper in [place for place in counts if place > level]:
        del counts[deeper]
    if bullet is None or bullet.tag != f"{DRAWING}buAutoNum":
        counts.pop(level, None)
        return BULLET if bullet is not None and bullet.tag != f"{DRAWING}buNone" else ""
    counts[level] = counts[level] + 1 if level in counts else number(bullet.get("startAt"), 1)
    form = bullet.get("type", "arabicPeriod")
    written = next((write(counts[level]) for name, write in _NUMBERS.items() if name in form), str(counts[level]))
    written = written.upper() if "Uc" in form else written
    return f"({written})" if "ParenBoth" in form else f"{written})" if "Paren" in form else f"{written}."


def text_of(paragraph: Any) -> str:
    """What a paragraph says, in one or more lines."""
    return "".join(_written(element) for element in paragraph).replace("\v", "\n")


def _written(element: Any) -> str:
    if element.tag == f"{DRAWING}br":
        return "\n"
    if element.tag == f"{DRAWING}fld" and element.get("type", "").startswith("slidenum"):
        return ""
    if element.tag in (f"{DRAWING}r", f"{DRAWING}fld"):
        text = element.findtext(f"{DRAWING}t") or ""
        return rich_text.raised(text) if _POWER.fullmatch(text) and _is_raised(element) else text
    return "".join(omml.linear(child) for child in element)


def _is_typewritten(paragraph: Any) -> bool:
    """Whether all that a paragraph says is set like code."""
    runs = [run for run in paragraph.findall(f"{DRAWING}r") if (run.findtext(f"{DRAWING}t") or "").strip()]
    faces = [run.find(f"{DRAWING}rPr/{DRAWING}latin") for run in runs]
    return bool(faces) and all(face is not None and is_typewriter(face.get("typeface", "")) for face in faces)


def _is_raised(run: Any) -> bool:
    properties = run.find(f"{DRAWING}rPr")
    return properties is not None and number(properties.get("baseline"), 0) > 0
