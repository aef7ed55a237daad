"""The HTML of Confluence: rendered bodies, and the pages of an exported space."""

import re

from bs4 import BeautifulSoup, Tag

from loramake.readers import html_blocks
from loramake.readers.parsed import tidy
from loramake.readers.rich_text import Verbatim

_BRUSH = re.compile(r"brush:\s*([\w+#.-]{1,30})")
_PANEL = re.compile(r"confluence-information-macro-(information|note|tip|warning)")
_LABELS = {"information": "Info", "note": "Note", "tip": "Tip", "warning": "Warning"}


def blocks_of(markup: str) -> list[str]:
    """The blocks of a rendered body."""
    return blocks_in(BeautifulSoup(f"<div>{tidy(markup)}</div>", "lxml"))


def blocks_in(tag: Tag) -> list[str]:
    """The blocks in a part of a page, which is changed on the way."""
    for toc in tag.select(".toc-macro"):
        toc.decompose()
    for pre in tag.select("pre[data-syntaxhighlighter-params]"):
        if brush := _BRUSH.search(str(pre["data-syntaxhighlighter-params"])):
            pre["class"] = [f"language-{brush[1].lower()}"]  # type: ignore[assignment]
    for image in tag.select("img.emoticon"):
        image.replace_with(str(image.get("data-emoji-fallback") or image.get("alt") or ""))
    for task in tag.select("ul.inline-task-list > li"):
        task.insert(0, "[x] " if "checked" in (task.get("class") or ()) else "[ ] ")
    for issue in tag.select(".jira-issue[data-jira-key]"):
        if "Getting issue details" in issue.get_text():
            issue.string = str(issue["data-jira-key"])
    for panel in tag.select(".confluence-information-macro"):
        _label(panel)
    return [Verbatim(block) if block.startswith(("```", "| ")) else block for block in html_blocks.blocks_of(tag)]


def _label(panel: Tag) -> None:
    """Say what kind of panel it is, which is an icon."""
    kinds = (_PANEL.fullmatch(name) for name in panel.get("class") or ())
    kind = next((_LABELS[found[1]] for found in kinds if found), "")
    first = panel.select_one("p.title") or panel.select_one(".confluence-information-macro-body > p:first-child")
    panel.name = "blockquote"
    if kind:
        (first or panel).insert(0, f"{kind}: ")
