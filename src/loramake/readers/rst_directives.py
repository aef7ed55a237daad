"""The directives of reStructuredText: those of docutils, and the text of every other one, of Sphinx say."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

LEFT_OUT = "left-out"
ENTITIES = "entities"
_EMPTY = {
    *("highlight", "highlightlang", "default-domain", "currentmodule", "py:currentmodule", "index", "tabularcolumns"),
    *(
        "class",
        "rst-class",
        "cssclass",
        "contents",
        "sectnum",
        "target-notes",
        "date",
        "meta",
        "restructuredtext-test-directive",
    ),
    *("js:module", "c:namespace", "cpp:namespace", "c:namespace-push", "c:namespace-pop", "testsetup", "testcleanup"),
}
_ELSEWHERE = {"include", "literalinclude", "toctree", "raw", "kernel-include", "bibliography"}
_CODE = {
    *("code", "code-block", "sourcecode", "prompt", "testcode", "testoutput", "doctest", "productionlist", "ipython"),
    *(
        "graphviz",
        "digraph",
        "graph",
        "mermaid",
        "plantuml",
        "uml",
        "blockdiag",
        "kernel-render",
        "parsed-code",
        "jinja",
    ),
    *("highlight-code", "cli", "ditaa", "seqdiag", "tikz", "command-output", "console"),
}
_NAMED_AS = {"ipython", "mermaid", "plantuml", "graphviz", "console", "productionlist", "doctest"}
_CHANGED = {
    "versionadded": "Added in version",
    "version-added": "Added in version",
    "versionchanged": "Changed in version",
    "version-changed": "Changed in version",
    "deprecated": "Deprecated since version",
    "version-deprecated": "Deprecated since version",
    "versionremoved": "Removed in version",
    "deprecated-removed": "Deprecated since version",
}
_ADMONITIONS = {"seealso": "See also", "todo": "Todo", "impl-detail": "Implementation detail", "versionnote": "Note"}
_BOXES = {"only", "ifconfig", "container", "hlist", "glossary", "centered-box", "tab-set", "tabs", "grid", "cssbox"}
_OBJECTS = {
    *("function", "class", "method", "classmethod", "staticmethod", "attribute", "data", "exception", "module"),
    *(
        "decorator",
        "decoratormethod",
        "property",
        "cfunction",
        "ctype",
        "cmacro",
        "cvar",
        "cmember",
        "describe",
        "object",
    ),
    *(
        "option",
        "cmdoption",
        "envvar",
        "confval",
        "opcode",
        "pdbcommand",
        "program",
        "coroutinefunction",
        "abstractmethod",
    ),
    *(
        "awaitablefunction",
        "awaitablemethod",
        "coroutinemethod",
        "2to3fixer",
        "setting",
        "templatetag",
        "templatefilter",
    ),
    *("autoclass", "autofunction", "automodule", "automethod", "autodata", "autoexception", "autoattribute"),
}
_IMAGES = {"kernel-image": "image", "kernel-figure": "figure", "thumbnail": "figure", "carbonimage": "image"}
_TABLES = {"list-table", "flat-table"}
_OF_DOCUTILS = re.compile(r"<(?:iso|xhtml1-)\w[\w-]*\.txt>")
_OPTION = re.compile(r":[A-Za-z][\w -]*:(?: |$)")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_AUTHORS = {"sectionauthor", "codeauthor", "moduleauthor"}


def directive_named(name: str, language: Any, document: Any) -> tuple[type[Directive], list[nodes.system_message]]:  # noqa: ARG001
    """The directive called `name`, as `docutils.parsers.rst.directives.directive` gives it, but none is unknown."""
    key = name.lower()
    found = _ours(key)
    if found:
        return found, []
    known = directives._directive_registry.get(language.directives.get(_IMAGES.get(key, key), ""))  # type: ignore[attr-defined]
    return (_tolerant(*known) if known else Other), []


def _ours(key: str) -> type[Directive] | None:
    kinds: list[tuple[Any, type[Directive]]] = [
        (_EMPTY if key != "class" else (), Nothing),
        (_ELSEWHERE, Elsewhere),
        (_CODE, Code),
        (_CHANGED, Changed),
        (_ADMONITIONS, Admonition),
        (_TABLES, ListTable),
        (_BOXES, Box),
        (_AUTHORS, Author),
        (_OBJECTS, Signed),
    ]
    own = next((kind for names, kind in kinds if key in names), None)
    return own or (Signed if ":" in key else None)


class _Options(dict[str, Any]):
    """The options of a directive, and any other one besides, whose value nobody looks at."""

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


@cache
def _tolerant(module: str, name: str) -> type[Directive]:
    """A directive of docutils that takes options that it does not know, and reads no file."""
    kind: type[Directive] = getattr(import_module(f"docutils.parsers.rst.directives.{module}"), name)

    class Tolerant(kind):  # type: ignore[misc,valid-type]
        options: dict[str, Any]
        option_spec: ClassVar[Any] = _Options(
            {"alt": directives.unchanged} if module == "images" else kind.option_spec or {"name": directives.unchanged}
        )

        def run(self) -> list[nodes.Node]:
            """The nodes that it stands for."""
            if module == "tables" and {"file", "url"} & set(self.options):
                return _left_out(self.name)
            if module == "images":
                self.options = {name: text for name, text in self.options.items() if name == "alt"}
            found: list[nodes.Node] = super().run()
            return found

    return Tolerant


def _left_out(name: str) -> list[nodes.Node]:
    return [nodes.comment("", "", **{LEFT_OUT: name.lower()})]


class Other(Directive):
    """A directive that docutils does not know: its argument and its content are text."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        argument, content = self.split()
        return [*self.paragraphs(argument), *self.nested(content)]

    def split(self) -> tuple[list[str], int]:
        """The lines of the argument, and the number of the content's first line; options are dropped."""
        lines = [str(line) for line in self.content]
        if not self._has_argument():
            return [], _after_options(lines, 0)
        end = next((n for n, line in enumerate(lines) if not line.strip() or _OPTION.match(line)), len(lines))
        return lines[:end], _after_options(lines, end)

    def _has_argument(self) -> bool:
        first = self.block_text.split("\n", 1)[0]
        return bool(first.partition(self.name)[2].lstrip().removeprefix("::").strip())

    def caption(self) -> list[str]:
        """What the option `caption` says."""
        return [line.removeprefix(":caption:") for line in map(str, self.content[:9]) if line.startswith(":caption:")][
            :1
        ]

    def nested(self, start: int) -> list[nodes.Node]:
        """The content from line `start`, parsed."""
        box = nodes.container()
        self.state.nested_parse(self.content[start:], self.content_offset + start, box)
        return list(box.children)

    def paragraphs(self, lines: list[str]) -> list[nodes.Node]:
        """The argument as a paragraph."""
        if not lines:
            return []
        found, messages = self.state.inline_text(" ".join(line.strip() for line in lines), self.lineno)
        return [nodes.paragraph("", "", *found), *messages]


def _after_options(lines: list[str], start: int) -> int:
    """The number of the first line of the content: options end with an empty line."""
    if start < len(lines) and _OPTION.match(lines[start]):
        return next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    return start


class Nothing(Other):
    """A directive that says how a page looks."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        return []


class Elsewhere(Other):
    """A directive that stands for another file, or for the markup of one writer."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        if self.name.lower() == "include" and _OF_DOCUTILS.fullmatch(" ".join(self.split()[0])):
            return [nodes.comment("", "", **{ENTITIES: True})]
        return _left_out(self.name)


class Box(Other):
    """A directive whose content alone is text."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        return self.nested(self.split()[1])


class Author(Other):
    """Who wrote a section, for `Parsed.author`."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        name = re.sub(r"\s*<[^>]*>", "", " ".join(self.split()[0]))
        return [nodes.author("", name, classes=["unseen"])]


class Code(Other):
    """Code in the language that the argument names."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        argument, start = self.split()
        lines = [str(line) for line in self.content[start:]]
        language = argument[0].strip() if len(argument) == 1 and _LANGUAGE.fullmatch(argument[0].strip()) else ""
        if argument and (not language or self.name.lower() not in ("code", "code-block", "sourcecode")):
            lines, language = [*argument, *lines] if self.name.lower() not in ("prompt",) else lines, ""
        text = "\n".join(lines).strip("\n")
        name = self.name.lower()
        return [
            *self.paragraphs(self.caption()),
            nodes.literal_block(text, text, language=language or (name if name in _NAMED_AS else "")),
        ]


class Changed(Other):
    """Since which version something is so."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        argument, start = self.split()
        version, _, rest = " ".join(line.strip() for line in argument).partition(" ")
        found, messages = self.state.inline_text(rest, self.lineno)
        first = nodes.paragraph("", "", *found)
        label = f"{_CHANGED[self.name.lower()]} {version}".strip()
        return [_box(label, [*([first] if rest else []), *self.nested(start)]), *messages]


class Admonition(Other):
    """A box with a title of its own."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        return [_box(_ADMONITIONS[self.name.lower()], super().run())]


def _box(label: str, children: list[nodes.Node]) -> nodes.Node:
    return nodes.admonition("", *children, label=label)


class Signed(Other):
    """The description of a function, say: its signatures, one a line, and what is said of it."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        argument, start = self.split()
        signatures = [line.strip() for line in "\n".join(argument).replace("\\\n", " ").split("\n") if line.strip()]
        shown = [nodes.paragraph("", "", nodes.literal(line, " ".join(line.split()))) for line in signatures]
        return [*shown, *self.nested(start)]


class ListTable(Other):
    """A list of rows, each of which is a list of cells."""

    def run(self) -> list[nodes.Node]:
        """The nodes that it stands for."""
        argument, start = self.split()
        content = self.nested(start)
        lists = [node for node in content if isinstance(node, nodes.bullet_list)]
        if len(lists) != 1 or not all(_is_row(item) for item in lists[0].children):
            return [*self.paragraphs(argument), *content]
        body = nodes.tbody("", *(nodes.row("", *_entries(item)) for item in lists[0].children))
        titles = [nodes.title("", "", *paragraph.children) for paragraph in self.paragraphs(argument)[:1]]
        table = nodes.table("", *titles, nodes.tgroup("", body))
        return [table if node is lists[0] else node for node in content]


def _is_row(item: nodes.Node) -> bool:
    cells = [
        node for node in item.children if not isinstance(node, nodes.comment | nodes.target | nodes.system_message)
    ]
    return len(cells) == 1 and isinstance(cells[0], nodes.bullet_list)


def _entries(item: nodes.Node) -> Iterator[nodes.entry]:
    row = next(node for node in item.children if isinstance(node, nodes.bullet_list))
    for cell in row.children:
        spans = {
            name: int(node[name]) for node in cell.findall(nodes.inline) for name in ("cspan", "rspan") if name in node
        }
        yield nodes.entry("", *cell.children, morecols=spans.get("cspan", 0), morerows=spans.get("rspan", 0))
