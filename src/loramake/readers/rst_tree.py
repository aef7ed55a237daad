"""The tree of docutils -> blocks of text, with headings, lists, tables and code marked."""

import re
from collections.abc import Callable, Iterable, Iterator
from html.entities import name2codepoint
from pathlib import PurePosixPath
from typing import Any

from docutils import nodes

from loramake.readers import rich_text
from loramake.readers.rich_text import CODE, EMPHASIS, STRONG, Cell, Run
from loramake.readers.rst_directives import ENTITIES

_LONGEST_SUBSTITUTION = 2_000  # characters
_MARKS: dict[type[nodes.Node], str] = {nodes.emphasis: EMPHASIS, nodes.strong: STRONG, nodes.literal: CODE}
_UNSEEN = (nodes.comment, nodes.substitution_definition, nodes.pending, nodes.raw, nodes.meta, nodes.generated)
_UNDERLINE = re.compile(r"([^\w\s])\1*")
_OF_SPHINX = {"orphan", "tocdepth", "nocomments", "no-search", "nosearch", "language"}
_SPACES = re.compile(r"[ \t\n]+")
_TIDIED = re.compile(r"\s*\n\s*")


def text_of(document: nodes.document, *, budget: int) -> str:
    """The text of a document; its substitutions may stand for `budget` characters, and some more."""
    return "\n\n".join(block for block in _Tree(document, budget + 100_000).blocks() if block.strip())


class _Tree:
    """One document, on its way into blocks."""

    def __init__(self, document: nodes.document, budget: int) -> None:
        self._document = document
        self._budget = budget
        self._meanings: dict[str, str | None] = {}
        self._has_entities = any(ENTITIES in node for node in document.findall(nodes.comment))

    def blocks(self) -> list[str]:
        return self._all(self._document.children, 1)

    def _all(self, children: Iterable[nodes.Node], level: int) -> list[str]:
        """The blocks of `children`, whose titles are headings of `level`; inline nodes among them are a paragraph."""
        blocks: list[str] = []
        inline: list[nodes.Node] = []
        for child in children:
            if isinstance(child, nodes.Inline | nodes.Text) and not isinstance(child, _BOTH):
                inline.append(child)
                continue
            blocks += self._paragraph(inline)
            inline = []
            blocks += self._block(child, level)
            if isinstance(child, nodes.title | nodes.subtitle) and child.parent is self._document:
                level += 1
        return blocks + self._paragraph(inline)

    def _paragraph(self, inline: list[nodes.Node]) -> list[str]:
        return rich_text.paragraph(self._said(inline)) if inline else []

    def _block(self, node: nodes.Node, level: int) -> list[str]:
        if isinstance(node, _UNSEEN) or not isinstance(node, nodes.Element) or "unseen" in node.get("classes", ()):
            return []
        if isinstance(node, nodes.Admonition):
            return self._admonition(node, level)
        make = _BLOCKS.get(type(node))
        if make:
            return make(self, node, level)
        if isinstance(node, nodes.Bibliographic) and not isinstance(node, nodes.authors | nodes.docinfo | nodes.topic):
            return rich_text.paragraph(f"{node.tagname.capitalize()}: {self._said(node.children)}")
        if isinstance(node, nodes.TextElement):
            return rich_text.paragraph(self._said(node.children))
        return self._all(node.children, level)

    def _title(self, node: Any, level: int) -> list[str]:
        said = _TIDIED.sub(" ", self._said(node.children))
        if isinstance(node.parent, nodes.section | nodes.document):
            return rich_text.heading(level, said)
        return rich_text.titled(said, [])

    def _rubric(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        return rich_text.titled(self._said(node.children), [])

    def _section(self, node: Any, level: int) -> list[str]:
        title = [child for child in node.children[:1] if isinstance(child, nodes.title)]
        return [*self._all(title, level), *self._all(node.children[len(title) :], level + 1)]

    def _admonition(self, node: Any, level: int) -> list[str]:
        children = list(node.children)
        label = str(node.get("label") or ("" if type(node) is nodes.admonition else node.tagname.capitalize()))
        title = ""
        if children and isinstance(children[0], nodes.title):
            title = self._said(children.pop(0).children)
        return rich_text.callout(label, title, self._all(children, level))

    def _code(self, node: Any, level: int) -> list[str]:  # noqa: ARG002 - as all blocks are made
        text = self._said(node.children, verbatim=True)
        if isinstance(node, nodes.doctest_block):
            return rich_text.code(text, "pycon")
        return rich_text.code(text, str(node.get("language") or _language(node.get("classes", []))))

    def _math(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        return rich_text.paragraph(f"$$\n{node.astext().strip()}\n$$") if node.astext().strip() else []

    def _bullets(self, node: Any, level: int) -> list[str]:
        return rich_text.listed(("-", self._all(item.children, level)) for item in node.children)

    def _numbers(self, node: Any, level: int) -> list[str]:
        first = node.get("start", 1)
        items = enumerate(node.children, first)
        return rich_text.listed((f"{_number(n, node)}.", self._all(item.children, level)) for n, item in items)

    def _definitions(self, node: Any, level: int) -> list[str]:
        return rich_text.listed(("-", self._definition(item, level)) for item in node.children)

    def _definition(self, item: Any, level: int) -> list[str]:
        names = [self._said(child.children) for child in item.children if not isinstance(child, nodes.definition)]
        bodies = [child for child in item.children if isinstance(child, nodes.definition)]
        return [*rich_text.paragraph(" : ".join(names)), *self._all(bodies, level)]

    def _fields(self, node: Any, level: int) -> list[str]:
        return rich_text.listed(("-", self._field(item, level)) for item in node.children if not _is_sphinx(item))

    def _field(self, item: Any, level: int) -> list[str]:
        name, *rest = item.children
        return _led(self._said(name.children) + ":", self._all(rest, level))

    def _docinfo(self, node: Any, level: int) -> list[str]:
        fields = [child for child in node.children if not _is_sphinx(child)]
        return rich_text.listed(
            ("-", self._field(child, level) if isinstance(child, nodes.field) else self._block(child, level))
            for child in fields
        )

    def _options(self, node: Any, level: int) -> list[str]:
        return rich_text.listed(("-", self._option(item, level)) for item in node.children)

    def _option(self, item: Any, level: int) -> list[str]:
        group, *rest = item.children
        names = ", ".join(option.astext() for option in group.children)
        return _led(rich_text.wrapped(names, CODE) + ":", self._all(rest, level))

    def _lines(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        return rich_text.paragraph("\n".join(_lines_of(node, self._said)))

    def _quote(self, node: Any, level: int) -> list[str]:
        blocks = self._all(node.children, level)
        is_indented = all(isinstance(child, nodes.Sequential) for child in node.children)
        return blocks if is_indented else rich_text.quoted(blocks)  # a list that is merely indented is no quotation

    def _attribution(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        return rich_text.paragraph(f"— {self._said(node.children)}")

    def _note(self, node: Any, level: int) -> list[str]:
        label, *rest = node.children if isinstance(node.children[0], nodes.label) else [None, *node.children]
        return _led(f"[{label.astext()}]" if label else "", self._all(rest, level))

    def _table(self, node: Any, level: int) -> list[str]:
        titles = [child for child in node.children if isinstance(child, nodes.title)]
        rows = [row for group in node.children if isinstance(group, nodes.tgroup) for row in _rows(group)]
        cells = ([self._cell(entry, level) for entry in row.children] for row in rows)
        return [*self._all(titles, level), *rich_text.table(cells)]

    def _cell(self, entry: Any, level: int) -> Cell:
        return Cell(self._all(entry.children, level), entry.get("morecols", 0) + 1, entry.get("morerows", 0) + 1)

    def _image(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        return rich_text.paragraph(_shown(node))

    def _message(self, node: Any, level: int) -> list[str]:  # noqa: ARG002
        """What docutils could not make sense of, as it was written; its complaints are none of the text."""
        blocks: list[str] = []
        for child in node.children:
            lines = child.astext().strip("\n").split("\n") if isinstance(child, nodes.literal_block) else []
            if lines[:1] and lines[0].startswith(".. |"):
                continue  # a substitution that stands for nothing, such as the date of today
            words = [line for line in lines if line.strip() and not _UNDERLINE.fullmatch(line.strip())]
            is_title = len(lines) in (2, 3) and len(words) == 1
            blocks += rich_text.titled(words[0], []) if is_title else rich_text.code("\n".join(lines))
        return blocks

    def _said(self, inline: Iterable[nodes.Node], *, verbatim: bool = False) -> str:
        runs = list(self._runs(inline, frozenset(), verbatim))
        return "".join(run.text for run in runs) if verbatim else rich_text.inline(runs).strip()

    def _runs(self, inline: Iterable[nodes.Node], marks: frozenset[str], verbatim: bool) -> Iterator[Run]:
        for node in inline:
            if isinstance(node, nodes.Text):
                yield Run(node.astext() if verbatim else _joined(node.astext(), CODE in marks), marks)
            elif isinstance(node, nodes.image):
                yield Run(_shown(node), marks)
            elif isinstance(node, nodes.substitution_reference):
                yield Run(self._meaning(node), marks)
            elif isinstance(node, nodes.Element) and not isinstance(node, (*_UNSEEN, nodes.system_message)):
                yield from self._marked(node, marks, verbatim)

    def _marked(self, node: nodes.Element, marks: frozenset[str], verbatim: bool) -> Iterator[Run]:
        lead, end = _AROUND.get(type(node), ("", ""))
        if lead:
            yield Run(lead, marks)
        mark = _MARKS.get(type(node))
        yield from self._runs(node.children, marks | {mark} if mark else marks, verbatim)
        if end:
            yield Run(end, marks)

    def _meaning(self, node: nodes.substitution_reference) -> str:
        """What a substitution stands for; its name where that is unknown, or too long."""
        name = str(node.get("refname") or node.astext())
        key = name if name in self._document.substitution_defs else self._document.substitution_names.get(name.lower())
        if key is not None and key not in self._meanings:
            self._meanings[key] = None  # while it is being found: it may speak of itself
            self._meanings[key] = self._said(self._document.substitution_defs[key].children)
        meaning = self._meanings.get(key) if key is not None else self._entity(name)
        if meaning is None or len(meaning) > min(_LONGEST_SUBSTITUTION, self._budget):
            return f"|{node.astext()}|"
        self._budget -= len(meaning)
        return meaning

    def _entity(self, name: str) -> str | None:
        """A character that docutils defines in a file of its own, by the names of HTML: copy, mdash."""
        found = name2codepoint.get(name) if self._has_entities else None
        return chr(found) if found else None


_AROUND: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.footnote_reference: ("[", "]"),
    nodes.citation_reference: ("[", "]"),
    nodes.math: ("$", "$"),
    nodes.superscript: ("^", ""),
}
_BOTH = (nodes.image, nodes.raw)
_Make = Callable[[_Tree, Any, int], list[str]]
_BLOCKS: dict[type[nodes.Node], _Make] = {
    nodes.title: _Tree._title,
    nodes.subtitle: _Tree._title,
    nodes.section: _Tree._section,
    nodes.literal_block: _Tree._code,
    nodes.doctest_block: _Tree._code,
    nodes.math_block: _Tree._math,
    nodes.bullet_list: _Tree._bullets,
    nodes.enumerated_list: _Tree._numbers,
    nodes.definition_list: _Tree._definitions,
    nodes.field_list: _Tree._fields,
    nodes.docinfo: _Tree._docinfo,
    nodes.option_list: _Tree._options,
    nodes.line_block: _Tree._lines,
    nodes.block_quote: _Tree._quote,
    nodes.rubric: _Tree._rubric,
    nodes.attribution: _Tree._attribution,
    nodes.footnote: _Tree._note,
    nodes.citation: _Tree._note,
    nodes.table: _Tree._table,
    nodes.image: _Tree._image,
    nodes.system_message: _Tree._message,
}


def _joined(text: str, is_code: bool) -> str:
    return _TIDIED.sub(" ", text) if is_code else _SPACES.sub(" ", text)


def _led(lead: str, blocks: list[str]) -> list[str]:
    """The blocks, the first of which begins with `lead`."""
    if not lead:
        return blocks
    if not blocks or isinstance(blocks[0], rich_text.Verbatim) or "\n" in blocks[0]:
        return [lead, *blocks]
    return [f"{lead} {blocks[0]}", *blocks[1:]]


def _number(number: int, node: Any) -> str:
    """The number of an item as it was written: 3, c or C; Roman ones as Arabic."""
    kind = node.get("enumtype", "arabic")
    if kind.endswith("alpha") and 0 < number <= 26:
        return chr((ord("a") if kind == "loweralpha" else ord("A")) + number - 1)
    return str(number)


def _language(classes: list[str]) -> str:
    return classes[1] if classes[:1] == ["code"] and len(classes) > 1 else ""


def _is_sphinx(field: Any) -> bool:
    return isinstance(field, nodes.field) and field.children[0].astext().lower() in _OF_SPHINX


def _lines_of(block: Any, said: Callable[[list[nodes.Node]], str], depth: int = 0) -> Iterator[str]:
    for child in block.children:
        if isinstance(child, nodes.line_block):
            yield from _lines_of(child, said, depth + 1)
        else:
            yield "  " * depth + said(child.children)


def _rows(group: Any) -> Iterator[Any]:
    for part in group.children:
        if isinstance(part, nodes.thead | nodes.tbody):
            yield from part.children


def _shown(image: Any) -> str:
    """What an image shows, in words: its alternative text, or else the name of its file."""
    uri = str(image.get("uri") or "")
    name = "" if uri.startswith("data:") else PurePosixPath(uri.split("?")[0]).name
    return " ".join(str(image.get("alt") or name).split())
