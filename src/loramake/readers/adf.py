"""Atlassian Document Format -> Markdown.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/, and the JSON schema that it names. Nodes
that are not known here keep their text.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from loramake.errors import SourceError
from loramake.readers import macros, rich_text
from loramake.readers.rich_text import Cell, Run

Node = dict[str, Any]

_DEEPEST = 80  # levels of nodes; people nest a dozen
_MARKS = {
    "strong": rich_text.STRONG,
    "em": rich_text.EMPHASIS,
    "strike": rich_text.STRUCK,
    "code": rich_text.CODE,
}
_TEXTS = ("text", "title", "shortName", "alt", "label", "name", "url")
_LISTS = ("bulletList", "orderedList", "taskList", "decisionList")


def is_document(value: Any) -> bool:
    """Whether `value` is a document in this format."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def blocks_of(document: Any) -> list[str]:
    """The blocks of a document. Raises SourceError `too_deep`."""
    _check_depth(document)
    return _blocks([document]) if isinstance(document, dict) else []


def _check_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        if depth > _DEEPEST:
            raise SourceError("too_deep", f"rich text of more than {_DEEPEST} levels")
        level = [node for parent in level for node in _nodes(parent)]
        depth += 1


def _nodes(node: Any) -> list[Node]:
    """The nodes inside `node`; a bare string is one of text."""
    content = node.get("content") if isinstance(node, dict) else None
    if not isinstance(content, list):
        return []
    nodes = ({"type": "text", "text": child} if isinstance(child, str) else child for child in content)
    return [node for node in nodes if isinstance(node, dict)]


def _kind(node: Node) -> str:
    return node["type"] if isinstance(node.get("type"), str) else ""


def _attribute(node: Node, *names: str) -> str:
    """The first of a node's attributes `names` that says anything."""
    attributes = node.get("attrs")
    if isinstance(attributes, dict):
        for name in names:
            value = attributes.get(name)
            if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
                return str(value)
    return ""


def _number(node: Node, name: str, default: int) -> int:
    written = _attribute(node, name)
    return int(written) if written.isdecimal() and len(written) < 10 else default


class _Walker:
    """Collects blocks: inline nodes gather in `runs` until a block begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.runs: list[Run] = []

    def flush(self) -> None:
        self.blocks += rich_text.paragraph(rich_text.inline(self.runs))
        self.runs.clear()

    def walk(self, nodes: list[Node]) -> None:
        for node in nodes:
            if render := _RENDERED.get(_kind(node)):
                self.flush()
                self.blocks += render(node)
                continue
            inside = _nodes(node)
            if _kind(node) in _SAID or not inside:
                self.runs.append(_run(node))
            if inside:
                self.flush()
                self.walk(inside)
                self.flush()


def _blocks(nodes: list[Node]) -> list[str]:
    walker = _Walker()
    walker.walk(nodes)
    walker.flush()
    return walker.blocks


def _run(node: Node) -> Run:
    """The run of an inline node; of one that is not known, with all its texts."""
    text, link = _SAID.get(_kind(node), _unknown)(node), ""
    given = node.get("marks")
    marks = [mark for mark in given if isinstance(mark, dict)] if isinstance(given, list) else []
    for mark in marks:
        if _kind(mark) == "link":
            link = _attribute(mark, "href")
        elif _kind(mark) == "subsup" and _attribute(mark, "type") == "sup":
            text = rich_text.raised(text)
    return Run(text, frozenset(_MARKS[_kind(mark)] for mark in marks if _kind(mark) in _MARKS), link)


def _runs(node: Node, between: str) -> Iterator[Run]:
    """The runs of all inline nodes below `node`, in order, with `between` where a block ends."""
    for child in _nodes(node):
        inside = _nodes(child)
        if _kind(child) in _SAID or not inside:
            yield _run(child)
        if inside:
            yield from _runs(child, between)
            yield Run(between)


def _text(node: Node) -> str:
    return node["text"] if isinstance(node.get("text"), str) else ""


def _unknown(node: Node) -> str:
    said = [_text(node), *(_attribute(node, name) for name in _TEXTS)]
    return " ".join(dict.fromkeys(filter(None, said)))


def _mention(node: Node) -> str:
    name = _attribute(node, "text", "id")
    return name if name.startswith("@") or not name else f"@{name}"


def _date(node: Node) -> str:
    """Milliseconds since 1970, as a day; as they are written, if they are none."""
    written = _attribute(node, "timestamp")
    try:
        return datetime.fromtimestamp(float(written) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return written


def _card(node: Node) -> str:
    if url := _attribute(node, "url"):
        return url
    data = (node.get("attrs") or {}).get("data") if isinstance(node.get("attrs"), dict) else None
    return _attribute({"attrs": data}, "url", "@id", "name")


def _media(node: Node) -> str:
    name = _attribute(node, "alt", "__fileName", "name") or (
        _attribute(node, "url") if _attribute(node, "type") == "external" else ""
    )
    return f"![{name}]" if name else ""


def _macro(node: Node, blocks: list[str]) -> macros.Macro:
    """An extension, whose parameters stand in one of three places."""
    attributes = node["attrs"] if isinstance(node.get("attrs"), dict) else {}
    found = attributes.get("parameters")
    given = found if isinstance(found, dict) else {}
    for place in ("macroParams", "guestParams"):
        if isinstance(given.get(place), dict):
            given = given[place]
            break
    plain = {
        str(name): str(value.get("value") or "") if isinstance(value, dict) else value
        for name, value in given.items()
        if isinstance(value, str | dict)
    }
    code = plain.pop("__bodyContent", "")
    if written := _attribute(node, "text"):
        plain.setdefault("title", written)
    return macros.Macro(_attribute(node, "extensionKey"), plain, code, blocks)


def _inline_extension(node: Node) -> str:
    macro = _macro(node, [])
    said = macros.inline(macro)
    return " ".join(macros.blocks(macro)) if said is None else said


def _extension(node: Node) -> list[str]:
    macro = _macro(node, _blocks(_nodes(node)))
    said = macros.inline(macro)
    return macros.blocks(macro) if said is None else rich_text.paragraph(said) + macro.blocks


def _paragraph(say: Callable[[Node], str]) -> Callable[[Node], list[str]]:
    """A node that is a block of its own."""
    return lambda node: rich_text.paragraph(rich_text.inline([_run({**node, "type": "text", "text": say(node)})]))


def _list(node: Node) -> list[str]:
    first = _number(node, "order", 1) if _kind(node) == "orderedList" else None
    items: list[tuple[str, list[str]]] = []
    for child in _nodes(node):
        marker = "" if _kind(child) in _LISTS else _marker(child, first)
        first = first + 1 if first is not None and marker else first
        items.append((marker, _blocks([child])))
    return rich_text.listed(items)


def _marker(item: Node, number: int | None) -> str:
    if _kind(item) in ("taskItem", "blockTaskItem"):
        return "- [x]" if _attribute(item, "state") == "DONE" else "- [ ]"
    if _kind(item) == "decisionItem":
        return "- Decision:" if _attribute(item, "state") in ("DECIDED", "") else "- Undecided:"
    return "-" if number is None else f"{number}."


def _table(node: Node) -> list[str]:
    rows = []
    for row in _nodes(node):
        cells = _nodes(row) if _kind(row) == "tableRow" else [row]
        rows.append([Cell(_blocks([cell]), _number(cell, "colspan", 1), _number(cell, "rowspan", 1)) for cell in cells])
    return rich_text.table(rows)


def _code(node: Node) -> list[str]:
    return rich_text.code("".join(run.text for run in _runs(node, "\n")), _attribute(node, "language"))


def _heading(node: Node) -> list[str]:
    return rich_text.heading(_number(node, "level", 1), rich_text.inline(_runs(node, " ")))


def _panel(node: Node) -> list[str]:
    return rich_text.callout(macros.LABELS.get(_attribute(node, "panelType"), ""), "", _blocks(_nodes(node)))


_SAID: dict[str, Callable[[Node], str]] = {
    "text": _text,
    "hardBreak": lambda _: "\n",
    "mention": _mention,
    "emoji": lambda node: _attribute(node, "text", "shortName", "id"),
    "date": _date,
    "status": lambda node: _attribute(node, "text"),
    "placeholder": lambda node: _attribute(node, "text"),
    "inlineCard": _card,
    "mediaInline": _media,
    "inlineExtension": _inline_extension,
}
_RENDERED: dict[str, Callable[[Node], list[str]]] = {
    **dict.fromkeys(_LISTS, _list),
    "table": _table,
    "codeBlock": _code,
    "heading": _heading,
    "panel": _panel,
    "blockquote": lambda node: rich_text.quoted(_blocks(_nodes(node))),
    "expand": lambda node: rich_text.titled(_attribute(node, "title"), _blocks(_nodes(node))),
    "nestedExpand": lambda node: rich_text.titled(_attribute(node, "title"), _blocks(_nodes(node))),
    "rule": lambda _: ["---"],
    "blockCard": _paragraph(_card),
    "embedCard": _paragraph(_card),
    "media": _paragraph(_media),
    "extension": _extension,
    "bodiedExtension": _extension,
}
