"""What counts as HTML in a text that may just as well be prose, Markdown or code."""

import re
from collections.abc import Iterator
from typing import NamedTuple

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

_TOKEN = re.compile(
    r"`{3,}|``(?:[^`\n]|`(?!`))*+``|`[^`\n]++`"  # inline code: passed over
    r"|<!--|<!\[CDATA\["
    r"|<(?P<bang>[!?])[A-Za-z][^<>]*>"
    r"""|<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*(?::[A-Za-z][\w-]*)?)(?=[\s/>])"""
    r"""(?P<rest>(?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>"""
    r"|&(?P<entity>\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_ATTRIBUTE = re.compile(r"\s+[A-Za-z_:@][\w:.-]*\s*=")
_CANDIDATE = re.compile(r"<(?:/?[A-Za-z]|[!?])|&[A-Za-z#]")


class Token(NamedTuple):
    """A piece of HTML at `start:end`.

    `name` is a tag's in lower case, `&` for an entity, `[` for a CDATA section and `!` for anything that says nothing.
    """

    start: int
    end: int
    name: str
    closing: bool = False


# What may be a piece of HTML: start, end, a tag's name in lower case, its `/`, what stands between name and `>`, and
# the name of an entity. A plain tuple: there are a million of them in a few megabytes.
_Piece = tuple[int, int, str, str, str, str]


def tokens(text: str) -> list[Token]:
    """The HTML in `text`, in order; none inside fenced blocks and inline code, and none where it is only shown.

    `a < b && c > d`, `List<String>`, `<stdio.h>`, `<https://…>` and `<EMAIL_1>` are no HTML. Where all that is HTML
    stands on indented lines, HTML is what the text is about. Time is linear in the length of `text`.
    """
    if not _CANDIDATE.search(text):
        return []
    found = list(_pieces(text))
    closed = {name for _, _, name, close, _, _ in found if close}
    has_tags = any(not piece[5] and _is_tag(piece, closed) for piece in found)
    kept = [
        piece
        for piece in found
        if (has_tags or _is_common(piece[5]) if piece[5] else has_tags and _is_tag(piece, closed))
    ]
    if all(_indented(text, piece[0]) for piece in kept):
        return []
    return _whole(text, kept)


def _pieces(text: str) -> Iterator[_Piece]:
    """Every match of the grammar outside of code."""
    position = 0
    for begin, end in [*fences(text), (len(text), len(text))]:
        for match in _TOKEN.finditer(text, position, begin):
            start, stop = match.span()
            if text[start] != "`":
                close, name, rest, entity = match.group("close", "name", "rest", "entity")
                yield start, stop, name.lower() if name else "", close or "", rest or "", entity or ""
        position = end


def _is_tag(piece: _Piece, closed: set[str]) -> bool:
    _, _, name, close, rest, _ = piece
    if not name:
        return True
    if name not in _NAMES and not name.startswith(_NAMESPACES):
        return False
    if close or (rest and _ATTRIBUTE.match(rest)):
        return True
    return not rest.rstrip("/ \t\n") and (name in closed or name in _OPEN_ALONE)


def _is_common(entity: str) -> bool:
    return entity[0] == "#" or entity in _COMMON or bool(_ACCENT.fullmatch(entity))


def _indented(text: str, position: int) -> bool:
    begin = max(text.rfind("\n", 0, position), text.rfind("\f", 0, position)) + 1
    line = text[begin : position + 1]
    return line.startswith("\t") or len(line) - len(line.lstrip(" ")) >= _INDENT


def _whole(text: str, pieces: list[_Piece]) -> list[Token]:
    """The tokens of `pieces`; a comment or CDATA section is one, from its beginning to its end."""
    found: list[Token] = []
    position = 0
    last = {end: text.rfind(end) for end in _SECTIONS.values()}
    for start, end, name, close, _, entity in pieces:
        if start < position:
            continue
        if name:
            found.append(Token(start, end, name, bool(close)))
        elif entity:
            found.append(Token(start, end, "&"))
        elif closing := _SECTIONS.get(text[start:end]):
            if last[closing] < end:
                continue
            end = text.index(closing, end) + len(closing)
            found.append(Token(start, end, text[start + 2].replace("-", "!")))
        else:
            found.append(Token(start, end, "!"))
        position = found[-1].end
    return found
