"""HTML: tags and entities become plain text, in Markdown's spirit."""

import html
import re

from loramake.cleaning.tags import Token, tokens

_HIDDEN = frozenset(("script", "style", "template"))
_CODE = frozenset(("code", "kbd", "samp", "tt"))
_PARAGRAPHS = frozenset(
    str.split(
        "address article aside blockquote details dl fieldset figure footer form header hr main nav ol p"
        " section table title ul"
    )
)
_LINES = frozenset(
    str.split(
        "body br caption center dd dialog dir div dt figcaption frame frameset head hgroup html legend menu"
        " option search summary tbody tfoot thead tr"
    )
)
# What breaks the line the same way whether it opens or closes.
_PLAIN = dict.fromkeys(_PARAGRAPHS - {"ul", "ol"}, 2) | dict.fromkeys(_LINES - {"tr", "br"}, 1)
_SAYS = {*_HIDDEN, *_CODE, *_PARAGRAPHS, *_LINES, "&", "[", "pre", "br", "li", "td", "th", "ul"}
_SAYS |= {f"h{level}" for level in range(10)}  # any other tag changes nothing but that it goes
_ROUNDS = 4


class _Mark(str):
    """A bullet or a heading's `#`s: what follows stays on its line."""

    __slots__ = ()


class _Block(str):
    """A fenced block, between empty lines."""

    __slots__ = ()


Part = str | int  # a number is that many line breaks, at least; a negative one also ends a `_Mark`


def strip_html(text: str) -> str:
    """`text` without HTML: blocks on their own lines, entities decoded, scripts, styles and comments gone.

    Headings, list items, `code` and `pre` get their Markdown. Markup that was escaped is something to read: it comes
    out as inline code, and so survives a second time. Text without HTML is returned as it is.
    """
    found = _tokens(text)
    for _ in range(_ROUNDS):
        if not found:
            break
        text = _stripped(text, found)
        shown = _tokens(text)
        if not shown:
            break
        text = _quoted(text, shown)
        found = _tokens(text)
    return text


def _tokens(text: str) -> list[Token]:
    return tokens(text) if "<" in text or "&" in text else []


def _stripped(text: str, found: list[Token]) -> str:
    page = _Page()
    position = 0
    closed = {name: start for start, _, name, closing in found if closing}
    hidden = ""
    for start, end, name, closing in found:
        if hidden:
            if closing and name == hidden:
                hidden, position = "", end
            continue
        if position < start:
            page.text(text[position:start])
        position = end
        if name not in _SAYS:
            continue
        if name == "&":
            page.text(html.unescape(text[start:end]))
        elif name == "[":
            page.literal(text[start + len("<![CDATA[") : end - len("]]>")])
        elif name in _HIDDEN and not closing and closed.get(name, -1) > start:
            hidden = name
        else:
            page.tag(name, closing)
            if name == "br" and text.startswith("\n", position):
                position += 1
    page.text(text[position:])
    return page.end()


def _quoted(text: str, shown: list[Token]) -> str:
    """`text` with what looks like HTML in it as inline code: it was escaped, so it is meant to be read."""
    parts: list[str] = []
    position = 0
    for start, end, _, _ in shown:
        raw = text[start:end]
        beside = text[start - 1 : start] + text[end : end + 1]
        fit = "`" not in beside + raw and "\n" not in raw
        parts += [text[position:start], f"`{raw}`" if fit else raw]
        position = end
    return "".join([*parts, text[position:]])


class _Page:
    """Text as it is laid out: parts, of which `_join` makes lines."""

    def __init__(self) -> None:
        self._parts: list[Part] = []
        self._pre: list[str] | None = None
        self._code: int | None = None
        self._lists = 0
        self._cells = 0
        self._heading = False

    def text(self, text: str) -> None:
        """Add words, decoded."""
        if self._pre is not None:
            self._pre.append(text)
        elif text:
            self._parts.append(re.sub(r"\s+", " ", text) if self._heading else text)

    def literal(self, text: str) -> None:
        """Add what is nobody's markup: as a block where it has lines or looks like HTML."""
        if self._pre is None and ("\n" in text.strip() or "<" in text or "&" in text):
            self._block(text)
        else:
            self.text(text)

    def tag(self, name: str, closing: bool) -> None:
        """Do what a tag says."""
        if self._pre is None and name in _PLAIN:
            self._parts.append(_PLAIN[name])
        elif name == "pre":
            self._end_pre()
            self._pre = None if closing else []
        elif self._pre is not None:
            self._pre.append("\n" if name in ("br", "div", "p") and not closing else "")
        elif name in _CODE:
            self._inline_code(closing)
        elif name == "br":
            self._parts.append("\n")
        elif name == "li":
            self._parts += [-1] if closing else [1, _Mark("  " * (self._lists - 1) + "- ")]
        elif name in ("td", "th"):
            self._cell(closing)
        elif len(name) == 2 and name[0] == "h" and name[1].isdigit():
            self._heading = not closing
            self._parts += [-2] if closing else [2, _Mark("#" * int(name[1]) + " ")]
        else:
            self._break(name, closing)

    def end(self) -> str:
        """The text of everything so far."""
        self._end_pre()
        return _join(self._parts)

    def _break(self, name: str, closing: bool) -> None:
        if name in ("ul", "ol"):
            self._lists = max(0, self._lists + (-1 if closing else 1))
        if name == "tr":
            self._cells = 0
        if name in _PARAGRAPHS:
            self._parts.append(1 if name in ("ul", "ol") and self._lists > (not closing) else 2)
        elif name in _LINES:
            self._parts.append(1)

    def _cell(self, closing: bool) -> None:
        if not closing:
            if self._cells:
                self._parts.append(" | ")
            self._cells += 1

    def _inline_code(self, closing: bool) -> None:
        if not closing:
            self._code = len(self._parts)
        elif self._code is not None:
            inside = self._parts[self._code :]
            words = "".join(str(part) for part in inside).strip()
            if words and "`" not in words and "\n" not in words and all(isinstance(part, str) for part in inside):
                self._parts[self._code :] = [f"`{words}`"]
            self._code = None

    def _end_pre(self) -> None:
        body = "".join(self._pre or [])
        self._pre = None
        self._block(body)

    def _block(self, body: str) -> None:
        body = body.strip("\n").rstrip()
        if body:
            longest = max((len(run) for run in re.findall("`{3,}", body)), default=2)
            fence = "`" * (longest + 1)
            self._parts += [2, _Block(f"{fence}\n{body}\n{fence}"), 2]


def _join(parts: list[Part]) -> str:
    """One text of `parts`: breaks next to each other count once, the largest, and swallow the spaces around them."""
    lines: list[str] = []
    pending, mark = 0, False
    for part in parts:
        if isinstance(part, int):
            if part < 0 and mark:
                lines.pop()
                mark = False
            pending = max(pending, abs(part))
            continue
        kind = type(part)
        words = part.lstrip(" \t\n") if kind is str and (pending or mark) else part
        if not words:
            continue
        if mark and kind is _Mark:
            lines.pop()
        elif pending and (kind is _Block or not mark):
            _trim(lines)
            if lines:
                lines.append("\n" * pending)
        lines.append(words)
        pending, mark = 0, kind is _Mark
    _trim(lines)
    return "".join(lines)


def _trim(lines: list[str]) -> None:
    """Take white space off the end."""
    while lines:
        lines[-1] = lines[-1].rstrip(" \t\n")
        if lines[-1]:
            return
        lines.pop()
