"""The wiki markup of Jira within a line: effects, links, mentions, images."""

import re
from collections.abc import Callable

from loramake.readers import rich_text

_KEPT = "\x01"  # stands around the number of a piece that is done
_PLACE = re.compile(r"\x01(\d+)\x01")
_PIECE = re.compile(
    r"\{\{(?P<code>[^\n]{1,500}?)\}\}"
    r"|\[(?P<first>[^\[\]\n|]*)(?:\|(?P<target>[^\[\]\n|]*))?(?P<more>\|[^\[\]\n]*)?\]"
    r"|(?<!\w)!(?P<image>[^\s!|\[\]][^!|\n]{0,300})(?:\|[^!\n]{0,300})?!(?!\w)"
    r"|(?P<address>(?:https?|ftp)://[^\s|\[\]{}<>\"\x01]+)"
    r"|\\(?P<escaped>[*_+^~{}\[\]|!?#-])"
    r"|(?P<dropped>\{color(?::[^}\n]{0,100})?\}|\{anchor(?::[^}\n]{0,200})?\})"
)
_WORD = re.compile(r"\w")
_ADDRESS = re.compile(r"(?:https?|ftps?|file|mailto|ssh|git):\S|www\.\S|//\w", re.IGNORECASE)
_FILE = re.compile(r"(?:https?|file)://.+|.*\.\w{2,5}", re.DOTALL)
_ISSUE = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
_BROKEN_LINE = re.compile(r"\\\\(?=\s|$)[ \t]*\n?")
_SIGNS = {"(/)": "✅", "(x)": "❌", "(!)": "⚠️", "(y)": "👍", "(n)": "👎", "(*)": "⭐"}
_SIGN = re.compile(r"(?<!\S)\((?:/|x|!|y|n|\*)\)(?!\w)")
_BRACED_CODE = re.compile(r"\{\{\{\}([^\n]{1,500}?)\{\}\}\}")


def _between(mark: str, *, other: str = "") -> re.Pattern[str]:
    """`mark` close around words, or in braces around a part of one."""
    one, none = re.escape(mark), re.escape(mark[0] + other)
    braced = rf"\{{{one}\}}([^\n{{}}]{{1,1000}}?)\{{{one}\}}"
    return re.compile(rf"{braced}|(?<![\w{none}]){one}(?=[^\s{none}])([^\n{none}]{{1,1000}})(?<=\S){one}(?![\w{none}])")


# In this order: what one pass writes is no markup of a later one.
_EFFECTS: list[tuple[re.Pattern[str], Callable[[str], str]]] = [
    (_between("*"), lambda text: rich_text.wrapped(text, rich_text.STRONG)),
    (_between("_"), lambda text: rich_text.wrapped(text, rich_text.EMPHASIS)),
    (_between("??"), str),
    (re.compile(r"\{~\}([^\s{}]{1,50})\{~\}|~([^\s~]{1,50})~"), str),
    (_between("-"), lambda text: rich_text.wrapped(text, rich_text.STRUCK)),
    (_between("+"), str),
    (re.compile(r"\{\^\}([^\s{}]{1,50})\{\^\}|\^([^\s^]{1,50})\^"), rich_text.raised),
]


def markdown_of(text: str) -> str:
    """The Markdown of a text that has no blocks."""
    done: list[str] = []

    def keep(found: re.Match[str]) -> str:
        said = _said(found)
        if said is None:
            return found[0]
        done.append(said)
        return f"{_KEPT}{len(done) - 1}{_KEPT}"

    text = _PIECE.sub(keep, _BRACED_CODE.sub(r"{{\1}}", text))
    text = _BROKEN_LINE.sub("\n", _effects(text))
    text = _SIGN.sub(lambda found: _SIGNS[found[0]], text)
    return _PLACE.sub(lambda found: done[int(found[1])], text)


def _effects(text: str) -> str:
    for pattern, write in _EFFECTS:

        def effect(found: re.Match[str], write: Callable[[str], str] = write) -> str:
            said = found[1] or found[2]
            return write(said) if _WORD.search(said) else found[0]

        text = pattern.sub(effect, text)
    return text


def _said(found: re.Match[str]) -> str | None:
    """What a piece says; None if it is none."""
    if found["code"] is not None:
        return rich_text.wrapped(found["code"], rich_text.CODE)
    if found["first"] is not None:
        return _link(found["first"].strip(), (found["target"] or "").strip())
    if found["image"] is not None:
        return f"![{found['image'].strip()}]" if _FILE.fullmatch(found["image"].strip()) else None
    return found["address"] or found["escaped"] or ""


def _link(label: str, target: str) -> str | None:
    if not target:
        if label.startswith("~") and len(label) > 1:
            return f"@{label[1:].removeprefix('accountid:')}"
        if label.startswith(("^", "#")) and len(label) > 1:
            return label[1:]
        return label.removeprefix("mailto:") if _ADDRESS.match(label) else None
    if _ADDRESS.match(target):
        return target if label == target else f"[{_effects(label) or target}]({target})"
    return _effects(label) if target.startswith(("#", "^", "~")) or _ISSUE.fullmatch(target) else None
