"""What the tokens of an RTF file do, one after the other, and the text that comes of it.

Format: Rich Text Format (RTF) Specification 1.9.1.
"""

import copy
import re
from collections.abc import Callable

from loramake.readers import rich_text
from loramake.readers.dates import iso_date
from loramake.readers.paragraphs import BULLET, Notes, Paragraph
from loramake.readers.rtf_header import Fonts, Styles, outline_level
from loramake.readers.rtf_state import BODY, FONTS, LABEL, NOWHERE, STYLES, State
from loramake.readers.rtf_story import Story
from loramake.readers.rtf_tokens import BYTES, CLOSE, OPEN, SIGN, WORD, Token, code_page
from loramake.readers.typefaces import PICTURES, picture

_SAID = {"title", "author"}
_DATES = {"creatim", "revtim"}
_SILENT = {
    *("colortbl", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "pict"),
    *("filetbl", "nonshppict", "nonesttables", "shprslt", "sp", "fldinst", "xe", "tc", "rxe", "template", "operator"),
    *("comment", "doccomm", "subject", "keywords", "category", "company", "manager", "hlinkbase", "listtable"),
    *("ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "objdata", "objclass", "datafield", "ffname"),
    *("pntxta", "pntxtb", "mmathPict", "private", "printim", "buptim", "upr", "atnid", "atnauthor"),
}
_STARRED = {"shpinst", "nesttableprops", "do", "mmath", "moMath", "moMathPara", "shpgrp"}  # that say something
_WRITTEN = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "qmspace": " ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "column": " ",
    "page": " ",
    "mden": "/",
    "msub": "_",
    "msup": "^",
}
_SIGNS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\t": "\t"}
_POWER = re.compile(r"[+\-−]?\d+")
_TYPED = re.compile(r"([•◦▪‣·o-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\t+", re.I)
_STEP = 360  # twentieths of a point that items are indented by at each level


class Document:
    """Takes the tokens of a file, and has its text in the end."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.comments = 0
        self.is_over = False
        self.notes = Notes()
        self._state, self._groups = State(), list[State]()
        self._stories = [Story()]
        self._fonts = Fonts()
        self._styles = Styles(self._fonts)
        self._codec = "cp1252"
        self._raw, self._units = bytearray(), list[int]()
        self._left, self._is_starred = 0, False
        self._calls = 0
        self._dates: dict[str, dict[str, int]] = {}
        self._take: dict[str, Callable[[Token], None]] = {
            OPEN: self._begin,
            CLOSE: self._end,
            WORD: self._word,
            SIGN: self._sign,
            BYTES: self._bytes,
        }
        self._do: dict[str, Callable[[], None]] = {
            **dict.fromkeys(("par", "sect"), self._end_paragraph),
            **dict.fromkeys(("cell", "nestcell"), self._end_cell),
            **dict.fromkeys(("row", "nestrow"), self._end_row),
            "footnote": self._note,
            "annotation": self._comment,
            **dict.fromkeys(("shptxt", "dptxbxtext"), self._box),
            "ud": self._unicode_half,
        }

    def take(self, token: Token) -> None:
        """The next token."""
        self._take[token.kind](token)

    def blocks(self) -> list[str]:
        """The text of the tokens so far, and its notes."""
        self._flush()
        while len(self._stories) > 1:
            self._leave("")
        if self._stories[0].has_words:
            self._end_paragraph()
        return self._stories[0].blocks() + self.notes.blocks()

    def date(self) -> str | None:
        """When it was last changed, or made."""
        for kind in ("revtim", "creatim"):
            at = self._dates.get(kind, {})
            day = f"{at.get('yr', 0):04}-{at.get('mo', 0):02}-{at.get('dy', 0):02}"
            if date := iso_date(f"{day}T{at.get('hr', 0):02}:{at.get('min', 0):02}:00"):
                return date
        return None

    @property
    def _story(self) -> Story:
        return self._stories[-1]

    def _begin(self, _token: Token) -> None:
        self._flush()
        self._groups.append(self._state)
        self._state = copy.copy(self._state)
        self._state.ends = ""
        self._left = 0
        if self._state.goes == STYLES:
            self._styles.begin()

    def _end(self, _token: Token) -> None:
        self._flush()
        self._left = 0
        if self._state.ends:
            self._leave(self._state.ends)
        if self._groups:
            self._state = self._groups.pop()
        self.is_over = not self._groups

    def _word(self, token: Token) -> None:
        if self._passed(1):
            return
        self._flush(but_units=token.text == "u")
        is_starred, self._is_starred = self._is_starred, False
        word, value, state = token.text, token.value, self._state
        if state.goes in (FONTS, STYLES) and not is_starred:
            (self._fonts if state.goes == FONTS else self._styles).word(word, value)
        elif word == "u":
            self._unicode(value or 0)
        elif do := self._do.get(word):
            if state.goes != NOWHERE or word == "ud":
                do()
        elif word in _SILENT or (is_starred and word not in _STARRED):
            state.outside, state.goes = (state.outside if state.goes == NOWHERE else state.goes), NOWHERE
        elif not state.set(word, value):
            self._other(word, value)

    def _other(self, word: str, value: int | None) -> None:
        """Control words that change where words go, or how they are written."""
        if word in _WRITTEN:
            self._say(_WRITTEN[word])
        elif word in ("listtext", "pntext"):
            self._state.goes = LABEL if self._state.goes == BODY else self._state.goes
        elif word in ("fonttbl", "stylesheet"):
            self._state.goes = FONTS if word == "fonttbl" else STYLES
        elif word == "ansicpg" and value:
            self._codec = code_page(value)
        elif word in ("mac", "pc", "pca"):
            self._codec = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "deff":
            self._fonts.default = value or 0
        elif word in _SAID or word in _DATES:
            self._state.goes = word
        elif self._state.goes in _DATES and value is not None:
            self._dates.setdefault(self._state.goes, {})[word] = value
        else:
            self._story.shape(word)

    def _sign(self, token: Token) -> None:
        if token.text == "*":
            self._is_starred = True
        elif not self._passed(1):
            self._flush()
            if token.text in "\r\n":
                self._end_paragraph()
            else:
                self._say(_SIGNS.get(token.text, ""))

    def _bytes(self, token: Token) -> None:
        text = token.text
        if self._state.goes == NOWHERE:
            return
        if self._left:
            passed = min(self._left, len(text))
            self._left -= passed
            text = text[passed:]
        if text:
            self._flush_units()
            self._raw += text.encode("latin-1")

    def _passed(self, characters: int) -> bool:
        """Whether a token stands for a character that is there already."""
        is_passed = self._left > 0
        self._left = max(0, self._left - characters)
        return is_passed

    def _unicode(self, value: int) -> None:
        self._units.append(value & 0xFFFF)
        self._left = self._state.skip

    def _unicode_half(self) -> None:
        """The half of a pair that has all characters; the other one is left out."""
        self._state.goes = self._state.outside

    def _flush(self, *, but_units: bool = False) -> None:
        """Say what was gathered. Characters beyond the 65,536th come in two units, with control words between them."""
        if self._raw:
            codec = self._fonts.codec(self._state.font) or self._codec
            raw, self._raw = bytes(self._raw), bytearray()
            self._say(raw.decode(codec, "replace"))
        if not but_units:
            self._flush_units()

    def _flush_units(self) -> None:
        if self._units:
            data = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._units = []
            self._say(data.decode("utf-16-le", "replace"))

    def _say(self, text: str) -> None:
        state = self._state
        if state.goes == FONTS:
            self._fonts.text(text)
        elif state.goes == STYLES:
            self._styles.text(text)
        elif state.goes in _SAID:
            self.said[state.goes] = self.said.get(state.goes, "") + text
        elif not state.is_silent and state.goes in (BODY, LABEL):
            name = self._fonts.name(state.font)
            if name.lower() in ("symbol", "wingdings"):
                text = "".join(picture(name, ord(letter)) for letter in text)
            text = PICTURES.sub(lambda found: picture(name, ord(found[0])), text)
            if state.is_raised and _POWER.fullmatch(text):
                text = rich_text.raised(text)
            is_code = self._styles.is_typewritten(state.style, state.font)
            self._story.say(text, is_code=is_code, is_label=state.goes == LABEL)

    def _end_paragraph(self) -> None:
        if self._state.goes == BODY:
            self._story.end_paragraph(self._paragraph(*self._story.words()), self._state.nested)

    def _end_cell(self) -> None:
        if self._state.goes == BODY:
            if self._story.has_words:
                self._end_paragraph()
            self._story.end_cell(self._state.nested)

    def _end_row(self) -> None:
        if self._state.goes == BODY:
            self._story.end_row(self._state.nested)

    def _paragraph(self, text: str, label: str, is_code: bool) -> Paragraph | None:
        state = self._state
        if self._styles.name(state.style).startswith("toc "):  # a table of contents repeats the headings
            return None
        if not label and (is_code or self._styles.is_code(state.style)):
            return Paragraph(text, is_code=True)
        level = self._styles.level(state.style) if state.outline is None else outline_level(state.outline)
        depth = state.level + 1 if label else 0
        if not label and not level and (typed := _TYPED.match(text.lstrip())):
            label, text, depth = typed[1], text.lstrip()[typed.end() :], max(1, state.indent // _STEP)
        shown = label if any(map(str.isalnum, label)) and label != "o" else BULLET if label else ""
        return Paragraph(text, level, depth, "" if level and shown == BULLET else shown)

    def _note(self) -> None:
        self._calls += 1
        self._story.say(self.notes.mark(str(self._calls)), is_code=None)
        self._enter(f"note {self._calls}")

    def _comment(self) -> None:
        self.comments += 1
        self._state.goes = NOWHERE

    def _box(self) -> None:
        self._enter("box")

    def _enter(self, name: str) -> None:
        """A story begins that ends with its group."""
        self._stories.append(Story())
        self._state.ends = name
        self._state.goes = BODY
        self._state.plain()
        self._state.pard()

    def _leave(self, name: str) -> None:
        if self._story.has_words:
            self._end_paragraph()
        told = self._stories.pop().blocks()
        kind, _, number = name.partition(" ")
        if kind == "note":
            self.notes.say(number, told)
        else:
            self._story.hang(told)
