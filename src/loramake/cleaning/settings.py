"""Settings, a name that tells and its value: `db_password: x`, `<token>x</token>`, `the password is x`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loramake.cleaning.names import TAIL
from loramake.cleaning.words import Words, lowered

# What sets a value by a sign, or by its place.
_SETS = re.compile(
    # name: str = value
    r"""\??[ \t]{0,2}:[ \t]{0,2}(?:&?str|[Ss]tring|&'static str|Optional\[str\]|str \| None|any)[ \t]{0,2}=[ \t]{0,3}"""
    # name = value, "name": value, **name:** value; YAML's value on the next line
    r"""|\\?["'`\])*]{0,3}[ \t]{0,3}(?P<sign>=>|:=|==?|[:：＝])(?:\*\*)?"""
    r"""(?:[ \t]{0,3}[|>][-+]?[ \t]{0,3}\n[ \t]{1,40}|[ \t]{0,3}\n[ \t]{1,40}(?![\w-]{1,40}:)|[ \t]{0,20})"""
    # <name>value</name>
    r"""|(?P<open>>)[ \t]{0,4}"""
    # name="name" value="value"; name: name, value: value
    r"""|["']?[ \t]{1,3}value[ \t]{0,2}=[ \t]{0,2}|["']?,?\s{0,3}[,\n][ \t]{0,40}["']?value["']?:[ \t]{1,3}"""
    # ("name", "value")
    r"""|(?P<list>["'],[ \t]{0,3}(?=["']))"""
)
# What sets it in words: the name (of something) is …
_OF = r"(?:[ \t](?:for|of|to|on|in|at|für|zum|zur|des|der|del?|du|della?|pour|para|voor|do|da|dla)\b[^.,:;=\n]{1,48}?)?"
_SAYS = re.compile(
    rf"""(?P<says>["'`*]{{0,2}}{_OF}(?:[ \t]{{1,2}}(?:(?:is|was|lautet|ist|war|est|es|è|é|jest|är|er|on)"""
    r"""(?:[ \t](?:now|jetzt|set to))?|(?P<to>to|auf|en|a))[:=]?|[:=])[ \t]{1,3})"""
)
_CHANGED = re.compile(r"(?:\bset\b|chang|reset|updat|änder|gesetzt|cambi)[^.\n]{0,40}$")
_BESIDE = re.compile(r"""(?P<beside>["'`]?[ \t]{1,2})(?=["'`\w$])""")

_VALUE = re.compile(
    r"""(?:[bruf@$]{0,2}(?:\\"(?P<escaped>[^"\n]{1,1000})\\"|"(?P<double>[^"\\\n]{0,1000}+(?:\\.[^"\\\n]{0,200}+){0,20}+)\""""
    r"""|'(?P<single>[^'\\\n]{0,1000}+(?:\\.[^'\\\n]{0,200}+){0,20}+)')"""
    r"""|`(?P<tick>[^`\n]{1,1000})`|\*\*(?P<bold>[^\s*]{1,200})\*\*|(?P<bare>[^\s"'`<>]{1,1000}))"""
)
_EXPRESSION = re.compile(
    r"[<\[{(]|&(?:lt|#x3[cC]);|[A-Z]\w{2,30}\[(?:\w|$)|\$[({]|%[({]|[\w.]{1,64}\("
    r"|(?:self|this|os|args?|config|settings|env|process|request|options)[.\[]"
)
_NEXT_FIELD = re.compile(r"[,;&](?=\s?[\w.-]{1,64}=)|\\[nrt\"']|[.,:;&)}\]|\\]+$")
_REST = re.compile(r"""[^\s"'`<>]*""")
_CLOSES = re.compile(r"\s{0,9}</")
_LONGEST_NAME = 40
# Longer values hold no other settings: this keeps the time linear.
_LONG = 40
_LONG_QUOTED = 200
_NAME = re.compile(r"[\w-]*")


class Setting(NamedTuple):
    """A value at `start:end`, the name in small letters, and how the one led to the other.

    `name` begins with a dash if it is an option's.
    """

    name: str
    start: int
    end: int
    value: str
    quoted: bool
    tight: bool  # name=value
    said: bool  # in words, or as the next in a list
    beside: bool  # nothing between name and value
    last: bool  # nothing but a comment or punctuation follows on the line


def settings(text: str, words: Words) -> Iterator[Setting]:
    """What is set in `text` under names that hold one of `words` (in small letters), in time linear in its length.

    In a short value another setting may be found: what looks like a value may be the next name.
    """
    small = lowered(text)
    done = 0
    for place, end, _ in words.places(small):
        if place < done:
            continue
        tail = _NAME.match(small, end, end + _LONGEST_NAME)
        if tail and TAIL.fullmatch(tail[0]):
            found = _setting(text, small, place, tail.end())
            if found:
                done = found.end if len(found.value) > (_LONG_QUOTED if found.quoted else _LONG) else done
                yield found


def _setting(text: str, small: str, place: int, end: int) -> Setting | None:
    sets = _SETS.match(text, end) or _SAYS.match(small, end) or _BESIDE.match(text, end)
    if not sets or _EXPRESSION.match(text, sets.end()):
        return None
    begin = _begin(small, place)
    how = sets.groupdict()
    if how.get("to") and not _CHANGED.search(small, max(0, begin - 60), begin):
        return None
    if how.get("open") and text[begin - 1 : begin] not in ("<", ":"):
        return None
    return _valued(text, _name(small, begin, end), sets)


def _begin(small: str, place: int) -> int:
    begin = place
    while begin > max(0, place - _LONGEST_NAME) and (small[begin - 1].isalnum() or small[begin - 1] in "_.-"):
        begin -= 1
    return begin


def _name(small: str, begin: int, end: int) -> str:
    """The name; its dashes go if something is before them, as in a word that a manual page has broken."""
    name = small[begin:end]
    joined = small[begin - 1 : begin] == "\\" and small[max(0, begin - 2) : begin - 1].isalnum()
    return name.lstrip("-") if joined else name


def _valued(text: str, name: str, sets: re.Match[str]) -> Setting | None:
    value = _VALUE.match(text, sets.end())
    if not value or not value.lastgroup:
        return None
    kind, how = value.lastgroup, sets.groupdict()
    start, end = value.span(kind)
    fields = kind == "bare" and sets[0] == ":" and ":" in text[start:end]  # of a line such as a:password:b:c
    if kind == "bare" and not fields:
        end = _end_of_bare(text, start, end)
    role = kind == "tick" and (sets[0] == ":" or ("sign" in how and how["sign"] is None))  # :token:`x`
    if end == start or fields or role or (how.get("open") and not _CLOSES.match(text, end)):
        return None
    return Setting(
        name,
        start,
        end,
        text[start:end],
        quoted=kind != "bare",
        tight=sets[0] == "=",
        said=bool(how.get("says") or how.get("list")),
        beside="beside" in how and not name.startswith("-"),
        last=_is_last(text, end),
    )


def _end_of_bare(text: str, start: int, end: int) -> int:
    """Where an unquoted value ends: at the next field, before punctuation, or at a space."""
    cut = _NEXT_FIELD.search(text, start, end)
    if cut:
        return cut.start()
    rest = _REST.match(text, end)
    return rest.end() if rest else end


def _is_last(text: str, position: int) -> bool:
    rest = text[position : position + 4].lstrip(" \t,;)}]\"'.|")
    return not rest or rest[0] in "\n\f#&\\/" or (rest[0] == "<" and not rest[1:2].isupper())
