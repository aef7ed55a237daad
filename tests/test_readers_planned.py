import os
import subprocess

import pytest

from loramake.errors import DataError
from loramake.files import sha256_file
from loramake.readers.planned import check_unchanged, limit_of, most_bytes, size_of
from loramake.recipe.source import ReadingLimit, Source

SOURCE = Source(files=["*"])


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("words")
    return path


def test_a_file_that_is_as_it_was_passes(path):
    check_unchanged(str(path), sha256_file(path), SOURCE)


def remove(path):
    path.unlink()


def change(path):
    path.write_text("other")


def to_pipe(path):
    path.unlink()
    os.mkfifo(path)


def to_folder(path):
    path.unlink()
    path.mkdir()


def to_device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("turn", [remove, change, to_pipe, to_folder, to_device])
@pytest.mark.timeout(20)
def test_any_other_stops_the_build(path, turn):
    content = sha256_file(path)
    turn(path)
    with pytest.raises(DataError, match=r"changed since the build was planned\n.*\n  run the same command again"):
        check_unchanged(str(path), content, SOURCE)


def test_a_repository_never_changes_at_a_commit(tmp_path):
    check_unchanged(str(tmp_path), "0" * 40, Source(git="."))


@pytest.mark.parametrize(("size", "most"), [(0, 2**20), (1000, 2**20), (2**20, 20 * 2**20)])
def test_a_file_may_grow_to_the_limit_or_so_many_times_its_size(size, most):
    assert most_bytes(Source(files=["*"], limit=ReadingLimit(output_mb=1)), size) == most


@pytest.mark.parametrize(("size", "seconds"), [(0, 10), (64 * 2**20, 10), (64 * 2**20 + 1, 20), (2**30, 160)])
def test_a_large_file_has_more_time(size, seconds):
    source = Source(files=["*"], limit=ReadingLimit(seconds=10, pages=7))
    assert limit_of(source, size) == ReadingLimit(seconds=seconds, pages=7)


def test_the_size_of_a_repository_is_that_of_its_objects(tmp_path, path):
    subprocess.run(["git", "init", "-q", tmp_path / "repo"], check=True)
    assert size_of(str(path)) == 5
    assert size_of(str(tmp_path / "gone")) == 0
    assert size_of(str(tmp_path / "repo")) > 0
    (tmp_path / "repo/.git/objects/pack/a.pack").write_bytes(bytes(10**6))
    assert 10**6 < size_of(str(tmp_path / "repo")) < 2 * 10**6
    assert size_of(str(tmp_path)) == 0
