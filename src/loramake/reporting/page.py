"""The page about a build: one file of HTML that asks nothing of a network, and works without scripts."""

import base64
import hashlib
import re
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from loramake.reporting import figures
from loramake.reporting.lineage import came_about
from loramake.reporting.results import MODELS, passage
from loramake.reporting.story import Story

# What HTML may not hold (control characters, lone surrogates), and what turns the reading order round (bidi marks).
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
FILTERS = ("count", "duration", "number", "percent", "percent_short", "plural", "size")


def environment(*, escape: bool) -> Environment:
    """The templates of this package; an unknown name in one is an error."""
    templates = Environment(
        loader=PackageLoader("loramake.reporting", "."),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update({name: getattr(figures, name) for name in FILTERS}, came_about=came_about, passage=passage)
    return templates


def clean_text(text: str) -> str:
    """`text` with what a page cannot or should not hold replaced by U+FFFD; a form feed (a page break) is a space."""
    return UNFIT.sub("\ufffd", text.replace("\f", " "))


def make_page(story: Story) -> str:
    """The page, as HTML. The style is allowed by its digest; nothing else, from anywhere, is."""
    templates = environment(escape=True)
    style = templates.get_template("page.css.jinja").render()
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    values: dict[str, Any] = {"story": story, "style": style, "allowed": allowed, "MODELS": MODELS}
    return clean_text(templates.get_template("page.html.jinja").render(values))
