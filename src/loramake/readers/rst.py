"""reStructuredText, by docutils: nothing that a text asks for is read, run or fetched, and no name is unknown."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docutils
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import directives, roles
from docutils.readers import standalone
from docutils.transforms import frontmatter, references

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.marks import first_heading
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.rst_directives import LEFT_OUT, directive_named
from loramake.readers.rst_roles import role_named
from loramake.readers.rst_tree import text_of
from loramake.recipe.source import Source

READER = f"docutils {docutils.__version__}"
_SETTINGS: dict[str, Any] = {
    "_disable_config": True,
    "input_encoding": "unicode",
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "line_length_limit": 2**31,
    "report_level": 5,
    "halt_level": 6,
    "warning_stream": False,
    "syntax_highlight": "none",
    "language_code": "en",
}
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2})\b")
_ADDRESS = re.compile(r"\s*<[^<>]*>")


class _Reader(standalone.Reader):  # type: ignore[type-arg]  # it takes arguments for mypy alone
    """Finds title, fields and notes. Substitutions are left to the tree: some stand for billions of characters."""

    def get_transforms(self) -> list[Any]:
        """What is done to a tree after it is parsed."""
        return [frontmatter.DocTitle, frontmatter.DocInfo, references.Footnotes]


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read an .rst file; one that is nested too deeply stays as it was written.

    Raises SourceError `empty`, `binary` or `no_text`.
    """
    written = decode(path.read_bytes())
    try:
        document = doctree(written)
        text = text_of(document, budget=len(written))
    except RecursionError:
        return Reading(READER, [Parsed(written, meta={"unparsed": "too_deep"})])
    if not text.strip():
        raise SourceError("no_text", "nothing but comments and directives that give no text")
    return Reading(READER, [_described(document, text)])


def doctree(text: str) -> nodes.document:
    """The tree of a text, as docutils parses it. Raises RecursionError for one that is nested too deeply."""
    with _all_names_known():
        return publish_doctree(text, source_path="", reader=_Reader(), settings_overrides=_SETTINGS)


@contextmanager
def _all_names_known() -> Iterator[None]:
    """Let docutils find a role and a directive for every name, and forget those that a text defines."""
    before = roles.role, directives.directive
    local = dict(roles._roles)  # type: ignore[attr-defined]
    roles.role, directives.directive = role_named, directive_named  # type: ignore[assignment]
    try:
        yield
    finally:
        roles.role, directives.directive = before
        roles._roles.clear()  # type: ignore[attr-defined]
        roles._roles.update(local)  # type: ignore[attr-defined]


def _described(document: nodes.document, text: str) -> Parsed:
    left_out = Counter(str(node[LEFT_OUT]) for node in document.findall(nodes.comment) if LEFT_OUT in node)
    return Parsed(
        text,
        section=first_heading(text),
        author=_author(document),
        date=next(filter(None, map(iso_date, _said(document, nodes.date))), None),
        language=_language(document),
        meta={"left_out": dict(sorted(left_out.items()))} if left_out else {},
    )


def _said(document: nodes.document, kind: type[nodes.Element]) -> list[str]:
    return [" ".join(node.astext().split()) for node in document.findall(kind)]


def _author(document: nodes.document) -> str | None:
    names = (_ADDRESS.sub("", name).strip() for name in _said(document, nodes.author))
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def _language(document: nodes.document) -> str | None:
    for info in document.findall(nodes.docinfo):
        for field in info.findall(nodes.field):
            name, body = field.children[0].astext(), field.children[-1].astext()
            if name.lower() == "language" and (found := _LANGUAGE.match(body)):
                return found[1].lower()
    return None
