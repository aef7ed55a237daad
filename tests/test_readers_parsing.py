import json
from pathlib import Path

import pytest

from loramake.errors import DataError, SourceError
from loramake.files import sha256_file
from loramake.readers import parsing
from loramake.readers.formats import TEXT, Format
from loramake.readers.parsed import Parsed, Reading
from loramake.readers.parsing import Job, check_unchanged, parse
from loramake.recipe.model import Source

SOURCE = Source(files=["*"])


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("words\r\n")
    return Job(str(path), sha256_file(path), TEXT, SOURCE, tmp_path / "parsed")


def reading_with(monkeypatch, work):
    """Let `work` stand in for the reader of every format."""
    monkeypatch.setattr(Format, "read", lambda _self, path, _source: work(path))


def kept(job):
    return Reading.from_json(json.loads(job.target.read_text()))


def test_what_a_reader_gives_is_kept_by_content(job, tmp_path):
    assert parse(job) is None
    assert [parsed.text for parsed in kept(job).parsed] == ["words\n"]
    assert job.target.parent == tmp_path / "parsed" / job.content[:2]
    assert str(tmp_path) not in job.target.read_text()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SourceError("no_text", "a scan"), "no_text: a scan"),
        (RecursionError(), "too_deep: nested too deeply"),
        (KeyError("/Root at 0x7f"), "damaged: KeyError"),
        (AssertionError(), "damaged: AssertionError"),
    ],
)
def test_whatever_a_parser_raises_becomes_a_reason_that_is_kept(job, monkeypatch, error, reason):
    def fail(_path):
        raise error

    reading_with(monkeypatch, fail)
    assert parse(job) is None
    assert [(refused.part, refused.reason) for refused in kept(job).refused] == [("", reason)]


def spin(_path):
    while True:
        try:
            sum(range(10_000))
        except Exception:  # as parsers do
            continue


def exhaust(_path):
    raise MemoryError


@pytest.mark.parametrize(("work", "reason"), [(spin, "timeout"), (exhaust, "out_of_memory")])
def test_what_this_machine_cannot_do_is_not_kept(job, monkeypatch, work, reason):
    monkeypatch.setattr(parsing, "SECONDS", 0.05)
    reading_with(monkeypatch, work)
    assert parse(job).split(":")[0] == reason
    assert not job.target.exists()


def test_the_limit_ends_with_the_file(job, monkeypatch):
    monkeypatch.setattr(parsing, "SECONDS", 0.05)
    assert parse(job) is None
    sum(range(10_000_000))


def test_a_file_that_is_too_big_is_refused(job, monkeypatch):
    monkeypatch.setattr(parsing, "_MOST_BYTES", 3)
    parse(job)
    assert kept(job).refused[0].reason.startswith("too_big")


def test_a_file_that_changes_while_it_is_read_stops_the_build(job, monkeypatch):
    def change(path):
        path.write_text("other words")
        return Reading("text", [Parsed("words")])

    reading_with(monkeypatch, change)
    with pytest.raises(DataError, match="changed since the build was planned"):
        parse(job)
    assert not job.target.exists()


def test_a_file_that_is_gone_has_changed(tmp_path):
    with pytest.raises(DataError, match="run the same command again"):
        check_unchanged(str(tmp_path / "gone.txt"), "0" * 64, SOURCE)


def test_a_repository_never_changes_at_a_commit(tmp_path):
    check_unchanged(str(tmp_path), "0" * 40, Source(git="."))


def test_a_renamed_file_has_its_reading_already(job):
    renamed = Job("elsewhere/other.text", job.content, TEXT, SOURCE, job.parsed)
    assert renamed.target == job.target
    assert Job(job.path, "1" * 64, TEXT, SOURCE, job.parsed).target != job.target
    assert Job(job.path, job.content, Format("text", 99), SOURCE, job.parsed).target != job.target
    assert isinstance(job.target, Path)
