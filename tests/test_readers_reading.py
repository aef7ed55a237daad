import logging

import pytest

from loramake.errors import DataError
from loramake.files import sha256_file
from loramake.readers.archives import Expansion
from loramake.readers.parsed import Parsed, Refused
from loramake.readers.parsing import Job
from loramake.readers.reading import Readings, listed_file
from loramake.recipe.source import ReadingLimit, Source
from zoo.packing import packed

FILES = Source(files=["*"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def file_of(folder, name, content=None, source=FILES, **row):
    if content is not None:
        (folder / name).write_text(content)
    return listed_file("s", source, {"path": name, "sha256": sha256_file(folder / name)} | row, folder / "parsed")


@pytest.mark.parametrize(
    ("row", "source", "kind"),
    [
        ({"path": "a.md", "sha256": "0" * 64}, FILES, Job),
        ({"path": "a.md.gz", "sha256": "0" * 64}, FILES, Job),
        ({"path": "a.zip", "sha256": "0" * 64}, FILES, Expansion),
        ({"path": "a.TAR.gz", "sha256": "0" * 64, "members": "*.md"}, FILES, Expansion),
        ({"path": "a.mp4", "sha256": "0" * 64}, FILES, Refused),
        ({"path": "a.md", "refused": "outside: a link"}, FILES, Refused),
        ({"path": "repo", "commit": "0" * 40}, Source(git="repo"), Job),
        ({"path": "a.bundle", "sha256": "0" * 64}, Source(git="a.bundle"), Job),
    ],
)
def test_a_row_tells_how_its_file_is_read(tmp_path, row, source, kind):
    assert isinstance(listed_file("s", source, row, tmp_path).reading, kind)


def test_a_repository_is_read_at_its_commit(tmp_path):
    file = listed_file("s", Source(git="repo", branch="main"), {"path": "repo", "commit": "1" * 40}, tmp_path)
    assert (file.source.branch, file.reading.source.branch) == ("main", "1" * 40)


def test_files_come_back_in_their_order_with_their_parts(folder):
    packed(folder / "b.zip", {"y.md": b"y", "x.md": b"x", "z.png": b""})
    listed = [file_of(folder, "c.md", "c"), file_of(folder, "b.zip"), file_of(folder, "a.txt", "")]
    readings = Readings()
    readings.read(listed, threads=2)
    found = [(file.path, part) for file in readings.files(listed) for _, part in readings.parts(file)]
    assert [(path, part.text if isinstance(part, Parsed) else part.reason.split(":")[0]) for path, part in found] == [
        ("c.md", "c"),
        ("b.zip/x.md", "x"),
        ("b.zip/y.md", "y"),
        ("b.zip", "unknown_format"),
        ("a.txt", "empty"),
    ]
    assert readings.parsed == 4


def test_what_is_kept_is_not_read_again_and_looked_at_all_the_same(folder):
    listed = [file_of(folder, f"{n}.md", f"words {n}") for n in range(3)]
    Readings().read(listed, threads=1)
    again = Readings()
    again.read(listed, threads=1)
    assert again.parsed == 0
    (folder / "1.md").write_text("other")
    with pytest.raises(DataError, match=r"changed since the build was planned\n  1\.md"):
        Readings().read(listed, threads=1)


def test_so_is_what_nobody_reads_wherever_it_is(folder):
    (folder / "1f2e").write_text("a film")
    film = file_of(folder, "1f2e", path="s3://bucket/film.mp4", local="1f2e")
    Readings().read([film], threads=1)
    (folder / "1f2e").write_text("another film")
    with pytest.raises(DataError, match=r"changed since the build was planned\n  1f2e"):
        Readings().read([film], threads=1)


def test_the_same_bytes_are_read_once_for_each_limit(folder):
    wide = FILES.model_copy(update={"limit": ReadingLimit(pages=5)})
    listed = [
        file_of(folder, name, "words", source) for name, source in (("a.md", FILES), ("b.md", FILES), ("c.md", wide))
    ]
    readings = Readings()
    readings.read(listed, threads=2)
    assert readings.parsed == 2
    assert [part.text for file in readings.files(listed) for _, part in readings.parts(file)] == ["words"] * 3


def test_what_each_file_took_is_in_the_log(folder, caplog):
    caplog.set_level(logging.DEBUG)
    Readings().read([file_of(folder, "a.md", "words")], threads=1)
    assert "a.md: 0." in caplog.text
