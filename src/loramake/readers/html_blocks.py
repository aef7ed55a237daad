"""The blocks of an HTML tree, in order: paragraphs, headings, list items, pipe tables and fenced code."""

import re
from collections.abc import Callable, Iterator, Sequence

from bs4 import Tag
from bs4.element import CData, NavigableString

from loramake.readers import marks

_LEFT_OUT = {
    *("nav", "footer", "aside", "script", "style", "noscript", "template", "head", "title", "dialog"),
    *("form", "button", "input", "select", "textarea", "datalist"),
    *("iframe", "object", "embed", "canvas", "svg", "audio", "video", "map", "annotation", "annotation-xml"),
}
_LEFT_OUT_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"}
_LEFT_OUT_CLASSES = {"headerlink", "linenos", "navheader", "navfooter", "breadcrumb", "breadcrumbs", "sphinxsidebar"}
_ASIDES = re.compile(
    r"(?:doc-)?(?:foot|end)-?notes?(?:-list)?|admonition|callout|note|tip|warning|caution|important|topic"
)
_CONTENTS = re.compile(r"(?:doc-|mini-|local-)?toc|table-?of-?contents|(?:short)?contents", re.I)
_POWER = re.compile(r"[-−+]?\d+")
_MOSTLY = 0.6  # of the characters in a table of contents stand in links
_PERMALINKS = {"¶", "§", "#", "🔗", "⚓"}
_BLOCKS = {
    *("html", "body", "main", "article", "section", "header", "hgroup", "address", "div", "center", "p", "hr"),
    *("figure", "figcaption", "details", "summary", "fieldset", "legend", "option", "dir", "li", "dl", "dt", "dd"),
    *("caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PAGE_IN_A_FORM = ["main", "article", "h1"]  # some frameworks wrap a whole page into one form
_NOT_IN_A_TABLE = ["table", "pre", *_HEADINGS]
_BREAK = "\v"
_NO_LANGUAGES = {"default", "none", "text", "plaintext", "console-output"}
_LANGUAGE = re.compile(r"(?:language|lang|highlight|brush)-([\w+#.-]{1,20})")
_MOST_COLUMNS = 200


def blocks_of(tag: Tag) -> list[str]:
    """The blocks inside `tag`; a block is one or more lines of text, and never empty."""
    walker = _Walker()
    walker.walk(tag)
    walker.flush()
    return walker.blocks


class _Walker:
    """Collects blocks: inline text gathers in `line` until a block begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.line: list[str] = []

    def flush(self) -> None:
        text = marks.plain(_collapsed("".join(self.line)))
        self.line.clear()
        if text:
            self.blocks.append(text)

    def walk(self, tag: Tag) -> None:
        for child in tag.children:
            if type(child) is NavigableString or type(child) is CData:
                self.line.append(child)
            elif isinstance(child, Tag) and not _is_left_out(child):
                self._tag(child)

    def _tag(self, tag: Tag) -> None:
        name = tag.name
        if name == "br":
            self.line.append(_BREAK)
        elif name == "sup":
            raises = _POWER.fullmatch(tag.get_text().strip()) and "".join(self.line)[-1:].strip()
            self.line.append("^" if raises else "")
            self.walk(tag)
        elif render := _RENDERED.get(name):
            self.flush()
            self.blocks.extend(render(tag))
        elif name in _BLOCKS:
            self.flush()
            self.walk(tag)
            self.flush()
        else:
            self.walk(tag)


def _collapsed(raw: str) -> str:
    lines = (" ".join(line.split()) for line in raw.split(_BREAK))
    return "\n".join(lines).strip("\n")


def _is_left_out(tag: Tag) -> bool:
    if tag.name in _LEFT_OUT:
        return not (_holds_a_page(tag) if tag.name == "form" else tag.name == "aside" and _is_named(tag, _ASIDES))
    attributes = tag.attrs
    if not attributes:
        return False
    if attributes.get("role") in _LEFT_OUT_ROLES or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if tag.name == "a":
        return not _LEFT_OUT_CLASSES.isdisjoint(_classes(tag)) or tag.get_text().strip() in _PERMALINKS
    return not _LEFT_OUT_CLASSES.isdisjoint(_classes(tag)) or (_is_named(tag, _CONTENTS) and _repeats_the_page(tag))


def _holds_a_page(form: Tag) -> bool:
    return form.find(_PAGE_IN_A_FORM) is not None


def _classes(tag: Tag) -> Sequence[str]:
    return tag.attrs.get("class") or ()


def _is_named(tag: Tag, pattern: re.Pattern[str]) -> bool:
    """Whether its class, id or role says what it is."""
    names = (*_classes(tag), tag.attrs.get("id"), tag.attrs.get("role"))
    return any(pattern.fullmatch(name) for name in names if isinstance(name, str))


def _repeats_the_page(contents: Tag) -> bool:
    """Whether a table of contents lists what is on one page, its own: then its words stand there as headings."""
    links = contents.find_all("a", href=True)
    pages = {str(link["href"]).partition("#")[::2] for link in links}
    linked = sum(len(link.get_text()) for link in links)
    one_page = len({page for page, _ in pages}) == 1 and all(place for _, place in pages)
    return one_page and linked >= _MOSTLY * len(contents.get_text())


def _heading(tag: Tag) -> Iterator[str]:
    if text := " ".join(blocks_of(tag)):
        yield marks.heading(_HEADINGS[tag.name], text)


def _header(tag: Tag) -> Iterator[str]:
    """The headings of an article's own header; the page's header is left out."""
    if tag.find_parent(["main", "article"]):
        for found in tag.find_all(list(_HEADINGS)):
            yield from _heading(found)


def _code(tag: Tag) -> Iterator[str]:
    for br in tag.find_all("br"):
        br.replace_with("\n")
    strings = (string for string in tag.find_all(string=True) if not _in_linenos(string, tag))
    code = "".join(strings).replace("\r\n", "\n").strip("\n")
    if code.strip():
        yield marks.fenced(code, _language(tag))


def _in_linenos(string: NavigableString, pre: Tag) -> bool:
    parent = string.parent
    return parent is not None and parent is not pre and "linenos" in (parent.get("class") or ())


def _language(pre: Tag) -> str:
    """The language that classes of <pre>, of its <code> or of the boxes around it name; "" when they name none."""
    around = [parent for _, parent in zip(range(2), pre.parents, strict=False)]
    for tag in (pre, pre.find("code"), *around):
        for name in (tag.get("class") or ()) if isinstance(tag, Tag) else ():
            if (found := _LANGUAGE.fullmatch(name)) and found[1] not in _NO_LANGUAGES:
                return found[1]
    return ""


def _list(tag: Tag) -> list[str]:
    """One block of marked items; code and tables in an item stand as blocks of their own."""
    out: list[str] = []
    number = 0
    for item in tag.find_all(True, recursive=False):
        number += item.name == "li"
        marker = f"{number}. " if tag.name == "ol" else "- "
        lead = marker if item.name == "li" else " " * len(marker)
        for block in [] if _is_left_out(item) else _item(item):
            if _is_verbatim(block):
                out.append(block)
                continue
            lines = _indented(block, lead, " " * len(marker))
            lead = " " * len(marker)
            if out and not _is_verbatim(out[-1]):
                out[-1] += "\n" + lines
            else:
                out.append(lines)
    return out


def _item(tag: Tag) -> list[str]:
    """The blocks of a list item; of a list, say, that stands where an item should."""
    render = _RENDERED.get(tag.name)
    return list(render(tag)) if render else blocks_of(tag)


def _is_verbatim(block: str) -> bool:
    return block.startswith(("```", "| "))


def _indented(block: str, first: str, rest: str) -> str:
    return first + block.replace("\n", "\n" + rest)


def _quote(tag: Tag) -> list[str]:
    return [block if _is_verbatim(block) else _indented(block, "> ", "> ") for block in blocks_of(tag)]


def _table(tag: Tag) -> Iterator[str]:
    """A table of data as a pipe table; one that only lays out the page as the blocks of its cells."""
    rows = [row for row in tag.find_all("tr") if not _is_left_out(row)]
    if len(rows) < 2 or tag.get("role") == "presentation" or tag.find(_NOT_IN_A_TABLE):
        yield from blocks_of(tag)
        return
    for caption in tag.find_all("caption", limit=1):
        yield from blocks_of(caption)
    if table := marks.pipe_table(_grid(rows)):
        yield table


def _grid(rows: list[Tag]) -> Iterator[list[str]]:
    """The cells row by row; the places that a merged cell covers, other than its first, are empty."""
    covered: dict[int, int] = {}  # column -> rows that a cell from above still covers
    for row in rows:
        cells: list[str] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            while covered.get(len(cells)):
                covered[len(cells)] -= 1
                cells.append("")
            width = min(_span(cell, "colspan"), _MOST_COLUMNS)
            covered.update(dict.fromkeys(range(len(cells), len(cells) + width), _span(cell, "rowspan") - 1))
            cells += [" ".join(blocks_of(cell)), *[""] * (width - 1)]
        for column in range(len(cells), max(covered, default=-1) + 1):
            covered[column] = max(0, covered.get(column, 0) - 1)
        yield cells


def _span(cell: Tag, name: str) -> int:
    written = str(cell.get(name) or "1")
    return max(1, int(written)) if written.isdecimal() and len(written) < 6 else 1


_RENDERED: dict[str, Callable[[Tag], list[str] | Iterator[str]]] = {
    **dict.fromkeys(_HEADINGS, _heading),
    "header": _header,
    "pre": _code,
    "ul": _list,
    "ol": _list,
    "menu": _list,
    "blockquote": _quote,
    "table": _table,
}
