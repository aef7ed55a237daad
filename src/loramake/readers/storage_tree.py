"""Confluence's storage format -> a tree of elements.

It is XML without a root, with HTML's names for characters and the undeclared prefixes `ac` and `ri`. What is no XML is
read as a browser would: its text is never lost, if not always where it should be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5

from lxml import etree

from loramake.errors import SourceError

DEEPEST = 100  # elements inside one another; people nest two dozen

_MOST_PREFIXES = 50
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
_REFERENCE = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,40});)?", re.DOTALL)
_KEPT = {"lt", "gt", "amp", "quot", "apos"}
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]{0,30}):[A-Za-z_]")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_CLOSED = re.compile(r"<([a-zA-Z_][\w.-]*+:[\w.-]++)((?:[^<>\"'/]|/(?!>)|\"[^\"<]*+\"|'[^'<]*+')*+)/>")
_STRAY = re.compile(r"<(?![A-Za-z/!?])")


@dataclass(slots=True)
class Element:
    """An element: `name` and the names of `attributes` have their prefix, as in `ac:link`."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    @property
    def elements(self) -> Iterator["Element"]:
        """The elements right below."""
        return (child for child in self.children if isinstance(child, Element))

    def below(self) -> Iterator["Element | str"]:
        """Everything below, in order."""
        left: list[Element | str] = list(reversed(self.children))
        while left:
            child = left.pop()
            yield child
            if isinstance(child, Element):
                left.extend(reversed(child.children))

    def text(self) -> str:
        """All text below, as it stands."""
        return "".join(child for child in self.below() if isinstance(child, str))


def tree_of(markup: str) -> Element:
    """The root of a tree that `markup` stands in. Raises SourceError `too_deep`."""
    markup = _NO_XML.sub("", markup)
    if declaration := _DECLARATION.match(markup):
        markup = markup[declaration.end() :]
    markup = _REFERENCE.sub(_character, markup)
    others = sorted(set(_PREFIX.findall(markup)) - {"ac", "ri", "xml", "xmlns"})
    prefixes = ["ac", "ri", *others[:_MOST_PREFIXES]]
    names = "".join(f' xmlns:{prefix}="urn:{prefix}"' for prefix in prefixes)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(f"<root{names}>{markup}</root>".encode(), parser)
    except etree.XMLSyntaxError as error:
        if "Excessive depth" in str(error):
            raise _too_deep() from None
        root = _as_a_browser(markup)
    return _copied(root)


def _too_deep() -> SourceError:
    return SourceError("too_deep", f"more than {DEEPEST} elements inside one another")


def _character(found: re.Match[str]) -> str:
    """The character that is referred to; what refers to none is text. CDATA has no references."""
    if found[1]:
        return found[1]
    name = found[2] or ""
    if name in _KEPT:
        return found[0]
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        said = _NO_XML.sub("", chr(number)) if 0 < number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else ""
    else:
        said = html5.get(f"{name};", found[0])
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _as_a_browser(markup: str) -> etree._Element:
    """The tree of what is no XML."""
    markup = _CDATA.sub(lambda found: found[1].replace("&", "&amp;").replace("<", "&lt;"), markup)
    markup = _STRAY.sub("&lt;", _CLOSED.sub(r"<\1\2></\1>", markup))
    parser = etree.HTMLParser(no_network=True, huge_tree=True, encoding="utf-8")
    return etree.fromstring(f"<html><body><div>{markup}</div></body></html>".encode(), parser)


def _copied(root: etree._Element) -> Element:
    """The tree without namespaces, comments and instructions."""
    top = Element("root")
    stack = [top]
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            given = {_name(name, node): value for name, value in node.attrib.items()}
            element = Element(_name(node.tag, node), given)
            stack[-1].children.append(element)
            stack.append(element)
            if len(stack) > DEEPEST:
                raise _too_deep()
            _add(element, node.text)
        else:
            if event == "end":
                stack.pop()
            _add(stack[-1], node.tail)
    return top


def _add(element: Element, text: str | None) -> None:
    if text:
        element.children.append(text)


def _name(name: str, node: etree._Element) -> str:
    """`{urn:ac}link` as `ac:link`; and so with any other address that `ac` has been given."""
    address, _, local = name.rpartition("}")
    if not address:
        return name
    prefix = next((prefix for prefix, known in node.nsmap.items() if known == address[1:]), None)
    return f"{prefix}:{local}" if prefix else local
