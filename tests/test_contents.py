from pathlib import Path

import pytest

from loramake.contents import OutsideError, contents_of, differences, expand_braces, matching_files
from loramake.plan import open_project
from loramake.recipe.model import Source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in ("docs/a.md", "docs/deep/b.pdf", "docs/deep/c.txt", "d.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize(
    ("pattern", "expanded"),
    [
        ("a.md", ["a.md"]),
        ("*.{md,pdf}", ["*.md", "*.pdf"]),
        ("{a,b}/{c,d}", ["a/c", "a/d", "b/c", "b/d"]),
        ("x{,.gz}", ["x", "x.gz"]),
    ],
)
def test_braces_expand(pattern: str, expanded: list[str]):
    assert expand_braces(pattern) == expanded


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


def test_a_folder_that_is_no_repository_is_refused(root: Path):
    with pytest.raises(ValueError, match="git finds no commit 'HEAD' in 'docs'"):
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
