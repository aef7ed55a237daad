import pytest

from loramake.errors import SourceError
from loramake.readers import formats
from loramake.readers.formats import Format, format_of
from loramake.recipe.model import Source

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
        ("a.rst", FILES, "text"),
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
        ("Makefile", FILES, "no suffix"),
    ],
)
def test_a_suffix_that_nobody_knows_is_refused(path, source, advice):
    with pytest.raises(SourceError) as refused:
        format_of(path, source)
    assert (refused.value.reason, refused.value.what) == ("unknown_format", advice)


@pytest.mark.parametrize("format_", [value for value in vars(formats).values() if isinstance(value, Format)])
def test_every_format_has_a_reader_of_its_name(format_, tmp_path):
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    source = {"git": GIT, "records": RECORDS}.get(format_.name, FILES)
    with pytest.raises(SourceError) as refused:
        format_.read(empty, source)
    assert refused.value.reason == "empty"


@pytest.mark.parametrize(
    ("format_", "one", "other", "same"),
    [
        (formats.RECORDS, RECORDS, RECORDS.model_copy(update={"id": "key"}), False),
        (formats.RECORDS, RECORDS, RECORDS.model_copy(update={"licence": "MIT"}), True),
        (formats.GIT, GIT, GIT.model_copy(update={"since": "2024-01-01"}), False),
        (formats.PDF, FILES, Source(files=["other/*"], language="de", on_error="fail"), True),
    ],
)
def test_only_what_decides_the_text_is_part_of_the_identity(format_, one, other, same):
    assert (format_.identity(one) == format_.identity(other)) is same


def test_a_new_revision_is_another_identity():
    assert Format("text", 1).identity(FILES) != Format("text", 2).identity(FILES)
