"""Equations of Office documents -> one line of text, as people write them in e-mails: `x = (-b ± √(b^2 - 4ac))/2a`.

Format: Office Math Markup Language (ECMA-376, part 1, section 22.1); the notation follows Unicode Technical Note 28.
"""

from collections.abc import Callable
from typing import Any

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

_VAL = f"{MATH}val"


def linear(element: Any) -> str:
    """The text of `m:oMath` or `m:oMathPara`, or of anything inside of them."""
    if not isinstance(element.tag, str):
        return ""
    name = element.tag.removeprefix(MATH)
    if write := _WRITTEN.get(name):
        return write(element)
    if name.endswith("Pr") or not element.tag.startswith(MATH):
        return ""
    return "".join(map(linear, element))


def _all(element: Any, name: str) -> str:
    return "".join(map(linear, element.findall(MATH + name)))


def _one(element: Any, name: str) -> str:
    """An argument, in parentheses unless it is one word."""
    text = _all(element, name).strip()
    return text if text.isalnum() or len(text) < 2 or _is_closed(text) else f"({text})"


def _is_closed(text: str) -> bool:
    inside = text[1:-1]
    return text[0] == "(" and text[-1] == ")" and not ("(" in inside or ")" in inside)


def _setting(element: Any, name: str, default: str) -> str:
    found = element.find(f"{MATH}{element.tag.removeprefix(MATH)}Pr/{MATH}{name}")
    return default if found is None else str(found.get(_VAL, default))


def _text(element: Any) -> str:
    return element.text or ""


def _fraction(element: Any) -> str:
    sign = "¦" if _setting(element, "type", "bar") == "noBar" else "/"
    return f"{_one(element, 'num')}{sign}{_one(element, 'den')}"


def _scripts(element: Any) -> str:
    sub, sup = _one(element, "sub"), _one(element, "sup")
    raised = (f"_{sub}" if sub else "") + (f"^{sup}" if sup else "")
    return raised + _all(element, "e") if element.tag == f"{MATH}sPre" else _one(element, "e") + raised


def _root(element: Any) -> str:
    degree = _all(element, "deg").strip()
    return f"root({degree}, {_all(element, 'e')})" if degree else f"√{_one(element, 'e')}"


def _sum(element: Any) -> str:
    sub, sup = _one(element, "sub"), _one(element, "sup")
    limits = (f"_{sub}" if sub else "") + (f"^{sup}" if sup else "")
    return f"{_setting(element, 'chr', '∫')}{limits} {_all(element, 'e')}"


def _delimited(element: Any) -> str:
    begin, end = _setting(element, "begChr", "("), _setting(element, "endChr", ")")
    return begin + _setting(element, "sepChr", "|").join(map(linear, element.findall(f"{MATH}e"))) + end


def _function(element: Any) -> str:
    return f"{_all(element, 'fName')} {_all(element, 'e')}"


def _limit(element: Any) -> str:
    return f"{_all(element, 'e')}{'_' if element.tag == f'{MATH}limLow' else '^'}{_one(element, 'lim')}"


def _matrix(element: Any) -> str:
    rows = (", ".join(map(linear, row.findall(f"{MATH}e"))) for row in element.findall(f"{MATH}mr"))
    return f"[{'; '.join(rows)}]"


def _lines(element: Any) -> str:
    return "\n".join(filter(None, (linear(line).strip() for line in element if not line.tag.endswith("Pr"))))


def _accented(element: Any) -> str:
    return _one(element, "e") + _setting(element, "chr", "\u0302")


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "t": _text,
    "f": _fraction,
    **dict.fromkeys(("sSub", "sSup", "sSubSup", "sPre"), _scripts),
    "rad": _root,
    "nary": _sum,
    "d": _delimited,
    "func": _function,
    **dict.fromkeys(("limLow", "limUpp"), _limit),
    "m": _matrix,
    **dict.fromkeys(("eqArr", "oMathPara"), _lines),
    "acc": _accented,
}
