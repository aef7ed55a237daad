"""The lines and boxes drawn on a page -> rules across and downwards, and where rules make up the frame of a table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pdfminer.layout import LTCurve, LTLine, LTRect

THIN = 3.0  # points: what is as thin is a rule, and rules as near to each other count as one
_MOST_SHAPES = 3000  # on a page; more are a drawing


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across (`top` is `bottom`) or downwards (`x0` is `x1`), in points, downwards from the page's top."""

    x0: float
    top: float
    x1: float
    bottom: float

    def edge(self) -> dict[str, Any]:
        """The rule as pdfplumber has it."""
        size = {"width": self.x1 - self.x0, "height": self.bottom - self.top}
        place = {"x0": self.x0, "x1": self.x1, "top": self.top, "bottom": self.bottom}
        return {"object_type": "line", "orientation": "h" if self.top == self.bottom else "v", **place, **size}


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rules across, three at least, of the same extent, one below the other."""

    left: float
    right: float
    tops: list[float]


def rules_on(page: Any, shapes: Iterable[LTCurve]) -> tuple[list[Rule], list[Rule]]:
    """The rules across and downwards on a page of pdfplumber's; none if it is a drawing."""
    across: list[Rule] = []
    down: list[Rule] = []
    x, y = page.mediabox[0], page.height + page.mediabox[1]
    straight = [shape for shape in shapes if isinstance(shape, LTLine | LTRect)]
    for shape in straight if len(straight) <= _MOST_SHAPES else ():
        x0, x1, top, bottom = shape.x0 + x, shape.x1 + x, y - shape.y1, y - shape.y0
        if shape.height <= THIN < shape.width:
            across.append(Rule(x0, top, x1, top))
        elif shape.width <= THIN < shape.height:
            down.append(Rule(x0, top, x0, bottom))
        elif isinstance(shape, LTRect) and shape.width > THIN:
            across += [Rule(x0, top, x1, top), Rule(x0, bottom, x1, bottom)]
            down += [Rule(x0, top, x0, bottom), Rule(x1, top, x1, bottom)]
    return across, down


def ladders_of(across: Iterable[Rule]) -> list[Ladder]:
    """The rules across that stand one below the other; those that touch on one level are one rule."""
    extents: dict[tuple[int, int], list[Rule]] = {}
    for rule in _joined(across):
        extents.setdefault((round(rule.x0 / THIN), round(rule.x1 / THIN)), []).append(rule)
    ladders = []
    for same in extents.values():
        tops = sorted({rule.top for rule in same})
        tops = [top for before, top in pairwise([tops[0] - 2 * THIN, *tops]) if top - before > THIN]
        if len(tops) > 2:
            ladders.append(Ladder(same[0].x0, same[0].x1, tops))
    return ladders


def _joined(across: Iterable[Rule]) -> Iterator[Rule]:
    last: Rule | None = None
    for rule in sorted(across, key=lambda rule: (round(rule.top), rule.x0)):
        if last and round(last.top) == round(rule.top) and rule.x0 <= last.x1 + THIN:
            last = Rule(last.x0, last.top, max(last.x1, rule.x1), last.top)
            continue
        if last:
            yield last
        last = rule
    if last:
        yield last


def sides_of(ladders: Iterable[Ladder], down: Sequence[Rule]) -> Iterator[Rule]:
    """The sides that tables lack, which have rules between their columns alone."""
    for ladder in ladders:
        for top, bottom in pairwise(ladder.tops):
            inner = (rule for rule in down if ladder.left < rule.x0 < ladder.right)
            if any(rule.top <= top + THIN and rule.bottom >= bottom - THIN for rule in inner):
                yield Rule(ladder.left, top, ladder.left, bottom)
                yield Rule(ladder.right, top, ladder.right, bottom)
