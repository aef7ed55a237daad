import gc
import tempfile
from pathlib import Path

import pytest

from loramake.errors import DataError, SourceError
from loramake.readers.git import read
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source
from make_repository import Repository, make_repository, small_repository

PUMPS = "Pumps run at night\n\nThey are quiet then."
NAME = "pumps/naïve name.txt"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return small_repository(tmp_path / "repository")


def reading(path: Path, **options: object) -> Reading:
    return read(path, Source(git=".", **options)).whole()


def commits(path: Path, **options: object) -> list[Parsed]:
    return reading(path, **options).parsed


def texts(path: Path, **options: object) -> list[str]:
    return [parsed.text for parsed in commits(path, **options)]


def test_a_commit_becomes_a_document(repository):
    first, *_ = commits(repository.folder)
    assert first.text == "Begin\n\nWith a body\nof two lines."
    assert (first.author, first.date) == ("Ada Quill", "2024-01-02T10:00:00+01:00")
    assert first.part == first.meta["commit"] == repository.git("rev-parse", "main~1").decode().strip()
    assert (first.meta["merge"], first.meta["files"], first.meta["changed_files"]) == (False, ["a.txt", "b.txt"], 2)


def test_a_squashed_request_says_its_number_beside_the_text(repository):
    second = commits(repository.folder)[1]
    assert (second.text, second.meta["pull"], second.meta["files"]) == ("Oil the pumps", 12, [NAME])


def test_a_merged_request_is_its_title_and_description_and_has_the_files_that_it_brought(repository):
    merge = commits(repository.folder)[2]
    assert (merge.text, merge.meta["merge"], merge.meta["pull"]) == (PUMPS, True, 7)
    assert (merge.meta["head"], merge.meta["files"]) == ("ada/pumps", [NAME])


def test_any_other_merge_has_no_files_and_no_diff(repository):
    repository.git("checkout", "--quiet", "-b", "more", "main~1")
    repository.commit("More", "more.txt")
    repository.day += 1
    repository.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'main' into more", "main")
    merge = commits(repository.folder, diffs=1000)[-1]
    assert (merge.text, merge.meta["merge"], merge.meta["files"]) == ("Merge branch 'main' into more", True, [])


def test_working_tree_bare_repository_bundle_and_second_working_tree_say_the_same(repository, tmp_path):
    bare, bundle, second = tmp_path / "bare.git", tmp_path / "history.bundle", tmp_path / "second"
    repository.git("clone", "--quiet", "--mirror", ".", str(bare))
    repository.git("bundle", "create", "--quiet", str(bundle), "--all")
    repository.git("worktree", "add", "--quiet", "--detach", str(second), "main")
    expected = commits(repository.folder, diffs=1000)
    assert expected == commits(bare, diffs=1000) == commits(second, diffs=1000)
    assert expected == commits(bundle, branch="main", diffs=1000)


def test_a_repository_of_the_longer_ids_is_read(tmp_path):
    repository = small_repository(tmp_path / "repository", "--object-format=sha256")
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "refs/heads/main")
    assert [len(commit.part) for commit in commits(repository.folder)] == [64, 64, 64]
    assert commits(repository.folder) == commits(tmp_path / "a.bundle")


@pytest.mark.parametrize("branch", ["pumps", "v1"])
def test_a_branch_or_a_tag_may_be_named(repository, tmp_path, branch):
    repository.git("tag", "-a", "v1", "-m", "one", "pumps")
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "--all")
    assert len(commits(repository.folder, branch=branch)) == 2
    assert len(commits(tmp_path / "a.bundle", branch=branch)) == 2


def test_a_bundle_of_one_branch_needs_no_name(repository, tmp_path):
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "refs/heads/pumps")
    assert len(commits(tmp_path / "a.bundle")) == 2


def test_a_commit_stays_what_it_was_when_its_branch_goes_on(repository):
    tip = repository.git("rev-parse", "HEAD").decode().strip()
    repository.commit("Later")
    assert len(commits(repository.folder, branch=tip)) == 3
    assert len(commits(repository.folder)) == 4


@pytest.mark.parametrize(
    ("since", "count"), [("2024-01-02", 3), ("2024-01-03", 2), ("2024-01-04", 1), ("2020-01-01", 3)]
)
def test_commits_since_a_day(repository, since, count):
    assert len(commits(repository.folder, since=since)) == count


def test_at_most_fifty_files_are_named_and_all_are_counted(repository):
    repository.commit("Many", *(f"many/{number:03}.txt" for number in range(60)))
    meta = commits(repository.folder)[-1].meta
    assert (meta["files"], meta["changed_files"]) == ([f"many/{number:03}.txt" for number in range(50)], 60)


def test_a_diff_is_added_on_demand(repository):
    repository.commit("Mend\n", "a.txt")
    mended = commits(repository.folder, diffs=1000)[-1]
    assert mended.text == (
        "Mend\n\n```diff\ndiff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1,4 +1 @@\n-Begin\n-\n"
        "-With a body\n-of two lines.\n\\ No newline at end of file\n+Mend\n```"
    )


def test_the_diff_of_a_merged_request_is_what_it_brought(repository):
    _, squashed, merge = commits(repository.folder, diffs=1000)
    assert squashed.text.removeprefix("Oil the pumps") == merge.text.removeprefix(PUMPS)


def test_a_larger_diff_is_left_out_and_its_size_is_said(repository):
    whole = commits(repository.folder, diffs=1000)[0].text
    size = len(whole.partition("```diff\n")[2].removesuffix("\n```")) + 1
    just, short = commits(repository.folder, diffs=size)[0], commits(repository.folder, diffs=size - 1)[0]
    assert (just.text, "diff" in just.meta) == (whole, False)
    assert (short.text, short.meta["diff"]) == (commits(repository.folder)[0].text, f"left out: {size} characters")


def test_binary_files_are_named_and_renamed_ones_are_not_repeated(repository):
    repository.git("mv", "a.txt", "c.txt")
    (repository.folder / "photo.png").write_bytes(b"\x89PNG\0\1\2")
    repository.commit("Move")
    moved = commits(repository.folder, diffs=1000)[-1]
    assert "rename from a.txt\nrename to c.txt\n" in moved.text
    assert "Binary files /dev/null and b/photo.png differ" in moved.text
    assert moved.meta["files"] == ["a.txt", "c.txt", "photo.png"]


def test_a_diff_with_fences_and_page_breaks_in_it_stays_one_block_on_one_page(repository):
    (repository.folder / "x.md").write_text("```sh\nls\n```\n\f\n````\n")
    repository.commit("Document")
    text = commits(repository.folder, diffs=1000)[-1].text
    assert text.count("\n`````") == 2
    assert "\f" not in text


def test_a_message_in_another_encoding_is_still_read(repository):
    repository.git("config", "i18n.commitEncoding", "latin-1")
    repository.commit("Grüße".encode("latin-1"))
    repository.git("config", "i18n.commitEncoding", "x-nobody-knows")
    repository.commit(b"broken \xff byte")
    assert texts(repository.folder)[-2:] == ["Grüße", "broken ÿ byte"]


def test_a_commit_without_a_message_is_refused_alone(repository):
    empty = repository.commit("")
    refused = reading(repository.folder).refused
    assert len(commits(repository.folder)) == 3
    assert [(one.part, one.reason.split(":")[0]) for one in refused] == [(empty, "no_text")]


def test_a_message_that_is_too_long_is_refused_alone(repository):
    repository.commit(b"Long\n\n" + b"x" * 2**24)
    repository.commit("After")
    assert [refused.reason.split(":")[0] for refused in reading(repository.folder).refused] == ["too_big"]
    assert texts(repository.folder)[-1] == "After"


def test_what_looks_like_a_heading_is_none_but_in_the_description_of_a_request(repository):
    repository.commit("# Title\n\n# a comment")
    repository.commit("Mend (#3)\n\n## Why\n\nIt leaked.")
    assert texts(repository.folder)[-2:] == ["\\# Title\n\n\\# a comment", "Mend\n\n## Why\n\nIt leaked."]


def test_a_since_that_is_no_date_says_how_to_write_it(repository):
    with pytest.raises(DataError, match="2024-01-31"):
        commits(repository.folder, since="last year")


def test_a_since_after_the_last_commit_gives_none(repository):
    with pytest.raises(SourceError, match="none since"):
        read(repository.folder, Source(git=".", since="2030-01-01"))


def test_reading_may_stop_anywhere_and_leaves_nothing_behind(tmp_path, monkeypatch):
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    parts = read(make_repository(tmp_path / "long.git", 200), Source(git=".", diffs=1000)).parts
    assert isinstance(next(parts), Parsed)
    assert list((tmp_path / "temporary").iterdir())
    del parts
    gc.collect()
    assert not list((tmp_path / "temporary").iterdir())
