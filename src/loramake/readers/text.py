"""Plain text, as it stands."""

from pathlib import Path

import chardet

from loramake.errors import SourceError
from loramake.readers.decoding import decode
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source

READER = f"text (chardet {chardet.__version__})"


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read a .txt, .text or .log file. Raises SourceError `empty`, `binary` or `no_text`."""
    text = decode(path.read_bytes())
    if not text.strip():
        raise SourceError("no_text", "nothing but white space")
    return Reading(READER, [Parsed(text)])
