"""MinerU's content lists: one document a file, made of the blocks that it found on the pages.

The format: https://opendatalab.github.io/MinerU/reference/output_files. `content_list.json` is a list of blocks with
their pages; `content_list_v2.json` a list of pages, whose blocks have their fields below `content`, texts in spans.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from loramake.errors import SourceError
from loramake.readers import marks
from loramake.readers.decoding import decode
from loramake.readers.html_blocks import blocks_of
from loramake.readers.json_values import loads
from loramake.readers.parsed import Parsed, Reading, Refused
from loramake.recipe.source import Source
from loramake.records import PAGE_BREAK

READER = "mineru"

Fields = Mapping[str, Any]

_LEFT_OUT = {
    *("header", "footer", "page_number", "page_header", "page_footer", "header_image", "footer_image"),
    *("discarded", "abandon"),  # older names for all of these
}
_TITLES = {"title": 1, "doc_title": 1, "paragraph_title": 2}
_IMAGE_PATHS = ("img_path", "image_path")
_BULLET = re.compile(r"^[•▪◦·]\s*")
_MARKED = re.compile(r"(?:[-*–]|\(?[0-9]{1,3}[.)]|\(?[A-Za-z][.)]|\[[^\]\n]{1,12}\])\s")
_FENCED = re.compile(r"\s*(`{3,})([\w+#.-]*)[^\n]*\n(.*?)\n?\1\s*", re.DOTALL)
_DISPLAYED = re.compile(r"\s*(?:\$\$(.*)\$\$|\\\[(.*)\\\])\s*", re.DOTALL)
_BRACKET, _ESCAPED = re.compile(r"[][]"), r"\\\g<0>"
_NO_LANGUAGES = {"txt", "text", "plaintext", "unknown"}


def read(path: Path, source: Source) -> Reading:
    """Read a content list. A block that is no use is refused alone: `bad_block`, `too_deep` or `too_many_pages`.

    Headers and footers of pages are left out, and counted like all blocks in `blocks`; so is what a model said about a
    picture, other than the data of a chart. Raises SourceError `empty`, `binary`, `bad_json`, `too_deep`, `no_list` or
    `no_text`.
    """
    value = loads(decode(path.read_bytes()))
    if not isinstance(value, list):
        raise SourceError("no_list", "no list of blocks")
    document = _Document(source.limit.pages)
    for number, (page, block) in enumerate(_blocks(value), 1):
        try:
            document.add(page, block)
        except SourceError as error:
            document.refused.append(Refused(f"block {number}", f"{error.reason}: {error.what}"))
        except RecursionError:
            document.refused.append(Refused(f"block {number}", "too_deep: nested too deeply"))
    return Reading(READER, [document.parsed()], document.refused)


def _blocks(value: list[Any]) -> Iterator[tuple[Any, Any]]:
    """The blocks, each with its page from 0."""
    for number, item in enumerate(value):
        if isinstance(item, list):
            yield from ((number, block) for block in item)
        else:
            yield item.get("page_idx") if isinstance(item, Mapping) else None, item


class _Document:
    """The document in the making: blocks of text by page."""

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self._page = 0
        self._pages: dict[int, list[str]] = {}
        self._counts: Counter[str] = Counter()
        self._images: list[str] = []
        self._sections: list[dict[str, Any]] = []
        self.refused: list[Refused] = []

    def add(self, page: Any, block: Any) -> None:
        """Add a block; one without a page stands on that of the block before it.

        Raises SourceError `bad_block` or `too_many_pages`.
        """
        if not isinstance(block, Mapping) or not isinstance(block.get("type", "text"), str):
            raise SourceError("bad_block", "no object with a type")
        if isinstance(page, int) and not isinstance(page, bool) and page >= 0:
            if page >= self._most_pages:
                raise SourceError("too_many_pages", f"page {page + 1}, of {self._most_pages} at most")
            self._page = page
        kind = block.get("type", "text")
        self._counts[kind] += 1
        if kind not in _LEFT_OUT:
            fields = block["content"] if isinstance(block.get("content"), Mapping) else block
            self._render(kind, fields)

    def _render(self, kind: str, fields: Fields) -> None:
        parts = [part.replace(PAGE_BREAK, "\n") for part in _RENDERED.get(kind, _text)(kind, fields)]
        self._pages.setdefault(self._page, []).extend(part for part in parts if part.strip())
        if parts and (level := _level(kind, fields)):
            title = " ".join(_said(_first(fields, *_text_names(kind))).split())
            self._sections.append({"title": title, "level": level, "page": self._page + 1})
        if any(part.startswith("![") for part in parts) and (image := _image_path(fields)):
            self._images.append(image)

    def parsed(self) -> Parsed:
        """The document. Raises SourceError `no_text`."""
        pages = {page: "\n\n".join(parts) for page, parts in self._pages.items() if parts}
        if not pages:
            raise SourceError("no_text", "no block with text")
        first, last = min(pages), max(pages)
        return Parsed(
            PAGE_BREAK.join(pages.get(page, "") for page in range(first, last + 1)),
            page=first + 1,
            section=self._sections[0]["title"] if self._sections else None,
            meta={"blocks": dict(sorted(self._counts.items())), "images": self._images, "sections": self._sections},
        )


def _text(kind: str, fields: Fields) -> list[str]:
    """A heading or a paragraph, and whatever else of an unknown kind can be read."""
    text = "\n".join(line.rstrip() for line in _said(_first(fields, *_text_names(kind))).split("\n")).strip()
    if not text:
        return _picture(kind, fields)
    level = _level(kind, fields)
    return [marks.heading(level, text) if level else marks.plain(text)]


def _text_names(kind: str) -> tuple[str, ...]:
    return ("text", f"{kind}_content", f"{kind}_body", "content")


def _level(kind: str, fields: Fields) -> int:
    """The level of a heading; 0 of anything else."""
    level = fields.get("text_level", fields.get("level"))
    if isinstance(level, int) and (kind in _TITLES or "text_level" in fields):
        return max(0, min(level, 6))
    return _TITLES.get(kind, 0)


def _picture(kind: str, fields: Fields) -> list[str]:
    """An image with its caption, the data of a chart, and the notes below."""
    caption = " ".join(" ".join(_lines(fields, "_caption")).split())
    path = _image_path(fields)
    shown = f"![{_BRACKET.sub(_ESCAPED, caption)}]({path})" if path else marks.plain(caption)
    data = _said(fields.get("content")) if kind == "chart" else ""
    return [shown, *_tabular(data), *map(marks.plain, _lines(fields, "_footnote"))]


def _table(kind: str, fields: Fields) -> list[str]:
    body = _tabular(_said(_first(fields, "table_body", "html", "text")))
    if not body:
        return _picture(kind, fields)
    return [*map(marks.plain, _lines(fields, "_caption")), *body, *map(marks.plain, _lines(fields, "_footnote"))]


def _tabular(text: str) -> list[str]:
    """A table in HTML as a pipe table; text that is none as it stands."""
    if not re.search(r"<t(?:able|r|d|h)\b", text, re.IGNORECASE):
        return [marks.plain(text)] if text.strip() else []
    return blocks_of(BeautifulSoup(text, "lxml"))


def _equation(kind: str, fields: Fields) -> list[str]:
    said = _said(_first(fields, "text", "math_content", "content"))
    found = _DISPLAYED.fullmatch(said)
    latex = (found[1] or found[2] or "" if found else said).strip()
    return [f"$$\n{latex}\n$$"] if latex else _picture(kind, fields)


def _code(kind: str, fields: Fields) -> list[str]:
    said = _said(_first(fields, "code_body", f"{kind}_content", "text"))
    found = _FENCED.fullmatch(said)
    code = "\n".join(line.rstrip() for line in (found[3] if found else said).strip("\n").split("\n"))
    named = _first(fields, "guess_lang", "code_language") or (found[2] if found else "")
    language = named if isinstance(named, str) and re.fullmatch(r"[\w+#.-]{1,20}", named) else ""
    shown = [marks.fenced(code, "" if language in _NO_LANGUAGES else language)] if code.strip() else []
    return [*map(marks.plain, _lines(fields, "_caption")), *shown, *map(marks.plain, _lines(fields, "_footnote"))]


def _list(kind: str, fields: Fields) -> list[str]:
    items = fields.get("list_items")
    if not isinstance(items, list):
        return _text(kind, fields)
    said = (_said(item.get("item_content") if isinstance(item, Mapping) else item).strip() for item in items)
    texts = [_BULLET.sub("- ", text) for text in said if text]
    return ["\n".join(marks.plain(text) if _MARKED.match(text) else f"- {text}" for text in texts)]


def _first(fields: Fields, *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name)), None)


def _lines(fields: Fields, ending: str) -> list[str]:
    """The captions or footnotes of a block, whatever it is."""
    values = [value for name, value in fields.items() if name.endswith(ending)]
    return [said for value in values for item in _itemised(value) if (said := _said(item).strip())]


def _itemised(value: Any) -> list[Any]:
    """One entry a caption: strings are whole ones, spans are parts of one."""
    is_strings = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return value if is_strings else [value]


def _said(value: Any) -> str:
    """What a text, a span or a list of these says."""
    if isinstance(value, list):
        return "".join(map(_said, value))
    if isinstance(value, Mapping):
        said = _said(value.get("content") or value.get("item_content") or "")
        around = {"equation_inline": "$", "code_inline": "`"}.get(str(value.get("type")), "")
        return f"{around}{said.strip() if around else said}{around}" if said.strip() else said
    return value if isinstance(value, str) else ""


def _image_path(fields: Fields) -> str:
    source = fields.get("image_source")
    path = _first(fields, *_IMAGE_PATHS) or (source.get("path") if isinstance(source, Mapping) else "")
    return " ".join(path.split()) if isinstance(path, str) and not path.endswith("/") else ""


_RENDERED: dict[str, Callable[[str, Fields], list[str]]] = {
    **dict.fromkeys(("image", "chart", "seal", "figure"), _picture),
    **dict.fromkeys(("equation", "interline_equation", "equation_interline"), _equation),
    **dict.fromkeys(("code", "algorithm"), _code),
    **dict.fromkeys(("list", "index", "ref_text"), _list),
    "table": _table,
}
