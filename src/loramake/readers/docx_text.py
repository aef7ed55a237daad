"""The text of a Word paragraph as it reads with all changes accepted.

Format: WordprocessingML (ECMA-376, part 1, sections 17.3, 17.11, 17.13 and 17.16).
"""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

from loramake.readers import omml, rich_text
from loramake.readers.docx_styles import WORD, font, is_on
from loramake.readers.opc import COMPATIBLE
from loramake.readers.paragraphs import Notes
from loramake.readers.typefaces import PICTURES, picture

BOX = f"{WORD}txbxContent"

_WRITTEN = {
    f"{WORD}tab": "\t",
    f"{WORD}ptab": "\t",
    f"{WORD}cr": "\n",
    f"{WORD}noBreakHyphen": "-",
}
_LEFT_OUT = {
    *(WORD + name for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "rt", "delText", "instrText", "fldData")),
    f"{COMPATIBLE}Fallback",  # repeats what stands beside it
    BOX,
}
_NOTES = {f"{WORD}footnoteReference": "footnote", f"{WORD}endnoteReference": "endnote"}
_POWER = re.compile(r"[+\-−]?\d+")


class Text:
    """Writes paragraphs, in the order of the document: notes are numbered, and fields may reach over paragraphs."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self._fields: list[bool] = []  # of those that are open, whether their result has begun
        self._write: dict[str, Callable[[Any], str]] = {
            f"{WORD}t": self._said,
            f"{WORD}r": self._run,
            f"{WORD}br": _break,
            f"{WORD}sym": _sign,
            f"{WORD}fldChar": self._field,
            **dict.fromkeys(_NOTES, self._note),
            **{omml.MATH + name: omml.linear for name in ("oMath", "oMathPara")},
        }

    def of(self, paragraph: Any) -> str:
        """The text of a paragraph, without that of text boxes."""
        text = self._inside(paragraph)
        self._fields = [True for begun in self._fields if begun]  # an instruction ends with its paragraph
        return text

    def _inside(self, element: Any) -> str:
        return "".join(self._written(child) for child in element)

    def _written(self, element: Any) -> str:
        if element.tag in _LEFT_OUT:
            return ""
        if write := self._write.get(element.tag):
            return write(element)
        return _WRITTEN.get(element.tag) or self._inside(element)

    def _said(self, element: Any) -> str:
        text = element.text or ""
        if PICTURES.search(text):
            name = font(element.getparent().find(f"{WORD}rPr")) or "symbol"
            text = PICTURES.sub(lambda found: picture(name, ord(found[0])), text)
        return text if all(self._fields) else ""

    def _run(self, element: Any) -> str:
        if is_on(element, "rPr/vanish"):
            return ""
        text = self._inside(element)
        return rich_text.raised(text) if _POWER.fullmatch(text) and _is_raised(element) else text

    def _field(self, element: Any) -> str:
        kind = element.get(f"{WORD}fldCharType")
        if kind == "begin":
            self._fields.append(False)
        elif self._fields and kind == "separate":
            self._fields[-1] = True
        elif self._fields and kind == "end":
            self._fields.pop()
        return ""

    def _note(self, element: Any) -> str:
        return self.notes.mark(f"{_NOTES[element.tag]} {element.get(f'{WORD}id')}")


def _is_raised(run: Any) -> bool:
    found = run.find(f"{WORD}rPr/{WORD}vertAlign")
    return found is not None and found.get(f"{WORD}val") == "superscript"


def _break(element: Any) -> str:
    """A new line; a new page or column is no part of the text."""
    return "\n" if element.get(f"{WORD}type", "textWrapping") == "textWrapping" else " "


def _sign(element: Any) -> str:
    code = element.get(f"{WORD}char", "")
    return picture(element.get(f"{WORD}font", ""), int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{2,4}", code) else ""


def boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes that hang on a paragraph, each once, without those inside of others."""
    for box in paragraph.iter(BOX):
        around = {above.tag for above in takewhile(lambda above: above is not paragraph, box.iterancestors())}
        if not around & {f"{COMPATIBLE}Fallback", BOX}:
            yield box
