import os
from pathlib import Path

import pytest

from loramake.contents import OutsideError, contents_of, differences, matching_files
from loramake.plan import open_project
from loramake.recipe.source import Source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in ("docs/a.md", "docs/deep/b.pdf", "docs/deep/c.txt", "d.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize(
    ("patterns", "exclude", "found"),
    [
        (["docs/**/*.{md,pdf}"], [], ["docs/a.md", "docs/deep/b.pdf"]),
        (["**/*"], ["docs/deep/**"], ["d.md", "docs/a.md"]),
        (["**/*"], ["**/*.md"], ["docs/deep/b.pdf", "docs/deep/c.txt"]),
        (["docs/*", "docs/a.md"], [], ["docs/a.md"]),
        (["nothing/*"], [], []),
    ],
)
def test_globs_find_files(root: Path, patterns: list[str], exclude: list[str], found: list[str]):
    assert matching_files(open_project(root), patterns, exclude) == found


@pytest.mark.parametrize("pattern", ["../*", "docs/../../secret", "/etc/host*", "out/*"])
def test_nothing_outside_is_found(root: Path, pattern: str):
    (root.parent / "secret").write_text("s")
    (root / "out").symlink_to(root.parent)
    with pytest.raises(OutsideError):
        matching_files(open_project(root), [pattern])


def test_a_link_that_stays_inside_is_followed(root: Path):
    (root / "again").symlink_to("docs")
    assert "again/a.md" in matching_files(open_project(root), ["again/*"])


def test_an_allowed_folder_is_inside(root: Path, monkeypatch: pytest.MonkeyPatch):
    (root.parent / "shared").mkdir()
    (root.parent / "shared/x.md").write_text("x")
    monkeypatch.setenv("LORAMAKE_ALLOW", str(root.parent / "shared"))
    assert matching_files(open_project(root), ["../shared/*"]) == ["../shared/x.md"]


def test_contents_are_paths_and_digests(root: Path):
    rows = contents_of(Source(files=["docs/*.md"]), open_project(root))
    assert [row["path"] for row in rows] == ["docs/a.md"]
    assert len(rows[0]["sha256"]) == 64


def rows(root: Path, *patterns: str, **more: object) -> dict[str, str]:
    """Path -> the reason that a file is refused, "" if it is not."""
    found = contents_of(Source(files=list(patterns), **more), open_project(root))
    return {row["path"]: row.get("refused", "").split(":")[0] for row in found}


def test_what_a_glob_meets_and_nobody_may_read_is_refused_by_name(root: Path):
    (root.parent / "secret.md").write_text("s")
    (root / "docs/out.md").symlink_to(root.parent / "secret.md")
    (root / "docs/gone.md").symlink_to("nowhere.md")
    (root / "docs/up").symlink_to(root.parent)
    (root / "docs/self.md").symlink_to("self.md")
    os.mkfifo(root / "docs/pipe.md")
    assert rows(root, "docs/**/*.md") == {
        "docs/a.md": "",
        "docs/gone.md": "not_a_file",
        "docs/out.md": "outside",
        "docs/pipe.md": "not_a_file",
        "docs/self.md": "not_a_file",
        "docs/up/": "outside",
    }


def test_what_was_not_asked_for_is_not_refused(root: Path):
    (root.parent / "secret.md").write_text("s")
    (root / "docs/out.md").symlink_to(root.parent / "secret.md")
    (root / "up").symlink_to(root.parent)
    assert rows(root, "docs/**/*.txt") == {"docs/deep/c.txt": ""}


def test_a_link_to_a_folder_above_is_no_loop(root: Path):
    (root / "docs/deep/again").symlink_to("..")
    assert set(rows(root, "docs/**")) == {"docs/a.md", "docs/deep/b.pdf", "docs/deep/c.txt"}


def test_two_links_to_each_other_end(root: Path):
    for one, other in (("x", "y"), ("y", "x")):
        (root / "docs" / one).mkdir()
        (root / "docs" / one / "n.md").write_text(one)
        (root / "docs" / one / "to").symlink_to(f"../{other}")
    assert set(rows(root, "docs/x/**")) == {"docs/x/n.md", "docs/x/to/n.md"}


def test_a_name_that_is_no_text_is_refused(root: Path):
    Path(os.fsdecode(os.fsencode(root / "docs") + b"/bad\xff.md")).write_text("x")
    assert rows(root, "docs/*.md") == {"docs/a.md": "", "docs/bad\\xff.md": "bad_name"}


def test_an_archive_is_one_file_and_says_which_members_are_wanted(root: Path):
    (root / "docs/all.zip").write_bytes(b"PK")
    project = open_project(root)
    some = contents_of(Source(files=["docs/*.zip/**/*.md", "docs/all.zip/x.{txt,md}"]), project)
    assert [(row["path"], row["members"]) for row in some] == [("docs/all.zip", "**/*.md\nx.md\nx.txt")]
    whole = contents_of(Source(files=["docs/*.zip/**/*.md", "docs/*.zip"]), project)
    assert [row.get("members") for row in whole] == [None]


def test_a_folder_with_the_name_of_an_archive_is_a_folder(root: Path):
    (root / "old.zip").mkdir()
    (root / "old.zip/a.md").write_text("a")
    assert rows(root, "old.zip/*.md") == {"old.zip/a.md": ""}


def test_a_folder_that_is_no_repository_is_refused(root: Path):
    with pytest.raises(ValueError, match="git finds no repository in 'docs'"):
        contents_of(Source(git="docs"), open_project(root))


@pytest.mark.parametrize(
    ("old", "new", "phrases"),
    [
        ({"a": "1"}, {"a": "2"}, ["edited a"]),
        ({"a": "1"}, {"a": "1", "b": "2"}, ["new b"]),
        ({"a": "1", "b": "2"}, {"a": "1"}, ["removed b"]),
        ({"a": "1"}, {"b": "1"}, ["renamed a -> b"]),
        ({"a": "1"}, {"a": "1", "b": "1"}, ["new b"]),
        ({"a": "1"}, {"a": "1"}, []),
    ],
)
def test_differences_name_files(old: dict[str, str], new: dict[str, str], phrases: list[str]):
    rows = [[{"path": path, "sha256": sha} for path, sha in listing.items()] for listing in (old, new)]
    assert list(differences(*rows)) == phrases
