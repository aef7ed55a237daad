"""The roles and directives that reStructuredText has by way of Sphinx and others, as far as they say something.

A name that nobody knows here keeps its text. What would read other files, run code or ask the clock gives nothing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en
from docutils.utils import unescape

_ROLE = re.compile(r":((?:(?!\d|_)\w[\w.+:-]*?)):`|`:((?:(?!\d|_)\w[\w.+:-]*?)):")
_DIRECTIVE = re.compile(r"^[ \t>*#.\-|\w]*\.\.[ ]+(?:\|[^|\n]{1,200}\|[ ]+)?((?!\d|_)\w[\w.+:-]*?)[ ]?::", re.MULTILINE)
_TITLED = re.compile(r"(?P<title>.*?)\s*<(?P<target>[^<>]*)>", re.DOTALL)
_CODE_ROLES = {
    *(
        "func",
        "meth",
        "class",
        "mod",
        "attr",
        "data",
        "const",
        "exc",
        "obj",
        "type",
        "macro",
        "member",
        "var",
        "struct",
    ),
    *("option", "envvar", "file", "samp", "command", "program", "opcode", "keyword", "token", "mimetype", "makevar"),
    *("regexp", "enum", "enumerator", "union", "expr", "texpr", "any", "setting", "dir", "doctest", "manpage"),
}
_CALLED = {"func", "meth"}
_STYLE_NAMES = re.compile(r"[a-z][a-z0-9-]*(?:[ ][a-z][a-z0-9-]*)*")
_VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
    "deprecated-removed": "Deprecated since version",
}
_LEADS = {"seealso": "See also", "todo": "To do"}
_OBJECTS = {
    *("function", "method", "staticmethod", "classmethod", "coroutinefunction", "decorator", "data", "attribute"),
    *("exception", "opcode", "describe", "object", "option", "cmdoption", "envvar", "confval", "property", "setting"),
    *(
        "variable",
        "macro",
        "type",
        "struct",
        "enum",
        "enumerator",
        "union",
        "member",
        "awaitablefunction",
        "pdbcommand",
    ),
    *("coroutinemethod", "abstractmethod", "awaitablemethod", "decoratormethod", "directive", "role", "django-admin"),
}
_DOMAINS = {"c", "cpp", "py", "js", "rst", "std", "rust", "go", "rb", "java", "http", "mat", "cmake"}


class _AnyOption(dict[str, Any]):
    """Every option, with whatever it says."""

    def __bool__(self) -> bool:
        return True

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


class _Lenient(Directive):
    """Takes any arguments, options and content."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption()

    @property
    def argument(self) -> str:
        return str(self.arguments[0]).strip() if self.arguments else ""

    def inside(self) -> list[nodes.Node]:
        """The content's nodes; sections in it stay sections."""
        node = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, node, match_titles=False)
        return list(node.children)

    def said(self, text: str) -> list[nodes.Node]:
        """A paragraph of the text, with the marks that are in it."""
        inline, messages = self.state.inline_text(text, self.lineno)
        return [nodes.paragraph(text, "", *inline), *messages] if text else []


class _Silent(_Lenient):
    """Says nothing."""

    def run(self) -> list[nodes.Node]:
        return []


class _Image(_Lenient):
    """A picture, which may stand for a substitution."""

    def run(self) -> list[nodes.Node]:
        return [nodes.image(self.block_text, uri="")]


class _Content(_Lenient):
    """Says what its content does."""

    def run(self) -> list[nodes.Node]:
        return self.inside()


class _Titled(_Lenient):
    """Says its argument, then its content."""

    def run(self) -> list[nodes.Node]:
        return self.said(self.argument) + self.inside()


class _Object(_Lenient):
    """Describes a function, an option or the like: its signatures, then its content."""

    def run(self) -> list[nodes.Node]:
        lines = (line.strip().removesuffix("\\") for line in self.argument.splitlines())
        signatures = [nodes.paragraph("", "", nodes.literal(line, line)) for line in lines if line]
        return [*signatures, *self.inside()]


class _Class(_Object):
    """Docutils' directive about style, or Sphinx's about classes."""

    def run(self) -> list[nodes.Node]:
        return self.inside() if _STYLE_NAMES.fullmatch(self.argument) else super().run()


class _Version(_Lenient):
    """Says since when."""

    def run(self) -> list[nodes.Node]:
        version, _, text = self.argument.partition(" ")
        lead = f"{_VERSIONS[self.name.lower()]} {version}".strip()
        said, inside = self.said(text.strip()), self.inside()
        first = next((node for node in (said or inside)[:1] if isinstance(node, nodes.paragraph)), None)
        if first is None:
            return [*self.said(f"{lead}."), *said, *inside]
        first.insert(0, nodes.Text(f"{lead}: "))
        return said + inside


class _Lead(_Lenient):
    """An admonition under a name of its own."""

    def run(self) -> list[nodes.Node]:
        title = nodes.title("", _LEADS[self.name.lower()])
        return [nodes.admonition(self.block_text, title, *self.said(self.argument), *self.inside())]


class _Code(_Lenient):
    """A listing, whose language may be the argument."""

    is_language = True

    def run(self) -> list[nodes.Node]:
        first, _, more = self.argument.partition("\n")
        lines = [*more.splitlines(), *([""] if more and self.content else []), *self.content]
        if not self.is_language:
            lines = [*filter(None, [first]), *lines]
        code = "\n".join(lines).strip("\n")
        listing = nodes.literal_block(code, code)
        if self.is_language:
            listing["language"] = first.strip() or self.options.get("language", "")
        return [*self.said(self.options.get("caption", "")), *([listing] if code.strip() else [])]


class _Shell(_Code):
    """A listing whose argument is no language, or not of use as one."""

    is_language = False


class _Math(_Lenient):
    """An equation."""

    def run(self) -> list[nodes.Node]:
        text = "\n\n".join(filter(None, [self.argument, "\n".join(self.content).strip("\n")]))
        return [nodes.math_block(text, text)] if text else []


_DIRECTIVES: dict[str, type[Directive]] = {
    **dict.fromkeys(("code", "code-block", "sourcecode", "highlight-block", "jupyter-execute", "ipython"), _Code),
    **dict.fromkeys(("doctest", "testcode", "testoutput", "productionlist", "prompt", "parsed-code"), _Shell),
    **dict.fromkeys(("graphviz", "digraph", "graph", "mermaid", "uml", "plantuml", "command-output"), _Shell),
    "math": _Math,
    **dict.fromkeys(
        ("toctree", "contents", "include", "literalinclude", "raw", "index", "module", "highlight"), _Silent
    ),
    **dict.fromkeys(("currentmodule", "py:module", "py:currentmodule", "default-domain", "tabularcolumns"), _Silent),
    **dict.fromkeys(("sectnum", "section-numbering", "meta", "date", "header", "footer", "namespace"), _Silent),
    **dict.fromkeys(("autosummary", "automodule", "autoclass", "autofunction", "automethod", "autodata"), _Silent),
    **dict.fromkeys(("autoattribute", "autoexception", "kernel-doc", "kernel-include", "testsetup"), _Silent),
    **dict.fromkeys(("testcleanup", "program", "c:namespace", "cpp:namespace", "sectionauthor"), _Silent),
    **dict.fromkeys(("codeauthor", "moduleauthor", "bibliography", "plot", "video", "youtube", "role-define"), _Silent),
    **dict.fromkeys(("only", "ifconfig", "container", "compound", "tabs", "tab-set", "grid", "hlist"), _Content),
    **dict.fromkeys(
        ("figure", "kernel-figure", "glossary", "cssclass", "rst-class", "literal-block-wrapper"), _Content
    ),
    **dict.fromkeys(("image", "kernel-image"), _Image),
    **dict.fromkeys(_VERSIONS, _Version),
    **dict.fromkeys(_LEADS, _Lead),
    **dict.fromkeys(_OBJECTS, _Object),
    "class": _Class,
}


@contextmanager
def known_to_docutils(text: str) -> Iterator[None]:
    """Let docutils know every role and directive in `text`, and forget them afterwards."""
    before = dict(roles._roles), dict(directives._directives)  # type: ignore[attr-defined]
    try:
        for found in _ROLE.finditer(text):
            name = (found[1] or found[2]).lower()
            if name not in en.roles and name not in roles._role_registry:  # type: ignore[attr-defined]
                roles.register_local_role(name, _role)
        for found in _DIRECTIVE.finditer(text):
            name = found[1].lower()
            if made := _directive(name):
                directives.register_directive(name, made)
        yield
    finally:
        for registry, content in zip((roles._roles, directives._directives), before, strict=True):  # type: ignore[attr-defined]
            registry.clear()
            registry.update(content)


def _directive(name: str) -> type[Directive] | None:
    """Ours, for a name; None for those that docutils reads well."""
    if name in _DIRECTIVES:
        return _DIRECTIVES[name]
    if name.split(":")[0] in _DOMAINS and ":" in name:
        return _Object
    return None if name in en.directives else _Titled


def _role(
    name: str, rawtext: str, text: str, _line: int, _inliner: Any, _options: Any = None, _content: Any = None
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """What Sphinx would show: the title in `title <target>`, the last name of `~package.name`."""
    said = unescape(text)
    kind = name.lower().rpartition(":")[2]
    if found := _TITLED.fullmatch(said):
        said = found["title"] or found["target"]
    else:
        said = said.removeprefix("!")
        said = said[1:].rpartition(".")[2] if said.startswith("~") else said
        if kind in _CALLED and said and not said.endswith(")"):
            said += "()"
    node = nodes.literal if kind in _CODE_ROLES else nodes.inline
    return [node(rawtext, said)], []
