import os
import time
from pathlib import Path

import pytest

from loramake import cache
from loramake.cache import Digests


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose bytes were read."""
    names: list[str] = []
    real = cache.sha256_file
    monkeypatch.setattr(cache, "sha256_file", lambda path: names.append(path.name) or real(path))
    monkeypatch.setattr(cache, "RACY_SECONDS", -1.0)
    return names


def digests(root: Path) -> Digests:
    return Digests(root, root / "digests.json")


def test_an_unchanged_file_is_read_once(tmp_path: Path, hashed: list[str]):
    (tmp_path / "a").write_text("a")
    first = digests(tmp_path)
    value = first.sha256("a")
    first.save()
    assert digests(tmp_path).sha256("a") == value
    assert hashed == ["a"]


def test_an_edit_of_the_same_length_and_time_is_seen(tmp_path: Path, hashed: list[str]):
    (tmp_path / "a").write_text("one")
    before = (tmp_path / "a").stat()
    known = digests(tmp_path)
    value = known.sha256("a")
    time.sleep(0.02)
    (tmp_path / "a").write_text("two")
    os.utime(tmp_path / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert known.sha256("a") != value


def test_a_file_changed_a_moment_ago_is_not_trusted(tmp_path: Path, hashed: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache, "RACY_SECONDS", 60.0)
    (tmp_path / "a").write_text("a")
    known = digests(tmp_path)
    known.sha256("a")
    known.sha256("a")
    assert hashed == ["a", "a"]


def test_a_damaged_memory_is_no_memory(tmp_path: Path):
    (tmp_path / "digests.json").write_text("{half")
    (tmp_path / "a").write_text("a")
    assert len(digests(tmp_path).sha256("a")) == 64
