import pytest

from loramake.errors import DataError, SourceError
from loramake.readers import formats
from loramake.readers.formats import Format, format_of
from loramake.recipe.source import Source

FILES = Source(files=["*"])
RECORDS = Source(records=["*"], text=["summary"])
GIT = Source(git=".")


@pytest.mark.parametrize(
    ("path", "source", "name"),
    [
        ("a.pdf", FILES, "pdf"),
        ("A.PDF", FILES, "pdf"),
        ("docs/a.docx", FILES, "docx"),
        ("a.htm", FILES, "html"),
        ("a.b.html", FILES, "html"),
        ("README.md", FILES, "markdown"),
        ("a.markdown", FILES, "markdown"),
        ("a.rst", FILES, "rst"),
        ("a.md.gz", FILES, "markdown"),
        ("A.HTML.XZ", FILES, "html"),
        ("a.docm", FILES, "docx"),
        ("a.csv", RECORDS, "tables"),
        ("a.ndjson.zst", RECORDS, "records"),
        ("a.csv", Source(jira=["*"]), "jira"),
        ("a.html", Source(confluence=["*"]), "confluence"),
        ("a_content_list.json", Source(mineru=["*"]), "mineru"),
        ("a.jsonl", RECORDS, "records"),
        ("a.json", RECORDS, "records"),
        ("history.bundle", GIT, "git"),
        (".", GIT, "git"),
    ],
)
def test_a_format_goes_by_the_suffix(path, source, name):
    assert format_of(path, source).name == name


@pytest.mark.parametrize(
    ("path", "source", "advice"),
    [
        ("a.json", FILES, ".json; use records:"),
        ("a.jsonl", FILES, ".jsonl; use records:"),
        ("a.md", RECORDS, ".md; use files:"),
        ("a.xyz", FILES, ".xyz"),
        ("a.xyz.gz", FILES, ".xyz"),
        ("a.gz", FILES, "no suffix"),
        ("Makefile", FILES, "no suffix"),
    ],
)
def test_a_suffix_that_nobody_knows_is_refused(path, source, advice):
    with pytest.raises(SourceError) as refused:
        format_of(path, source)
    assert (refused.value.reason, refused.value.what) == ("unknown_format", advice)


SOURCES = {"git": GIT, "github": Source(github=["*"]), "gitlab": Source(gitlab=["*"]), "jira": Source(jira=["*"])} | {
    "confluence": Source(confluence=["*"]),
    "mineru": Source(mineru=["*"]),
    "records": RECORDS,
    "tables": RECORDS,
}
FORMATS = [value for value in vars(formats).values() if isinstance(value, Format)]


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_format_has_a_reader_of_its_name(format_, tmp_path):
    source = SOURCES.get(format_.name, FILES)
    suffix = next((suffix for suffix, known in formats.BY_KIND.get(source.kind, {}).items() if known == format_), "")
    empty = tmp_path / f"empty{suffix}"
    empty.write_bytes(b"")
    format_.load()
    with pytest.raises(SourceError) as refused:
        list(format_.read(empty, source).parts)
    assert refused.value.reason == "empty"


def test_a_reader_that_cannot_be_loaded_stops_the_build():
    with pytest.raises(DataError, match="the reader 'nobody' cannot be loaded: No module named"):
        Format("nobody", 1).load()


@pytest.mark.parametrize(
    ("format_", "one", "other", "same"),
    [
        (formats.RECORDS, RECORDS, RECORDS.model_copy(update={"id": "key"}), False),
        (formats.RECORDS, RECORDS, RECORDS.model_copy(update={"licence": "MIT"}), True),
        (formats.GIT, GIT, GIT.model_copy(update={"since": "2024-01-01"}), False),
        (formats.PDF, FILES, Source(files=["other/*"], language="de", on_error="fail"), True),
        (formats.PDF, FILES, Source(files=["*"], pdf="fast"), False),
    ],
)
def test_only_what_decides_the_text_is_part_of_the_identity(format_, one, other, same):
    assert (format_.identity(one, ".x") == format_.identity(other, ".x")) is same


def test_a_new_revision_is_another_identity():
    assert Format("text", 1).identity(FILES, ".txt") != Format("text", 2).identity(FILES, ".txt")


@pytest.mark.parametrize(("format_", "same"), [(formats.MARKDOWN, True), (formats.RECORDS, False)])
def test_the_suffix_counts_where_the_reader_looks_at_it(format_, same):
    assert (format_.identity(RECORDS, ".json") == format_.identity(RECORDS, ".jsonl")) is same
