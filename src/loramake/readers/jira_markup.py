"""The wiki markup of Jira (its server, and version 2 of its API) -> Markdown.

https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all. What is no markup stays as it is typed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from loramake.errors import SourceError
from loramake.readers import adf, macros, rich_text
from loramake.readers.jira_phrases import markdown_of
from loramake.readers.json_values import loads
from loramake.readers.rich_text import Cell, Verbatim

_HELD = "\x00"  # stands around the number of a piece of code that is held back
_PLACE = re.compile(r"\x00(\d+)\x00")
_CODE = re.compile(r"\{(code|noformat|adf)(?::([^}\n]{0,1000}))?\}|^[ \t]*```([\w+#.-]*)[ \t]*$", re.MULTILINE)
_BLOCK = re.compile(r"\{(quote|panel|info|note|tip|warning|success|error|expand)(?::([^}\n]{0,1000}))?\}")
_HEADING = re.compile(r"[ \t]*h([1-6])\.[ \t]+(.*)")
_TYPED_HEADING = re.compile(r"(#{2,6})[ \t]+(.*)")
_RULE = re.compile(r"[ \t]*-{4,5}[ \t]*")
_QUOTE = re.compile(r"[ \t]*bq\.[ \t]+(.*)")
_ITEM = re.compile(r"[ \t]*([*#]+-?|-)[ \t]+(.*)")
_ROW = re.compile(r"[ \t]*\|")
_FRAME = re.compile(r"[ \t]*\+[-=+]{3,}[ \t]*")  # of a table that a program has drawn
_DASHES = re.compile(r":?-{2,}:?")
_BAR = re.compile(r"\[[^\[\]\n]*\]|\{\{[^\n]{0,500}?\}\}|!\S[^!|\n]*\|[^!|\n]*!|\\.|(\|\|?)")
_DEEPEST_LIST = 20


def blocks_of(text: str) -> list[str]:
    """The blocks of a text."""
    text = re.sub(r"[\x00\x01]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    held = _Held()
    return _parsed(held.without_code(text), held)


@dataclass(slots=True)
class _Held:
    """The pieces of code of a text, which no markup is looked for in."""

    pieces: list[list[str]] = field(default_factory=list)

    def without_code(self, text: str, *, fences: bool = True) -> str:
        """`text` with the number of each piece in its place. A piece that nothing ends reaches to the text's end."""
        out: list[str] = []
        opened: re.Match[str] | None = None
        end = 0
        for token in _CODE.finditer(text):
            if opened is None and (token[1] or fences):
                out.append(text[end : token.start()])
                opened = token
            elif opened is not None and opened[1] == token[1] and not (token[2] or token[3]):
                out.append(self._hold(opened, text[opened.end() : token.start()]))
                opened, end = None, token.end()
        if opened is not None and not opened[1]:  # a Markdown fence, which people type now and then
            self.pieces.clear()
            return self.without_code(text, fences=False)
        out.append(text[end:] if opened is None else self._hold(opened, text[opened.end() :]))
        return "".join(out)

    def _hold(self, opened: re.Match[str], body: str) -> str:
        self.pieces.append(_code(opened[1] or "", opened[2] or opened[3] or "", body))
        return f"{_HELD}{len(self.pieces) - 1}{_HELD}"


def _code(kind: str, parameters: str, body: str) -> list[str]:
    if kind == "adf":
        try:
            return adf.blocks_of({"type": "doc", "content": [loads(body)]})
        except SourceError:
            return rich_text.code(body)
    given = _parameters(parameters)
    language = given.get("language") or given.get("") or ""
    return rich_text.titled(given.get("title", ""), rich_text.code(body, language if kind != "noformat" else ""))


def _parameters(written: str) -> dict[str, str]:
    """`java|title=A.java` -> the named ones by their names, another one as ""."""
    pairs = (part.partition("=") for part in written.split("|") if part.strip())
    return {name.strip() if equals else "": (value if equals else name).strip() for name, equals, value in pairs}


def _parsed(text: str, held: _Held) -> list[str]:
    """The blocks of a text, with quotations and panels, which hold one another but never themselves."""
    frames = [_Frame()]
    end = 0
    for token in _BLOCK.finditer(text):
        frames[-1].blocks += _lines(text[end : token.start()].strip(" "), held)
        end = token.end()
        is_open = any(frame.kind == token[1] for frame in frames)
        while is_open and frames[-1].kind != token[1]:
            _give_up(frames)
        if is_open:
            _close(frames)
        if not is_open or token[2]:
            frames.append(_Frame(token[1], _parameters(token[2] or "").get("title", "")))
    frames[-1].blocks += _lines(text[end:].strip(" "), held)
    while len(frames) > 1:
        _give_up(frames)
    return frames[0].blocks


@dataclass(slots=True)
class _Frame:
    """A quotation or a panel that is open."""

    kind: str = ""
    title: str = ""
    blocks: list[str] = field(default_factory=list)


def _close(frames: list[_Frame]) -> None:
    frame = frames.pop()
    if frame.kind == "expand":
        frames[-1].blocks += rich_text.titled(frame.title, frame.blocks)
    else:
        frames[-1].blocks += rich_text.callout(macros.LABELS.get(frame.kind, ""), frame.title, frame.blocks)


def _give_up(frames: list[_Frame]) -> None:
    """Nothing ends it, so it was no markup."""
    frame = frames.pop()
    frames[-1].blocks += [f"{{{frame.kind}}}", *rich_text.titled(frame.title, frame.blocks)]


def _lines(text: str, held: _Held) -> list[str]:
    """The blocks of a text without quotations and panels."""
    blocks: list[str] = []
    for kind, group in _grouped(text.split("\n")):
        if kind == "row":
            blocks += _table(group, held)
        elif kind == "item":
            blocks += _list(_items(group, held))
        elif kind == "line":
            blocks += _line(group[0], held)
        elif kind == "frame" and _HELD not in "".join(group):
            blocks += rich_text.code("\n".join(group))
        else:
            blocks += _flow("\n".join(group), held)
    return blocks


def _grouped(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines that belong together, with what they are: rows, items, text, or one line of its own."""
    last, group = "", list[str]()
    for line in lines:
        is_whole = last != "row" or group[-1].rstrip().endswith("|")
        kind = _kind(line, "" if is_whole and last == "row" and not _ROW.match(line) else last)
        if kind != last or kind == "line":
            if group and last:
                yield last, group
            last, group = kind, []
        group.append(line)
    if group and last:
        yield last, group


def _kind(line: str, last: str) -> str:
    if not line.strip():
        return ""
    if _HEADING.match(line) or _RULE.fullmatch(line) or _QUOTE.match(line):
        return "line"
    if _FRAME.fullmatch(line) or (last == "frame" and _ROW.match(line)):
        return "frame"
    if last != "item" and _TYPED_HEADING.match(line):
        return "line"  # a list never begins on its second level, so it is Markdown
    if _ROW.match(line):
        return "row"
    if _ITEM.match(line):
        return "item"
    return last if last in ("row", "item") else "text"


def _line(line: str, held: _Held) -> list[str]:
    if _RULE.fullmatch(line):
        return ["---"]
    if quote := _QUOTE.match(line):
        return rich_text.quoted(_flow(quote[1], held))
    found = _HEADING.match(line) or _TYPED_HEADING.match(line)
    if found is None:
        return _flow(line, held)
    level = int(found[1]) if found[1].isdecimal() else len(found[1])
    first, *others = _flow(found[2], held) or [""]
    if isinstance(first, Verbatim):
        return [first, *others]
    return rich_text.heading(level, first) + others


def _flow(text: str, held: _Held) -> list[str]:
    """The blocks of a text in which code stands."""
    blocks: list[str] = []
    for number, piece in enumerate(_PLACE.split(text)):
        if number % 2:
            blocks += held.pieces[int(piece)]
        else:
            blocks += rich_text.paragraph(markdown_of(piece.lstrip(" ") if number else piece))
    return blocks


def _items(lines: list[str], held: _Held) -> list[tuple[str, list[str]]]:
    """The items of a list, with their markers; a line without one goes on with the item before."""
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        if found := _ITEM.match(line):
            items.append((found[1][:_DEEPEST_LIST], [found[2]]))
        else:
            items[-1][1].append(line.strip())
    return [(markers, _flow("\n".join(texts), held)) for markers, texts in items]


def _list(items: list[tuple[str, list[str]]]) -> list[str]:
    """A list as deep as its longest marker."""
    level = min(len(markers) for markers, _ in items)
    entries: list[tuple[str, list[str]]] = []
    inner: list[tuple[str, list[str]]] = []
    number = 0
    for markers, blocks in items:
        if len(markers) > level:
            inner.append((markers, blocks))
            continue
        _nest(entries, inner)
        number = number + 1 if markers.endswith("#") else 0
        entries.append((f"{number}." if number else "-", blocks))
    _nest(entries, inner)
    return rich_text.listed(entries)


def _nest(entries: list[tuple[str, list[str]]], inner: list[tuple[str, list[str]]]) -> None:
    if inner and not entries:
        entries.append(("", []))
    if inner:
        entries[-1][1].extend(_list(inner))
        inner.clear()


def _table(lines: list[str], held: _Held) -> list[str]:
    rows: list[list[str]] = []
    for line in lines:
        if _ROW.match(line) or not rows:
            rows.append([line.strip()])
        else:
            rows[-1].append(line.strip())
    found = [cells for row in rows if not all(map(_DASHES.fullmatch, cells := _cells("\n".join(row))))]
    if len(found) == 1:
        return _flow("\n".join(lines), held)
    return rich_text.table([Cell(_lines(text, held)) for text in cells] for cells in found)


def _cells(row: str) -> list[str]:
    """The texts between the bars of a row."""
    bars = [found for found in _BAR.finditer(row) if found[1]]
    ends = [*(bar.start() for bar in bars[1:]), len(row)]
    cells = [row[bar.end() : end].strip() for bar, end in zip(bars, ends, strict=True)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells
