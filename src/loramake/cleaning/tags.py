"""What counts as HTML in a text that may just as well be prose, Markdown or code."""

import re
from itertools import accumulate

from loramake.cleaning.markdown import fences

_INLINE = (
    "a abbr acronym audio b bdi bdo big button canvas cite code data datalist del dfn em embed font i iframe img input"
    " ins kbd label link map mark math meter noscript object output picture progress q rp rt ruby s samp script select"
    " slot small source span strike strong style sub sup svg template textarea time track tt u var video wbr area base"
    " basefont bgsound meta param col colgroup optgroup"
)
_BLOCK = (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol option p pre"
    " search section summary table tbody td tfoot th thead title tr ul"
)
_NAMES = frozenset(f"{_INLINE} {_BLOCK}".split())
_NAMESPACES = ("ac:", "ri:", "o:", "v:", "w:", "st1:")  # Confluence's and Word's
# Writers leave these open, or have nothing to close; of any other name, `<name>` is a tag where `</name>` follows.
_OPEN_ALONE = frozenset(str.split("br dd dt hr li p td th tr wbr"))
# What has one meaning even where nothing else looks like HTML: elsewhere `&sum;` may be the address of a variable.
_COMMON = frozenset(
    str.split(
        "amp lt gt quot apos nbsp ndash mdash hellip lsquo rsquo sbquo ldquo rdquo bdquo laquo raquo bull"
        " middot euro trade copy szlig eth ETH thorn THORN"
    )
)
_ACCENT = re.compile("[A-Za-z]{1,2}(?:acute|grave|circ|tilde|uml|cedil|ring|lig|slash)")
_INDENT = 3
_SECTIONS = {"<!--": "-->", "<![CDATA[": "]]>"}
_SECTION_NAMES = {"<!--": "!", "<![CDATA[": "["}

# One group around it all, and every alternative begins with a character of its own: searching runs at C's speed.
_PIECE = re.compile(
    r"(```+|``(?:[^`\n]|`(?!`))*+``|`[^`\n]++`"  # inline code: passed over
    r"|<!--|<!\[CDATA\["
    r"|<[!?][A-Za-z][^<>]*>"
    r"""|</?[A-Za-z][A-Za-z0-9]*(?::[A-Za-z][\w-]*)?(?=[\s/>])(?:[^<>"']++|"[^"<]*"|'[^'<]*')*+>"""
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
_TAG_NAME = re.compile(r"</?([A-Za-z0-9]+(?::[\w-]+)?)")
_ATTRIBUTE = re.compile(r"\s+[A-Za-z_:@][\w:.-]*\s*=")
_CANDIDATE = re.compile(r"<(?:/?[A-Za-z]|[!?])|&[A-Za-z#]")


# A piece of HTML: where it starts and ends, its name, and whether it is a closing tag. The name is a tag's in lower
# case, `&` for an entity, `[` for a CDATA section and `!` for anything that says nothing. A plain tuple: there are half
# a million of them in ten megabytes.
Token = tuple[int, int, str, bool]
_Kinds = dict[str, tuple[str, bool]]  # what is written -> the name, and whether it is a closing tag


def tokens(text: str) -> list[Token]:
    """The HTML in `text`, in order; none inside fenced blocks and inline code, and none where it is only shown.

    `a < b && c > d`, `List<String>`, `<stdio.h>`, `<https://…>` and `<EMAIL_1>` are no HTML. Where all that is HTML
    stands on indented lines, HTML is what the text is about. Time is linear in the length of `text`.
    """
    if not _CANDIDATE.search(text):
        return []
    starts, raws = _pieces(text)
    kinds = _kinds(set(raws))
    if all(_indented(text, start) for start, raw in zip(starts, raws, strict=True) if raw in kinds):
        return []
    return _whole(text, starts, raws, kinds)


def _pieces(text: str) -> tuple[list[int], list[str]]:
    """Every match of the grammar outside of code: where they start, and what is written there."""
    starts: list[int] = []
    raws: list[str] = []
    position = 0
    for begin, end in [*fences(text), (len(text), len(text))]:
        parts = _PIECE.split(text[position:begin])  # what is between pieces, a piece, what is between, ...
        starts += list(accumulate(map(len, parts), initial=position))[1:-1:2]
        raws += parts[1::2]
        position = end
    return starts, raws


def _kinds(raws: set[str]) -> _Kinds:
    """What is HTML of all that is written in a text. Most of it is written many times: each is looked at once."""
    names = {raw: _TAG_NAME.match(raw) for raw in raws if raw[0] == "<"}
    closed = {name[1].lower() for raw, name in names.items() if name and raw[1] == "/"}
    kinds: _Kinds = {}
    for raw, name in names.items():
        if not name:
            kinds[raw] = _SECTION_NAMES.get(raw, "!"), False
        elif _is_tag(name[1].lower(), raw[1] == "/", raw[name.end() : -1], closed):
            kinds[raw] = name[1].lower(), raw[1] == "/"
    entities = [raw for raw in raws if raw[0] == "&" and (kinds or _is_common(raw[1:-1]))]
    return kinds | dict.fromkeys(entities, ("&", False))


def _is_tag(name: str, closing: bool, rest: str, closed: set[str]) -> bool:
    if name not in _NAMES and not name.startswith(_NAMESPACES):
        return False
    if closing or (rest and _ATTRIBUTE.match(rest)):
        return True
    return not rest.rstrip("/ \t\n") and (name in closed or name in _OPEN_ALONE)


def _is_common(entity: str) -> bool:
    return entity[0] == "#" or entity in _COMMON or bool(_ACCENT.fullmatch(entity))


def _indented(text: str, position: int) -> bool:
    begin = max(text.rfind("\n", 0, position), text.rfind("\f", 0, position)) + 1
    line = text[begin : position + 1]
    return line.startswith("\t") or len(line) - len(line.lstrip(" ")) >= _INDENT


def _whole(text: str, starts: list[int], raws: list[str], kinds: _Kinds) -> list[Token]:
    """The tokens of all that is HTML; a comment or CDATA section is one, from its beginning to its end."""
    found: list[Token] = []
    position = 0
    last = {end: text.rfind(end) for end in _SECTIONS.values()}
    for start, raw in zip(starts, raws, strict=True):
        kind = kinds.get(raw)
        if kind is None or start < position:
            continue
        end = start + len(raw)
        name, closing = kind
        if name in "![" and raw in _SECTIONS:
            if last[_SECTIONS[raw]] < end:
                continue
            end = text.index(_SECTIONS[raw], end) + len(_SECTIONS[raw])
        found.append((start, end, name, closing))
        position = end
    return found
