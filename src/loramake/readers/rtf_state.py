"""What is true inside a group of an RTF file, until it ends."""

from dataclasses import dataclass

# Where what is said in a group goes.
BODY, LABEL, FONTS, STYLES, NOWHERE = "body", "label", "fonts", "styles", "nowhere"

_SWITCHES = {"v": "is_hidden", "deleted": "is_deleted", "super": "is_raised", "htmlrtf": "is_markup"}
_NUMBERS = {"f": "font", "s": "style", "itap": "nested", "ilvl": "level", "li": "indent", "uc": "skip"}
_OFF = {"nosupersub": "is_raised", "sub": "is_raised"}


@dataclass(slots=True)
class State:
    """What is true of words, then what is true of paragraphs.

    `goes` is where words go, `outside` where those around a group that goes nowhere do. `skip` is how many characters
    stand for one that older programs do not know; `ends` names what ends with the group.
    """

    goes: str = BODY
    outside: str = BODY
    skip: int = 1
    ends: str = ""
    font: int = -1
    is_hidden: bool = False
    is_deleted: bool = False
    is_raised: bool = False
    is_markup: bool = False
    style: int = 0
    outline: int | None = None
    nested: int = 0
    level: int = 0
    indent: int = 0

    def plain(self) -> None:
        """Words are like any others again."""
        self.font, self.is_hidden, self.is_deleted, self.is_raised = -1, False, False, False

    def pard(self) -> None:
        """Paragraphs are like any others again."""
        self.style, self.outline, self.nested, self.level, self.indent = 0, None, 0, 0, 0

    def set(self, word: str, value: int | None) -> bool:
        """Do what a control word says, if it concerns the state alone; whether it does."""
        if word in _SWITCHES:
            setattr(self, _SWITCHES[word], value != 0)
        elif word in _NUMBERS:
            setattr(self, _NUMBERS[word], value or 0)
        elif word in _OFF:
            setattr(self, _OFF[word], False)
        elif word == "outlinelevel":
            self.outline = value
        elif word == "intbl":
            self.nested = max(1, self.nested)
        elif word in ("plain", "pard"):
            self.plain() if word == "plain" else self.pard()
        else:
            return False
        return True

    @property
    def is_silent(self) -> bool:
        """Whether what is said is not shown."""
        return self.is_hidden or self.is_deleted or self.is_markup or self.goes == NOWHERE
