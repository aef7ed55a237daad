"""Which reader reads what. A format bears the name of its module."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, cast

from loramake.errors import SourceError
from loramake.readers.parsed import Reading
from loramake.recipe.model import Source


@dataclass(frozen=True)
class Format:
    """A reader, and everything besides a file's bytes that decides what it gives.

    `revision` is bumped by hand when the module here changes what it gives. `libraries` are distributions whose version
    counts, `options` the keys of a source that do.
    """

    name: str
    revision: int
    libraries: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def identity(self, source: Source) -> list[Any]:
        """JSON that changes when the same bytes may be read differently."""
        options = {option: getattr(source, option) for option in self.options}
        return [self.name, self.revision, [_installed(library) for library in self.libraries], options]

    def read(self, path: Path, source: Source) -> Reading:
        """Read a file. Raises SourceError when it gives nothing at all."""
        return cast(Reading, import_module(f"loramake.readers.{self.name}").read(path, source))


PDF = Format("pdf", 1, ("pdfplumber", "pdfminer.six", "pypdfium2"))
DOCX = Format("docx", 1, ("python-docx", "lxml"))
HTML = Format("html", 1, ("beautifulsoup4", "lxml", "chardet"))
MARKDOWN = Format("markdown", 1, ("PyYAML", "chardet"))
TEXT = Format("text", 1, ("chardet",))
RECORDS = Format("records", 1, ("chardet",), ("at", "text", "id", "author", "date"))
GIT = Format("git", 1, (), ("since", "branch"))

FILES = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
    ".rst": TEXT,
}
RECORD_FILES = (".json", ".jsonl", ".ndjson")


def format_of(path: str, source: Source) -> Format:
    """The format of one of a source's files. Raises SourceError `unknown_format`."""
    suffix = PurePosixPath(path).suffix.lower()
    if source.kind == "git":
        return GIT
    if source.kind == "records" and suffix in RECORD_FILES:
        return RECORDS
    if source.kind == "files" and suffix in FILES:
        return FILES[suffix]
    advice = "; use records:" if suffix in RECORD_FILES else "; use files:" if suffix in FILES else ""
    raise SourceError("unknown_format", (suffix or "no suffix") + advice, where=path)


@cache
def _installed(library: str) -> str:
    return f"{library} {version(library)}"
