"""What the macros of Confluence say, however they are written down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from loramake.readers import confluence_html, rich_text

LABELS = {
    "info": "Info",
    "note": "Note",
    "tip": "Tip",
    "success": "Success",
    "warning": "Warning",
    "error": "Error",
    "panel": "",
    "custom": "",
}
# What these show is made of other pages, or of the headings of this one.
_GENERATED = {
    *("toc", "toc-zone", "anchor", "children", "pagetree", "pagetreesearch", "livesearch", "attachments", "gallery"),
    *("recently-updated", "recently-updated-dashboard", "contentbylabel", "detailssummary", "tasks-report-macro"),
    *("change-history", "contributors", "contributors-summary", "blog-posts", "labels-list", "popular-labels"),
    *("related-labels", "listlabels", "space-attachments", "spaces", "page-index", "create-from-template", "navmap"),
    *("profile-picture", "recently-used-labels", "space-details", "userlister", "favpages", "network", "index"),
}
_CODE = {"code", "code-block", "codeblock", "paste-code-macro", "noformat", "unmigrated-wiki-markup"}
_HTML = {"html", "html-bobswift"}
_INCLUDED = {"include", "excerpt-include", "include-page"}
_FORMULAS = {"mathinline", "mathblock", "latex", "latex-inline", "latex-block", "eazy-math-inline", "easy-math-block"}
_BARE = {"excerpt", "details", "section", "column", "legacy-content"}
_NAMES = ("title", "name", "label", "caption", "diagramName", "diagramDisplayName")
_TEXTS = ("text", "content", "body", "equation", "key", "filename", "url", "")
_ENCODED = re.compile(r"[A-Za-z0-9+/=_%-]{200,}")


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its name and parameters, and its body, which is plain text (`code`) or blocks."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    blocks: list[str] = field(default_factory=list)

    def said(self, *names: str) -> str:
        """The first of the parameters `names` that says anything."""
        return next((said for name in names if (said := self.parameters.get(name, "").strip())), "")


def inline(macro: Macro) -> str | None:
    """The text of a macro that stands within a line; None for one that is a block."""
    if macro.name in _GENERATED:
        return None if macro.blocks or macro.code else ""
    if macro.name == "status":
        return macro.said("title", "")
    if macro.name in ("jira", "jiraissues"):
        query = macro.said("jqlQuery", "url")
        return macro.said("key") or (f"Jira issues: {query}" if query else "")
    if macro.name in _FORMULAS:
        formula = (macro.code or macro.said("body", "equation", "")).strip("$ \n")
        return f"${formula}$" if formula else ""
    return None


def blocks(macro: Macro) -> list[str]:
    """The blocks of a macro. Of one that is not known: its title, its text, and its body."""
    if macro.name in _GENERATED or macro.name in _BARE:
        return _plain(macro) + macro.blocks
    title = macro.said("title")
    if macro.name in _CODE:
        return rich_text.titled(title, rich_text.code(macro.code, macro.said("language", "lang", ""))) + macro.blocks
    if macro.name in LABELS:
        return rich_text.callout(LABELS[macro.name], title, _plain(macro) + macro.blocks)
    if macro.name in _INCLUDED:
        return [*rich_text.paragraph(f"Included: {macro.said('page', 'pageTitle', '')}"), *macro.blocks]
    if macro.name in _HTML:
        return confluence_html.blocks_of(macro.code) + macro.blocks
    if macro.name == "markdown":
        return _plain(macro) + macro.blocks
    return _unknown(macro)


def _plain(macro: Macro) -> list[str]:
    return [rich_text.Verbatim(macro.code.strip())] if macro.code.strip() else []


def _unknown(macro: Macro) -> list[str]:
    texts = [said for name in _TEXTS if (said := macro.said(name)) and not _ENCODED.fullmatch(said)]
    body = "" if _ENCODED.fullmatch(macro.code.strip()) else macro.code
    language = macro.said("language", "lang") or macro.name
    return [
        *rich_text.titled(macro.said(*_NAMES), []),
        *(block for text in texts for block in rich_text.paragraph(text)),
        *rich_text.code(body, language),
        *macro.blocks,
    ]
