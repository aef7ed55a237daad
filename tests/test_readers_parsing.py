import gzip
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from loramake.errors import DataError, SourceError
from loramake.files import sha256_file
from loramake.readers.children import Task
from loramake.readers.formats import MARKDOWN, RECORDS, TEXT, Format
from loramake.readers.parsed import Parsed, Reading, Refused, Stream
from loramake.readers.parsing import Job
from loramake.recipe.source import ReadingLimit, Source

SOURCE = Source(files=["*"])


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, "notes.txt", b"words\r\n")


def job_of(folder, name, content, format_=TEXT, source=SOURCE):
    path = folder / name
    path.write_bytes(content)
    (folder / "scratch").mkdir(exist_ok=True)
    return Job(str(path), sha256_file(path), format_, source, folder / "parsed")


def run(job):
    return job.run(job.parsed.parent / "scratch")


def limited(job, **limit):
    return replace(job, source=job.source.model_copy(update={"limit": ReadingLimit(**limit)}))


def reading_with(monkeypatch, work):
    """Let `work` stand in for the reader of every format."""
    monkeypatch.setattr(Format, "read", lambda _self, path, _source: work(path))


def parts(job):
    return [part for _, part in job.parts()]


def test_it_is_a_task(job):
    task: Task = job
    assert (task.is_light, task.limit, task.most_bytes) == (True, ReadingLimit(), 256 * 2**20)


def test_what_a_reader_gives_is_kept_by_content(job, tmp_path):
    assert not job.is_kept()
    assert run(job) is None
    assert job.is_kept()
    assert [part.text for part in parts(job)] == ["words\n"]
    assert job.target.parent == tmp_path / "parsed" / job.content[:2]
    assert str(tmp_path) not in job.target.read_text()
    assert [path.name for path in job.target.parent.iterdir()] == [job.target.name]


def test_a_refusal_is_kept_too(tmp_path):
    job = job_of(tmp_path, "a.txt", b"")
    assert run(job) is None
    assert (job.is_kept(), parts(job)) == (True, [Refused("", "empty: the file has no bytes")])


@pytest.mark.parametrize("reason", ["too_big", "too_many_pages"])
def test_what_a_limit_forbade_is_not_kept(job, monkeypatch, reason):
    def forbid(_path):
        raise SourceError(reason, "more than allowed")

    reading_with(monkeypatch, forbid)
    assert run(job) == f"{reason}: more than allowed"
    assert not job.is_kept()


def test_a_reading_that_breaks_off_gives_nothing(job, monkeypatch):
    def stream(_path):
        yield Parsed("words")
        raise ValueError

    reading_with(monkeypatch, lambda path: Stream("records", stream(path)))
    assert run(job) is None
    assert parts(job) == [Refused("", "damaged: ValueError")]


def test_text_beyond_its_limit_is_too_big(job, monkeypatch):
    reading_with(monkeypatch, lambda _path: Stream("records", (Parsed("words" * 99_999) for _ in range(10**9))))
    assert run(limited(job, output_mb=2)) == "too_big: gives more than 2 MiB of text (limit.output_mb)"
    assert list(job.parsed.rglob("*.*")) == []


def test_parts_that_say_nothing_make_a_file_that_gives_nothing(job, monkeypatch):
    reading_with(monkeypatch, lambda _path: Reading("r", refused=[Refused("1", "no_text: nothing")]))
    run(job)
    assert [part.reason.split(":")[0] for part in parts(job)] == ["no_text", "no_records"]


def test_a_part_without_text_is_refused_whatever_its_reader_thinks(job, monkeypatch):
    reading_with(monkeypatch, lambda _path: Reading("r", [Parsed(" \n", "1"), Parsed("words", "2")]))
    run(job)
    assert [part.part for part in parts(job) if isinstance(part, Refused)] == ["1"]


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Die Fähre legt um sieben Uhr ab, wenn der Wind aus Westen kommt und die Flut es zulässt.", None, "de"),
        ("Die Fähre legt um sieben Uhr ab, wenn der Wind aus Westen kommt und die Flut es zulässt.", "nds", "nds"),
        ("x = 1", None, None),
    ],
)
def test_a_language_that_is_not_declared_is_told_from_the_text(job, monkeypatch, text, declared, language):
    reading_with(monkeypatch, lambda _path: Reading("r", [Parsed(text, language=declared)]))
    run(job)
    assert parts(job)[0].language == language


def test_a_file_that_changes_while_it_is_read_stops_the_build(job, monkeypatch):
    def change(path):
        path.write_text("other words")
        return Reading("text", [Parsed("words")])

    reading_with(monkeypatch, change)
    with pytest.raises(DataError, match="changed since the build was planned"):
        run(job)
    assert not job.is_kept()


def test_so_does_one_that_vanishes(job, monkeypatch):
    reading_with(monkeypatch, lambda path: path.unlink())
    with pytest.raises(DataError, match="changed since the build was planned"):
        run(job)


@pytest.mark.timeout(20)
def test_a_pipe_that_took_its_place_makes_nobody_wait(job):
    Path(job.path).unlink()
    os.mkfifo(job.path)
    with pytest.raises(DataError, match="changed since the build was planned"):
        run(job)


def test_a_compressed_file_is_read_as_what_is_in_it(tmp_path):
    job = job_of(tmp_path, "a.md.gz", gzip.compress(b"# Tides\n"), MARKDOWN)
    assert run(job) is None
    assert [(part.text, part.section) for part in parts(job)] == [("# Tides\n", "Tides")]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_it_grows_no_further_than_its_limit(tmp_path):
    job = job_of(tmp_path, "a.txt.gz", gzip.compress(bytes(3 * 2**20)))
    assert run(limited(job, output_mb=1)) == "too_big: more than 1 MiB when it is unpacked (limit.output_mb)"


def test_the_bytes_may_be_elsewhere(job, tmp_path):
    shutil.move(job.path, tmp_path / "elsewhere")
    job = replace(job, local=str(tmp_path / "elsewhere"))
    assert run(job) is None
    assert parts(job)[0].text == "words\n"


def test_elsewhere_they_have_the_suffix_of_their_format_all_the_same(tmp_path):
    source = Source(records=["*"], text=["t"])
    job = job_of(tmp_path, "a.jsonl", b'{"t": "one"}\n{"t": "two"}\n', RECORDS, source)
    run(replace(job, path="s3://bucket/a.jsonl", local=job.path))
    assert [part.text for part in parts(job)] == ["one", "two"]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"path": "elsewhere/other.text"}, True),
        ({"path": "notes.txt.gz"}, False),
        ({"content": "1" * 64}, False),
        ({"format": Format("text", 99)}, False),
        ({"source": SOURCE.model_copy(update={"licence": "MIT"})}, True),
        ({"local": "/elsewhere"}, True),
    ],
)
def test_a_renamed_file_has_its_reading_already(job, change, same):
    assert (replace(job, **change).target == job.target) is same


def test_where_the_suffix_decides_a_rename_does_too(tmp_path):
    job = job_of(tmp_path, "a.json", b"[]", RECORDS, Source(records=["*"], text=["t"]))
    assert replace(job, path="a.jsonl").target != job.target
    assert replace(job, path="b.json").target == job.target


@pytest.mark.parametrize(
    ("limit", "reason", "kept"),
    [
        ({"seconds": 1, "memory_mb": 64}, "no_text", True),
        ({"pages": 30_000}, "no_text", True),
        ({"pages": 30_000}, "too_many_pages", False),
        ({"output_mb": 255}, "no_text", False),
        ({"output_mb": 300, "pages": 1}, "no_text", False),
    ],
)
def test_a_reading_holds_under_other_limits_where_it_would_be_the_same(job, monkeypatch, limit, reason, kept):
    reading_with(monkeypatch, lambda _path: Reading("r", [Parsed("words")], [Refused("2", f"{reason}: so it is")]))
    run(job)
    assert limited(job, **limit).is_kept() is kept


@pytest.mark.parametrize(("size", "light"), [(10, True), (70_000, False)])
def test_small_texts_are_light(tmp_path, size, light):
    assert job_of(tmp_path, "a.txt", b"x" * size).is_light is light


def test_what_was_half_written_is_removed(job, tmp_path):
    partial = job.target.with_name(f".{job.target.name}.scratch")
    partial.parent.mkdir(parents=True)
    partial.touch()
    job.clean(tmp_path / "scratch")
    assert not partial.exists()


def test_the_first_line_says_who_read_it_and_under_which_limits(job):
    run(job)
    head = json.loads(job.target.read_text().splitlines()[0])
    assert head == {"reader": next(job.parts())[0], "limit": [20_000, 256]}
