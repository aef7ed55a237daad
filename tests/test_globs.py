import pytest

from loramake.globs import as_regex, depth, expand_braces, literal_head, split_archive


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
    ("pattern", "path", "found"),
    [
        ("*.md", "a.md", True),
        ("*.md", "d/a.md", False),
        ("*.md", ".a.md", False),
        (".*.md", ".a.md", True),
        ("**/*.md", "a.md", True),
        ("**/*.md", "d/e/a.md", True),
        ("**/*.md", "d/.git/a.md", False),
        ("**/*.md", "d/.a.md", False),
        ("d/**", "d/e/a", True),
        ("d/**", "d", False),
        ("d/**", "d/.e/a", False),
        ("d/**/a", "d/a", True),
        (".git/*", ".git/a", True),
        ("?.md", "a.md", True),
        ("?.md", "ab.md", False),
        ("[ab].md", "b.md", True),
        ("[!ab].md", "b.md", False),
        ("[!ab].md", "c.md", True),
        ("[a-c]*.md", "bx.md", True),
        ("a+b (1).md", "a+b (1).md", True),
        ("[", "[", True),
    ],
)
def test_a_glob_finds_what_a_shell_would(pattern: str, path: str, found: bool):
    assert bool(as_regex(pattern).fullmatch(path)) == found


@pytest.mark.parametrize(
    ("pattern", "head", "levels"),
    [
        ("docs/*.md", "docs", 0),
        ("docs/a/b.md", "docs/a", 0),
        ("docs/*/b/*.md", "docs", 2),
        ("*.md", "", 0),
        ("*/a.md", "", 1),
        ("/data/x/*", "/data/x", 0),
        ("/data/*/*", "/data", 1),
        ("docs/**/*.md", "docs", None),
    ],
)
def test_a_glob_says_how_far_to_look(pattern: str, head: str, levels: int | None):
    assert (literal_head(pattern), depth(pattern)) == (head, levels)


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("docs/a.zip/**/*.md", ("docs/a.zip", "**/*.md")),
        ("docs/*.tar.gz/x", ("docs/*.tar.gz", "x")),
        ("docs/a.TGZ/x", ("docs/a.TGZ", "x")),
        ("docs/a.zip", None),
        ("zip/x.md", None),
    ],
)
def test_a_glob_reaches_into_archives(pattern: str, parts: tuple[str, str] | None):
    assert split_archive(pattern) == parts
