"""Pages of Confluence: answers of its REST API (versions 1 and 2), and the HTML export of a space."""

from pathlib import Path
from typing import Any

from lxml import etree

from loramake.readers import confluence_export, exports
from loramake.readers.answers import mapping, short
from loramake.readers.confluence_page import document_of
from loramake.readers.decoding import decode
from loramake.readers.parsed import Reading, Stream
from loramake.recipe.source import Source

READER = f"confluence (lxml {etree.__version__})"


def read(path: Path, source: Source) -> Reading | Stream:  # noqa: ARG001 - every reader is called alike
    """Read pages, one document each: an exported .html, or JSON in every shape that the API gives.

    Raises SourceError as `exports` and `confluence_export` do. A page that is bad is refused alone: `not_a_page`,
    `no_text`, `bad_json`, `too_deep` or `too_big`.
    """
    if path.suffix.lower() in (".html", ".htm"):
        return Reading(READER, [confluence_export.document_of(decode(path.read_bytes()))])
    return exports.stream(READER, exports.items_of(path, None, "results"), document_of, _name)


def _name(item: Any) -> str:
    return short(mapping(item).get("id"))
