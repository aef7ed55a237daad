"""The roles of reStructuredText: those of docutils, and the text of every other one, of Sphinx say."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import roles

SPAN = re.compile(r"([cr])span")
_PLAIN = {
    *("emphasis", "strong", "literal", "code", "math", "subscript", "superscript", "title-reference", "title"),
    *("t", "sub", "sup", "acronym", "ac"),
}
_NUMBERED = {
    "pep": "PEP ",
    "pep-reference": "PEP ",
    "rfc": "RFC ",
    "rfc-reference": "RFC ",
    "cve": "CVE-",
    "cwe": "CWE-",
}
_OF_CODE = {
    *("func", "class", "meth", "mod", "data", "attr", "exc", "obj", "const", "type", "file", "samp", "kbd", "command"),
    *("option", "envvar", "program", "macro", "member", "struct", "enum", "union", "var", "token", "keyword", "opcode"),
    *("makevar", "regexp", "mimetype", "cfunc", "cmacro", "ctype", "cdata", "pdbcmd", "path", "code-block"),
}
_TITLED = re.compile(r"(.+?)\s*(?<!\\)<[^<>]*>\s*", re.DOTALL)
_ESCAPED = re.compile(r"\x00(.)?", re.DOTALL)


def role_named(
    name: str,
    language: Any,
    line: int,  # noqa: ARG001 - as docutils calls it
    reporter: Any,  # noqa: ARG001
) -> tuple[Any, list[nodes.system_message]]:
    """The role called `name`, as `docutils.parsers.rst.roles.role` gives it, but there is none that is unknown."""
    key = name.lower()
    if not key:
        return roles._roles.get("", _other), []  # type: ignore[attr-defined]
    if key in roles._roles:  # type: ignore[attr-defined]  # what the text itself defines
        return roles._roles[key], []  # type: ignore[attr-defined]
    if key in _PLAIN:
        known = roles._role_registry.get(language.roles.get(key, key))  # type: ignore[attr-defined]
        return known or _other, []
    return _other, []


def said(text: str) -> str:
    """What a reader sees of a role's text: `title <target>` is its title, `~a.b.c` is `c`, `!x` is `x`."""
    titled = _TITLED.fullmatch(text)
    if titled:
        return titled[1]
    if text.startswith("~") and len(text) > 1:
        return re.split(r"[./]|::", text[1:])[-1] or text[1:]
    return text[1:] if text.startswith("!") and len(text) > 1 else text


def is_code(name: str) -> bool:
    """Whether the text of a role is a name in a program, or something to type."""
    return name in _OF_CODE or ":" in name


def _other(
    name: str,
    raw: str,
    text: str,
    line: int,  # noqa: ARG001 - as docutils calls roles
    inliner: Any,  # noqa: ARG001
    options: Mapping[str, Any] | None = None,  # noqa: ARG001
    content: Sequence[str] | None = None,  # noqa: ARG001
) -> tuple[Sequence[nodes.Node], Sequence[nodes.system_message]]:
    key = name.lower()
    bare = _ESCAPED.sub(lambda found: found[1] or "", text)
    if span := SPAN.fullmatch(key):
        count = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 4 else 0
        return [nodes.inline(raw, "", **{f"{span[1]}span": count})], []
    shown = _NUMBERED.get(key, "") + said(bare)
    if is_code(key) and shown == said(bare) and not _TITLED.fullmatch(bare):
        return [nodes.literal(raw, shown)], []
    return [nodes.inline(raw, shown)], []
