"""Confluence's storage format -> Markdown.

https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html. Elements that are not known here keep
their text.
"""

import re
from collections.abc import Callable, Iterator

from loramake.readers import macros, rich_text
from loramake.readers.rich_text import Cell, Run, Verbatim
from loramake.readers.storage_tree import Element, tree_of

Marks = frozenset[str]

_MARKS = {
    **dict.fromkeys(("strong", "b"), rich_text.STRONG),
    **dict.fromkeys(("em", "i"), rich_text.EMPHASIS),
    **dict.fromkeys(("s", "del", "strike"), rich_text.STRUCK),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), rich_text.CODE),
}
_BLOCKS = {
    *(
        "root",
        "html",
        "body",
        "p",
        "div",
        "section",
        "article",
        "center",
        "address",
        "figure",
        "figcaption",
        "dl",
        "dt",
    ),
    *("dd", "li", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "details", "summary", "ac:rich-text-body"),
    *("ac:layout", "ac:layout-section", "ac:layout-cell", "ac:task", "ac:task-body", "ac:adf-content", "ac:caption"),
}
_LEFT_OUT = {
    *("script", "style", "colgroup", "col", "head", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:parameter"),
    *("ac:default-parameter", "ac:adf-attribute", "ac:adf-parameter", "ac:adf-fallback"),
}
_MACROS = {"ac:structured-macro", "ac:macro"}
_PARAMETERS = {"ac:parameter", "ac:default-parameter"}
_OUTSIDE = re.compile(r"(?:https?|ftp|mailto|file):", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_NAMES = {
    "ri:page": ("ri:content-title",),
    "ri:blog-post": ("ri:content-title",),
    "ri:attachment": ("ri:filename",),
    "ri:url": ("ri:value",),
    "ri:user": ("ri:username", "ri:account-id", "ri:userkey"),
    "ri:space": ("ri:space-key",),
    "ri:shortcut": ("ri:parameter",),
}
_EMOTICONS = {
    "smile": "🙂",
    "sad": "🙁",
    "cheeky": "😛",
    "laugh": "😀",
    "wink": "😉",
    "thumbs-up": "👍",
    "thumbs-down": "👎",
    "information": "ℹ️",
    "tick": "✅",
    "cross": "❌",
    "warning": "⚠️",
    "plus": "➕",
    "minus": "➖",
    "question": "❓",
    "light-on": "💡",
    "yellow-star": "⭐",
    "heart": "❤️",
}


def blocks_of(markup: str) -> list[str]:
    """The blocks of a page's body. Raises SourceError `too_deep`."""
    return _inside(tree_of(markup))


class _Walker:
    """Collects blocks: inline text gathers in `runs` until a block begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.runs: list[Run] = []

    def flush(self) -> None:
        lines = (" ".join(line.split()) for line in rich_text.inline(self.runs).split("\n"))
        self.blocks += rich_text.paragraph("\n".join(lines))
        self.runs.clear()

    def walk(self, element: Element, marks: Marks = frozenset(), link: str = "") -> None:
        for child in element.children:
            if isinstance(child, str):
                self.runs.append(Run(_SPACE.sub(" ", child), marks, link))
            elif child.name in _SAID:
                self.runs.append(Run(_SAID[child.name](child), marks, link))
                self._captions(child)
            elif child.name not in _LEFT_OUT:
                self._element(child, marks, link)

    def _element(self, element: Element, marks: Marks, link: str) -> None:
        if element.name == "sup" and not any(element.elements):
            self.runs.append(Run(rich_text.raised(_SPACE.sub(" ", element.text()).strip()), marks, link))
        elif element.name == "ac:link":
            self._link(element, marks)
        elif element.name in _MACROS:
            self._macro(_macro(element), marks, link)
        elif render := _RENDERED.get(element.name):
            self.flush()
            self.blocks += render(element)
        elif element.name in _BLOCKS:
            self.flush()
            self.walk(element, marks, link)
            self.flush()
        else:
            self.walk(element, marks | _marks(element), _address(element) or link)

    def _captions(self, image: Element) -> None:
        for child in image.elements:
            if child.name == "ac:caption":
                self._element(child, frozenset(), "")

    def _link(self, element: Element, marks: Marks) -> None:
        """The body of a link, or else the name of what it leads to."""
        body = [child for child in element.children if isinstance(child, str) or child.name not in _NAMES]
        before = len(self.runs), len(self.blocks)
        self.walk(Element("", {}, body), marks)
        if (len(self.runs), len(self.blocks)) == before or not any(run.text.strip() for run in self.runs[before[0] :]):
            self.runs.append(Run(_resource(element) or element.attributes.get("ac:anchor", ""), marks))

    def _macro(self, macro: macros.Macro, marks: Marks, link: str) -> None:
        said = macros.inline(macro)
        if said is not None:
            self.runs.append(Run(said, marks, link))
        if said is None or macro.blocks:
            self.flush()
            self.blocks += macros.blocks(macro) if said is None else macro.blocks


def _inside(element: Element) -> list[str]:
    walker = _Walker()
    walker.walk(element)
    walker.flush()
    return walker.blocks


def _marks(element: Element) -> Marks:
    if "line-through" in element.attributes.get("style", ""):
        return frozenset({rich_text.STRUCK})
    return frozenset({_MARKS[element.name]} if element.name in _MARKS else ())


def _address(element: Element) -> str:
    """Where an <a> leads, if that is out of the wiki."""
    address = element.attributes.get("href", "").strip() if element.name == "a" else ""
    return address if _OUTSIDE.match(address) else ""


def _resource(element: Element) -> str:
    """The name of what an element, or the first one below it, identifies."""
    for found in (element, *element.below()):
        if isinstance(found, Element) and found.name in _NAMES:
            names = (found.attributes.get(name, "").strip() for name in _NAMES[found.name])
            name = next(filter(None, names), "")
            return f"@{name}" if name and found.name == "ri:user" else name
    return ""


def _image(element: Element) -> str:
    given = element.attributes
    name = given.get("ac:alt") or given.get("alt") or _resource(element) or given.get("ac:title") or ""
    return f"![{name}]" if name.strip() else ""


def _emoticon(element: Element) -> str:
    given = element.attributes
    name = given.get("ac:name", "")
    said = given.get("ac:emoji-fallback") or given.get("ac:emoji-shortname") or _EMOTICONS.get(name)
    return said or (f":{name}:" if name else "")


def _macro(element: Element) -> macros.Macro:
    parameters: dict[str, str] = {}
    code: list[str] = []
    body: list[Element | str] = []
    for child in element.children:
        if isinstance(child, Element) and child.name in _PARAMETERS:
            said = child.text().strip() or _resource(child)
            parameters.setdefault(child.attributes.get("ac:name", ""), said)
        elif isinstance(child, Element) and child.name == "ac:plain-text-body":
            code.append(child.text())
        else:
            body.append(child)
    return macros.Macro(
        element.attributes.get("ac:name", ""), parameters, "\n".join(code), _inside(Element("", {}, body))
    )


def _heading(element: Element) -> list[str]:
    blocks = _inside(element)
    code = [block for block in blocks if isinstance(block, Verbatim)]
    text = " ".join(block for block in blocks if not isinstance(block, Verbatim))
    return rich_text.heading(int(element.name[1]), text) + code


def _list(element: Element) -> list[str]:
    start = element.attributes.get("start", "")
    number = int(start) if start.isdecimal() and len(start) < 10 else 1
    items: list[tuple[str, list[str]]] = []
    for child in element.children:
        name = child.name if isinstance(child, Element) else ""
        marker = f"{number}." if element.name == "ol" and name == "li" else "-" if name == "li" else ""
        if name == "ac:task":
            marker = _box(child)
        number += name == "li"
        items.append((marker, _inside(Element("", {}, [child]))))
    return rich_text.listed(items)


def _box(task: Element | str) -> str:
    found = task.elements if isinstance(task, Element) else ()
    done = any(child.name == "ac:task-status" and child.text().strip() == "complete" for child in found)
    return "- [x]" if done else "- [ ]"


def _table(element: Element) -> list[str]:
    """A table, below its caption and whatever else stands in no row of it."""
    rows: list[list[Cell]] = []
    others: list[Element | str] = []
    for row in _rows(element, others):
        cells = [child for child in row.elements if child.name not in _LEFT_OUT]
        others += [child for child in row.children if isinstance(child, str)]
        rows.append([_cell(cell) for cell in cells])
    return _inside(Element("", {}, others)) + rich_text.table(rows)


def _rows(table: Element, others: list[Element | str]) -> Iterator[Element]:
    for child in table.children:
        if isinstance(child, Element) and child.name in ("thead", "tbody", "tfoot"):
            yield from _rows(child, others)
        elif isinstance(child, Element) and child.name == "tr":
            yield child
        else:
            others.append(child)


def _cell(cell: Element) -> Cell:
    spans = (cell.attributes.get(name, "") for name in ("colspan", "rowspan"))
    width, height = (int(span) if span.isdecimal() and len(span) < 6 else 1 for span in spans)
    return Cell(_inside(Element("", {}, [cell])), width, height)


def _pre(element: Element) -> list[str]:
    pieces = ("\n" if isinstance(found, Element) and found.name == "br" else found for found in element.below())
    return rich_text.code("".join(piece for piece in pieces if isinstance(piece, str)))


def _extension(element: Element) -> list[str]:
    """What has no element of its own in the format: the node, or else the rendering that stands in for it."""
    if blocks := _inside(element):
        return blocks
    for found in element.below():
        if isinstance(found, Element) and found.name == "ac:adf-fallback" and (blocks := _inside(found)):
            return blocks
    return rich_text.paragraph(_stated(element, "text"))


def _stated(element: Element, key: str) -> str:
    """An attribute of an extension's node, which is an element."""
    for found in element.below():
        if isinstance(found, Element) and found.name == "ac:adf-attribute" and found.attributes.get("key") == key:
            return found.text().strip()
    return ""


def _node(element: Element) -> list[str]:
    blocks = _inside(element)
    kind = element.attributes.get("type", "")
    if kind == "panel" and blocks:
        return rich_text.callout(macros.LABELS.get(_stated(element, "panel-type"), ""), "", blocks)
    if kind == "decision-item" and blocks:
        decided = _stated(element, "state") in ("DECIDED", "")
        return rich_text.listed([("- Decision:" if decided else "- Undecided:", blocks)])
    return ["\n".join(blocks)] if kind == "decision-list" and blocks else blocks


_SAID: dict[str, Callable[[Element], str]] = {
    "br": lambda _: "\n",
    "time": lambda element: element.text().strip() or element.attributes.get("datetime", ""),
    "img": _image,
    "ac:image": _image,
    "ac:emoticon": _emoticon,
    **dict.fromkeys(_NAMES, _resource),
}
_RENDERED: dict[str, Callable[[Element], list[str]]] = {
    **{f"h{level}": _heading for level in range(1, 7)},
    "ul": _list,
    "ol": _list,
    "ac:task-list": _list,
    "table": _table,
    "blockquote": lambda element: rich_text.quoted(_inside(element)),
    "pre": _pre,
    "hr": lambda _: ["---"],
    "ac:plain-text-body": lambda element: rich_text.code(element.text()),
    "ac:adf-extension": _extension,
    "ac:adf-node": _node,
}
