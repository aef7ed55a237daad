"""A docutils tree -> blocks of Markdown."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes

from loramake.readers import marks, rich_text
from loramake.readers.numerals import letters, roman
from loramake.readers.paragraphs import Notes
from loramake.readers.rich_text import CODE, EMPHASIS, STRONG, Cell, Run

_LOST = 3  # from this level on, docutils' messages hold text that stands nowhere else
_SKIPPED = (
    *(nodes.comment, nodes.substitution_definition, nodes.pending, nodes.raw, nodes.meta, nodes.decoration),
    *(nodes.image, nodes.transition, nodes.colspec),
)
_MARKS: dict[type[nodes.Node], str] = {
    nodes.strong: STRONG,
    nodes.emphasis: EMPHASIS,
    nodes.title_reference: EMPHASIS,
    nodes.literal: CODE,
}
_POWER = re.compile(r"[+\-−]?\d+")
_STRUCTURE = re.compile(r"[-*>|] |\d+\. |`{3}|#")
_NUMBERS: dict[str, Callable[[int], str]] = {
    "loweralpha": letters,
    "upperalpha": lambda count: letters(count).upper(),
    "lowerroman": roman,
    "upperroman": lambda count: roman(count).upper(),
}


class Writer:
    """Writes one document."""

    def __init__(self) -> None:
        self.notes = Notes()
        self._write: dict[type[nodes.Node], Callable[[Any, int], list[str]]] = {
            nodes.section: self._section,
            nodes.title: self._title,
            nodes.subtitle: lambda node, level: self._title(node, level + 1),
            nodes.bullet_list: lambda node, level: rich_text.listed(("-", self._inside(item, level)) for item in node),
            nodes.enumerated_list: self._numbered,
            nodes.definition_list: self._definitions,
            **dict.fromkeys((nodes.field_list, nodes.option_list, nodes.docinfo), self._fields),
            **dict.fromkeys((nodes.literal_block, nodes.doctest_block), self._code),
            nodes.math_block: lambda node, _level: rich_text.paragraph(f"$$\n{node.astext()}\n$$"),
            nodes.line_block: lambda node, _level: rich_text.paragraph("\n".join(self._lines(node, 0))),
            nodes.block_quote: lambda node, level: rich_text.quoted(self._inside(node, level)),
            nodes.attribution: lambda node, _level: rich_text.paragraph(f"— {self._text(node)}"),
            nodes.table: self._table,
            nodes.topic: self._topic,
            **dict.fromkeys((nodes.sidebar, nodes.admonition), self._topic),
            **dict.fromkeys((nodes.footnote, nodes.citation), self._footnote),
            nodes.system_message: self._message,
        }

    def blocks(self, document: nodes.document) -> list[str]:
        """The blocks of a document, and its notes."""
        has_title = isinstance(document[0], nodes.title) if len(document) else False
        self._find_notes(document)
        return self._inside(document, int(has_title)) + self.notes.blocks()

    def _find_notes(self, document: nodes.document) -> None:
        for node in document.findall(nodes.footnote_reference):
            self.notes.mark(node.get("refid", ""))

    def _inside(self, node: Any, level: int) -> list[str]:
        """The blocks of what is in a node, whose headings are below those of `level`."""
        return [block for child in node.children for block in self._blocks(child, level)]

    def _blocks(self, node: Any, level: int) -> list[str]:
        if isinstance(node, _SKIPPED):
            return []
        if write := self._write.get(type(node)):
            return write(node, level)
        if isinstance(node, nodes.Admonition):
            return self._led(type(node).__name__.capitalize(), self._inside(node, level))
        if isinstance(node, nodes.Text | nodes.TextElement):
            return rich_text.paragraph(self._text(node))
        return self._inside(node, level)

    def _section(self, node: nodes.section, level: int) -> list[str]:
        return self._inside(node, level + 1)

    def _title(self, node: nodes.title, level: int) -> list[str]:
        text = self._text(node)
        return [marks.heading(level, text)] if text.strip() else []

    def _numbered(self, node: nodes.enumerated_list, level: int) -> list[str]:
        write = _NUMBERS.get(node.get("enumtype", ""), str)
        before, after = node.get("prefix", ""), node.get("suffix", ".")
        items = enumerate(node.children, node.get("start", 1))
        return rich_text.listed((f"{before}{write(count)}{after}", self._inside(item, level)) for count, item in items)

    def _definitions(self, node: nodes.definition_list, level: int) -> list[str]:
        blocks: list[str] = []
        for item in node.children:
            parts = list(item.children)
            terms = [self._text(part) for part in parts if isinstance(part, nodes.term | nodes.classifier)]
            said = [
                block for part in parts if isinstance(part, nodes.definition) for block in self._inside(part, level)
            ]
            blocks += self._led(" : ".join(terms), said)
        return blocks

    def _fields(self, node: Any, level: int) -> list[str]:
        """Names, or options, each with what is said of it."""
        blocks: list[str] = []
        for field in node.children:
            if isinstance(field, nodes.field | nodes.option_list_item):
                name, *body = field.children
                lead = name.astext() if isinstance(name, nodes.option_group) else self._text(name)
                blocks += self._led(lead, [block for part in body for block in self._inside(part, level)])
            elif isinstance(field, nodes.topic):
                blocks += self._topic(field, level)
            else:
                lines = [self._text(author) for author in field.children if isinstance(author, nodes.Element)]
                blocks += self._led(type(field).__name__.capitalize(), [", ".join(lines) or self._text(field)])
        return blocks

    def _led(self, lead: str, blocks: list[str]) -> list[str]:
        """The blocks behind a name and a colon."""
        if not blocks:
            return rich_text.paragraph(lead)
        if isinstance(blocks[0], rich_text.Verbatim) or _STRUCTURE.match(blocks[0]):
            return [*rich_text.paragraph(f"{lead}:"), *blocks]
        return [*rich_text.paragraph(f"{lead}: {blocks[0]}"), *blocks[1:]]

    def _code(self, node: Any, _level: int) -> list[str]:
        names = [name for name in node.get("classes", []) if name != "code"]
        is_session = isinstance(node, nodes.doctest_block)
        return rich_text.code(node.astext(), node.get("language") or "".join(names[:1]) or ("pycon" * is_session))

    def _lines(self, node: nodes.line_block, depth: int) -> Iterator[str]:
        for child in node.children:
            if isinstance(child, nodes.line_block):
                yield from self._lines(child, depth + 1)
            else:
                yield "  " * depth + self._text(child)

    def _table(self, node: nodes.table, level: int) -> list[str]:
        blocks = [block for title in node.findall(nodes.title) for block in rich_text.paragraph(self._text(title))][:1]
        rows = [
            [Cell(self._inside(cell, level), 1 + cell.get("morecols", 0), 1 + cell.get("morerows", 0)) for cell in row]
            for row in node.findall(nodes.row)
            if _table_of(row) is node
        ]
        return blocks + rich_text.table(rows)

    def _topic(self, node: Any, level: int) -> list[str]:
        """A title that is none of the document's headings, and what is below it."""
        if "contents" in node.get("classes", []):
            return []
        titles = [self._text(child) for child in node.children if isinstance(child, nodes.title | nodes.subtitle)]
        others = [child for child in node.children if not isinstance(child, nodes.title | nodes.subtitle)]
        blocks = [block for child in others for block in self._blocks(child, level)]
        return self._led(" – ".join(titles), blocks) if titles else blocks

    def _footnote(self, node: Any, level: int) -> list[str]:
        """A note that is called goes to the end; other ones, and citations, stay where they are."""
        label = "".join(child.astext() for child in node.children if isinstance(child, nodes.label))
        said = [
            block
            for child in node.children
            if not isinstance(child, nodes.label)
            for block in self._blocks(child, level)
        ]
        called = [name for name in node["ids"] if name in self.notes.unsaid()]
        for name in called[:1]:
            self.notes.say(name, said)
        return [] if called else [f"[{label}] {said[0]}", *said[1:]] if said else []

    def _message(self, node: nodes.system_message, _level: int) -> list[str]:
        """Source that docutils could make nothing of."""
        lost = [child for child in node.children if isinstance(child, nodes.literal_block)]
        return rich_text.code(lost[0].astext()) if lost and node["level"] >= _LOST else []

    def _text(self, node: Any) -> str:
        """The words of a node, in Markdown."""
        return rich_text.inline(self._runs(node, frozenset()))

    def _runs(self, node: Any, around: frozenset[str]) -> Iterator[Run]:
        if isinstance(node, nodes.Text):
            yield Run(" ".join(node.astext().split("\n")), around)
        elif isinstance(node, nodes.footnote_reference):
            yield Run(self.notes.mark(node.get("refid", "")), around)
        elif isinstance(node, nodes.citation_reference):
            yield Run(f"[{node.astext()}]", around)
        elif isinstance(node, nodes.math):
            yield Run(f"${node.astext()}$", around)
        elif isinstance(node, nodes.superscript) and _POWER.fullmatch(node.astext()):
            yield Run(rich_text.raised(node.astext()), around)
        elif not isinstance(node, (*_SKIPPED, nodes.system_message)):
            mark = _MARKS.get(type(node))
            for child in node.children:
                yield from self._runs(child, around | {mark} if mark else around)


def _table_of(row: nodes.Node) -> nodes.Node:
    node: nodes.Node = row
    while not isinstance(node, nodes.table):
        node = node.parent
    return node
