"""A question with its answer, as a rule proposes it, and which proposals come first."""

from dataclasses import dataclass
from enum import IntEnum, auto


class Rank(IntEnum):
    """How much a kind of question is worth, the best first."""

    DEFINITION = auto()
    DURATION = auto()
    STEPS = auto()
    PURPOSE = auto()
    CONDITION = auto()
    FIELD = auto()
    TIME = auto()
    CELL = auto()
    REASON = auto()
    AGENT = auto()
    CONTENT = auto()
    LIST = auto()
    WHETHER = auto()
    ROW = auto()
    HEADING = auto()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair. `fact` names what is said: of two proposals about one fact, one is taken."""

    rank: Rank
    question: str
    answer: str
    fact: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that stands alone: `clause` is its part up to a semicolon, colon or dash, `text` the passage."""

    clause: str
    sentence: str
    text: str
