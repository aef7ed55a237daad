"""reStructuredText, by docutils: nothing that a document asks for is read, run or fetched."""

from pathlib import Path
from typing import Any

import docutils
from docutils import nodes
from docutils.core import publish_doctree

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.marks import first_heading
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.rst_blocks import Writer
from loramake.readers.rst_dialect import known_to_docutils
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
    "sectsubtitle_xform": False,
    "language_code": "en",
}


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read an .rst file. Raises SourceError `empty`, `binary` or `no_text`."""
    source_text = decode(path.read_bytes())
    with known_to_docutils(source_text):
        document = publish_doctree(source_text, source_path="", settings_overrides=_SETTINGS)
    text = "\n\n".join(Writer().blocks(document))
    if not text.strip():
        raise SourceError("no_text", "nothing but white space, or what is not shown")
    return Reading(READER, [Parsed(text, section=first_heading(text), author=_author(document), date=_date(document))])


def _author(document: nodes.document) -> str | None:
    names = [
        " ".join(node.astext().split())
        for info in document.findall(nodes.docinfo)
        for node in info.findall(nodes.author)
    ]
    return ", ".join(filter(None, names)) or None


def _date(document: nodes.document) -> str | None:
    said = (node.astext() for info in document.findall(nodes.docinfo) for node in info.findall(nodes.date))
    return next(filter(None, map(iso_date, said)), None)
