"""Equations of web pages, books and OpenDocument texts -> one line of text: TeX where they bring it along.

Format: MathML 3; the notation is that of `loramake.readers.omml`.
"""

from collections.abc import Callable
from typing import Any

_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")  # times and the like, which nobody writes
_NOTHING = {"annotation", "annotation-xml", "mphantom", "none", "mprescripts"}


def linear(math: Any) -> str:
    """The text of a `math` element (of lxml), whatever its namespace."""
    written = [element for element in math.iter("{*}annotation") if "tex" in element.get("encoding", "").lower()]
    said = "".join(written[0].itertext()) if written else math.get("alttext") or _inside(math)
    return " ".join(said.translate(_INVISIBLE).split())


def _inside(element: Any) -> str:
    return "".join(_written(child) for child in element)


def _written(element: Any) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = element.tag.rpartition("}")[2]
    if name in _NOTHING:
        return ""
    if write := _WRITTEN.get(name):
        return write(element)
    return _inside(element) if len(element) else " ".join((element.text or "").split())


def _group(element: Any) -> str:
    """An argument, in parentheses unless it is one word."""
    text = _written(element).strip()
    return text if text.isalnum() or len(text) < 2 else f"({text})"


def _part(element: Any, place: int) -> str:
    return _group(element[place]) if place < len(element) else ""


def _fraction(element: Any) -> str:
    sign = "¦" if element.get("linethickness") in ("0", "0pt", "0em") else "/"
    return f"{_part(element, 0)}{sign}{_part(element, 1)}"


def _scripts(signs: str) -> Callable[[Any], str]:
    def write(element: Any) -> str:
        raised = (f"{sign}{part}" for place, sign in enumerate(signs, 1) if (part := _part(element, place)))
        return _part(element, 0) + "".join(raised)

    return write


def _square_root(element: Any) -> str:
    inside = _inside(element).strip()
    return f"√{inside}" if inside.isalnum() else f"√({inside})"


def _root(element: Any) -> str:
    return f"root({_part(element, 1)}, {_part(element, 0)})"


def _operator(element: Any) -> str:
    """Relations and sums stand apart from what is around them."""
    sign = "".join(element.itertext()).strip()
    return f" {sign} " if sign and sign in "=<>≤≥≠≈≡→⇒⇔∈±+−-" else sign


def _table(element: Any) -> str:
    rows = (", ".join(_inside(cell).strip() for cell in row) for row in element)
    return f"[{'; '.join(rows)}]"


def _fenced(element: Any) -> str:
    inside = (element.get("separators") or ",")[:1].join(_written(child) for child in element)
    return f"{element.get('open', '(')}{inside}{element.get('close', ')')}"


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "mfrac": _fraction,
    **dict.fromkeys(("msup", "mover"), _scripts("^")),
    **dict.fromkeys(("msub", "munder"), _scripts("_")),
    **dict.fromkeys(("msubsup", "munderover"), _scripts("_^")),
    "msqrt": _square_root,
    "mroot": _root,
    "mo": _operator,
    "mtable": _table,
    "mfenced": _fenced,
}
