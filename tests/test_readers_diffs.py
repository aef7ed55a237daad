import pytest

from loramake.readers.diffs import block, files_of, hunk_at, joined, last_line, tail, without_ids

HUNKS = "@@ -1,3 +1,3 @@ head\n a\n-b\n+c\n d\n\\ No newline\n@@ -10 +10,2 @@\n e\n+f\ndiff --git a/x b/x\n q"


@pytest.mark.parametrize(
    ("diff", "most", "shown"),
    [
        ("@@ -1 +1 @@\n-a\n+b\n", 17, ("```diff\n@@ -1 +1 @@\n-a\n+b\n```", "")),
        ("@@ -1 +1 @@\r\n-a\r\n+b\r\n", 17, ("```diff\n@@ -1 +1 @@\n-a\n+b\n```", "")),
        ("@@ -1 +1 @@\n-a\n+b\n", 16, ("", "left out: 17 characters")),
        ("", 10, ("", "")),
        ("+```\n", 10, ("````diff\n+```\n````", "")),
    ],
)
def test_a_diff_is_a_block_or_its_size(diff, most, shown):
    assert block(diff, most) == shown


def test_ids_of_files_are_left_out_and_nothing_that_looks_like_them():
    lines = ["diff --git a/x b/x\n", "index 1..2 100644\n", "@@ -1 +1 @@\n", "-index 1..2\n", "index", " 1..2\n"]
    assert "".join(without_ids(lines)) == "diff --git a/x b/x\n@@ -1 +1 @@\n-index 1..2\nindex 1..2\n"
    assert "".join(without_ids(["+long ", "index 1..2"])) == "+long index 1..2"


@pytest.mark.parametrize(
    ("diff", "files"),
    [
        ("--- a/x.txt\n+++ b/x.txt\n@@ -1 +1 @@\n--- a/y\n", ["x.txt"]),
        ("--- /dev/null\n+++ b/new name.txt\n", ["new name.txt"]),
        ("rename from a b\nrename to c\n", ["a b", "c"]),
        ("Binary files /dev/null and b/p.png differ\n", ["p.png"]),
        ("Binary files a/p.png and b/p.png differ", ["p.png"]),
        ("nothing", []),
    ],
)
def test_the_files_of_a_diff_are_named(diff, files):
    assert files_of(diff) == files


@pytest.mark.parametrize(
    ("most", "shown"),
    [(100, "@@ -1 +1 @@\n-a\n+b"), (17, "@@ -1 +1 @@\n-a\n+b"), (16, "-a\n+b"), (5, "-a\n+b"), (4, "+b"), (1, "")],
)
def test_the_end_of_a_hunk_is_shown(most, shown):
    assert tail("@@ -1 +1 @@\n-a\n+b\n", most) == (f"```diff\n{shown}\n```" if shown else "")


@pytest.mark.parametrize(
    ("old", "new", "end"),
    [(None, 1, " a"), (2, None, "-b"), (2, 2, "+c"), (3, 3, " d"), (10, 10, " e"), (None, 11, "+f")],
)
def test_a_hunk_is_found_by_the_number_of_a_line(old, new, end):
    hunk = hunk_at(HUNKS, old, new)
    assert hunk.endswith(f"\n{end}")
    assert hunk.startswith("@@ -10" if (new or old) >= 10 else "@@ -1,")


@pytest.mark.parametrize(("old", "new"), [(None, 12), (99, None), (None, None), (None, 0)])
def test_a_line_that_is_in_no_hunk_has_none(old, new):
    assert hunk_at(HUNKS, old, new) == ""


@pytest.mark.parametrize(
    ("hunk", "number"),
    [("@@ -1,3 +5,3 @@\n a\n+b", 6), ("@@ -1,3 +5,3 @@\n a\n-b", 2), ("", None), ("@@ -1 +1 @@", None)],
)
def test_the_last_line_of_a_hunk_has_a_number(hunk, number):
    assert last_line(hunk) == number


def test_files_that_are_listed_with_their_diffs_are_one_diff():
    files = [
        {"filename": "new.txt", "status": "added", "patch": "@@ -0,0 +1 @@\n+a"},
        {"old_path": "gone.txt", "new_path": "gone.txt", "deleted_file": True, "diff": "@@ -1 +0,0 @@\n-a\n"},
        {"filename": None, "patch": "@@ -1 +1 @@"},
        {"filename": "p.png", "status": "modified"},
    ]
    assert joined(files) == (
        "diff --git a/new.txt b/new.txt\n--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+a\n"
        "diff --git a/gone.txt b/gone.txt\n--- a/gone.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
        "diff --git a/p.png b/p.png"
    )
