"""Rich Text (.rtf): paragraphs, lists, tables and notes in their order, with all changes accepted.

Left out are comments, what the margins of pages repeat, hidden text, pictures and tables of contents.
Format: Rich Text Format (RTF) Specification 1.9.1.
"""

from pathlib import Path

from loramake.errors import SourceError
from loramake.readers import marks, packages
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.rtf_document import Document
from loramake.readers.rtf_tokens import tokens
from loramake.recipe.source import Source

READER = "rtf 1"
_HEAD = 64  # bytes in which it must begin
_BEGINNING = b"{\\rtf"


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read an .rtf file. Raises SourceError `empty`, `not_an_rtf` or `no_text`."""
    data = path.read_bytes()
    if not data.strip():
        raise SourceError("empty", "the file has no bytes")
    if _BEGINNING not in data[:_HEAD]:
        raise SourceError(packages.not_a("rtf"), "it does not begin as Rich Text does")
    document = Document()
    for token in tokens(data, data.index(_BEGINNING)):
        document.take(token)
        if document.is_over:
            break
    text = "\n\n".join(document.blocks())
    if not text.strip():
        raise SourceError("no_text", "nothing in the document's body")
    title, author = (" ".join(document.said.get(name, "").split()) or None for name in ("title", "author"))
    meta = {"comments": document.comments} if document.comments else {}
    section = title or marks.first_heading(text)
    return Reading(READER, [Parsed(text, section=section, author=author, date=document.date(), meta=meta)])
