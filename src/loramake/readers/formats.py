"""Which reader reads what. A format bears the name of its module."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, cast

from loramake.errors import DataError, SourceError
from loramake.readers.compressed import compression_of
from loramake.readers.parsed import Reading, Stream
from loramake.recipe.source import Source

_LANGUAGES = "py3langid"  # tells the language of documents that do not say it
_SPECIMEN = "Words enough to make it load all that it needs."


@dataclass(frozen=True)
class Format:
    """A reader, and everything besides a file's bytes that decides what it gives.

    `revision` is bumped by hand when the module here changes what it gives. `libraries` are distributions whose version
    counts, `options` the keys of a source that do; `by_suffix` says that the suffix does.
    """

    name: str
    revision: int
    libraries: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    by_suffix: bool = False

    def identity(self, source: Source, suffix: str) -> list[Any]:
        """JSON that changes when the same bytes, in a file of this suffix, may be read differently."""
        options = {option: getattr(source, option) for option in self.options}
        libraries = [_installed(library) for library in (*self.libraries, _LANGUAGES)]
        return [self.name, self.revision, libraries, options, suffix if self.by_suffix else ""]

    def load(self) -> None:
        """Import the reader, and what tells its languages. Raises DataError if a package of theirs is not there."""
        _load(self.name)

    def read(self, path: Path, source: Source) -> Reading | Stream:
        """Read a file. Raises SourceError when it gives nothing at all."""
        return cast(Reading | Stream, import_module(f"loramake.readers.{self.name}").read(path, source))


PDF = Format("pdf", 2, ("pdfplumber", "pdfminer.six", "pypdfium2", "pypdf"), ("pdf",))
DOCX = Format("docx", 2, ("lxml",))
PPTX = Format("pptx", 1, ("python-pptx", "lxml"))
XLSX = Format("xlsx", 1, ("openpyxl", "lxml"))
EPUB = Format("epub", 1, ("beautifulsoup4", "lxml", "chardet"))
RTF = Format("rtf", 1)
ODT = Format("odt", 1, ("lxml",))
HTML = Format("html", 2, ("beautifulsoup4", "lxml", "chardet"))
MARKDOWN = Format("markdown", 2, ("PyYAML", "chardet"))
RST = Format("rst", 1, ("docutils", "chardet"))
TEXT = Format("text", 2, ("chardet",))
MAIL = Format("mail", 1, ("beautifulsoup4", "lxml", "chardet"), by_suffix=True)
_RECORD_KEYS = ("at", "text", "id", "author", "date", "conversations")
RECORDS = Format("records", 2, ("chardet",), _RECORD_KEYS, by_suffix=True)
TABLES = Format("tables", 1, ("pyarrow", "chardet"), _RECORD_KEYS, by_suffix=True)
GIT = Format("git", 2, ("chardet",), ("since", "branch", "diffs"))
GITHUB = Format("github", 1, ("chardet",), ("at", "text", "diffs"), by_suffix=True)
GITLAB = Format("gitlab", 1, ("chardet",), ("at", "text", "diffs"), by_suffix=True)
JIRA = Format("jira", 1, ("beautifulsoup4", "chardet", "lxml"), ("at", "text"), by_suffix=True)
CONFLUENCE = Format("confluence", 1, ("beautifulsoup4", "lxml", "chardet"), by_suffix=True)
MINERU = Format("mineru", 1, ("beautifulsoup4", "lxml", "chardet"))

# Small files of these are read several in one process, because as good as all of them are harmless.
LIGHT = {
    format_.name for format_ in (TEXT, MARKDOWN, RST, HTML, MAIL, RECORDS, GITHUB, GITLAB, JIRA, CONFLUENCE, MINERU)
}

DOCUMENTS = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
    ".epub": EPUB,
    ".rtf": RTF,
    ".odt": ODT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".rst": RST,
    ".txt": TEXT,
    ".text": TEXT,
    ".log": TEXT,
    ".eml": MAIL,
    ".mbox": MAIL,
}
_JSON = (".json", ".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".parquet", ".arrow")
BY_KIND: dict[str, dict[str, Format]] = {
    "files": DOCUMENTS,
    "records": {**dict.fromkeys(_JSON, RECORDS), **dict.fromkeys(_TABLES, TABLES)},
    "github": dict.fromkeys(_JSON, GITHUB),
    "gitlab": dict.fromkeys(_JSON, GITLAB),
    "jira": dict.fromkeys((*_JSON, ".csv"), JIRA),
    "confluence": dict.fromkeys((*_JSON, ".html"), CONFLUENCE),
    "mineru": {".json": MINERU},
}


def format_of(path: str, source: Source) -> Format:
    """The format of one of a source's files, whether it is compressed or not. Raises SourceError `unknown_format`."""
    if source.kind == "git":
        return GIT
    suffix = suffix_of(path)
    known = BY_KIND[source.kind]
    if suffix in known:
        return known[suffix]
    others = [kind for kind in ("files", "records") if suffix in BY_KIND[kind]]
    raise SourceError(
        "unknown_format", (suffix or "no suffix") + "".join(f"; use {kind}:" for kind in others), where=path
    )


def suffix_of(path: str) -> str:
    """The suffix that tells the format: `.jsonl` of `a.jsonl.gz`."""
    return PurePosixPath(path.lower().removesuffix(compression_of(path))).suffix


@cache
def _load(name: str) -> None:
    try:
        import_module(f"loramake.readers.{name}")
        import_module("loramake.readers.language").language_of(_SPECIMEN)
    except ImportError as error:
        what = f"the reader '{name}' cannot be loaded: {error}"
        raise DataError(what, hint="install loramake again, with all that it needs") from error


@cache
def _installed(library: str) -> str:
    return f"{library} {version(library)}"
