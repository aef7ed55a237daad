from pathlib import Path

import pytest

from loramake.errors import DataError, SourceError
from loramake.readers.git import read
from loramake.readers.parsed import Parsed
from loramake.recipe.source import Source
from make_repository import Repository, small_repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return small_repository(tmp_path / "repository")


def commits(path: Path, **options: object) -> list[Parsed]:
    return read(path, Source(git=".", diffs=1000, **options)).whole().parsed


def test_what_the_repository_configures_changes_nothing_and_runs_nothing(repository, tmp_path, monkeypatch):
    expected, proof = commits(repository.folder), tmp_path / "proof"
    for key in ("core.pager", "core.fsmonitor", "diff.external", "gpg.program", "core.sshCommand", "alias.rev-list"):
        repository.git("config", key, f"touch {proof}")
    for key in ("diff.evil.command", "diff.evil.textconv", "filter.evil.smudge", "filter.evil.clean"):
        repository.git("config", key, f"touch {proof}; cat")
    settings = {"log.showSignature": "true", "format.pretty": "oneline", "log.date": "relative", "diff.renames": "copy"}
    settings |= {"diff.noprefix": "true", "diff.context": "9", "core.bare": "true", "core.worktree": "/nowhere"}
    for key, value in settings.items():
        repository.git("--git-dir=.git", "config", key, value)
    (repository.folder / ".gitattributes").write_text("* diff=evil filter=evil\n")
    (repository.folder / ".git/info/attributes").write_text("* diff=evil -text binary\n")
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc"):
        (repository.folder / ".git/hooks" / hook).write_text(f"#!/bin/sh\ntouch {proof}\n")
        (repository.folder / ".git/hooks" / hook).chmod(0o755)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {proof}")
    assert commits(repository.folder) == expected
    assert not proof.exists()


def test_replaced_and_grafted_commits_are_read_as_they_were(repository):
    expected = commits(repository.folder)
    tip, first = (repository.git("rev-parse", name).decode().strip() for name in ("HEAD", "HEAD~1"))
    repository.git("replace", "HEAD", "HEAD~1")
    (repository.folder / ".git/info/grafts").write_text(f"{tip} {first}\n")
    assert commits(repository.folder) == expected


def test_what_is_missing_is_not_fetched(repository, tmp_path):
    proof = tmp_path / "proof"
    repository.git("config", "core.repositoryFormatVersion", "1")
    repository.git("config", "extensions.partialClone", "far")
    repository.git("config", "remote.far.promisor", "true")
    repository.git("config", "remote.far.url", str(repository.folder))
    repository.git("config", "remote.far.uploadpack", f"touch {proof};")
    _remove(repository, "HEAD:a.txt")
    with pytest.raises(DataError, match="cannot read all of it"):
        commits(repository.folder)
    (repository.folder / ".git/refs/heads/main").write_text("f" * 40 + "\n")
    with pytest.raises(DataError, match="no commit 'HEAD'"):
        commits(repository.folder)
    assert not proof.exists()


def _remove(repository: Repository, name: str) -> None:
    object_id = repository.git("rev-parse", name).decode().strip()
    (repository.folder / ".git/objects" / object_id[:2] / object_id[2:]).unlink()


@pytest.mark.parametrize("name", ["HEAD~1", "HEAD^{tree}", "HEAD:a.txt"])
def test_a_damaged_repository_stops_the_build(repository, name):
    _remove(repository, name)
    with pytest.raises(DataError, match="git fsck"):
        commits(repository.folder)


def test_objects_that_another_repository_lends_are_read(repository, tmp_path):
    repository.git("clone", "--quiet", "--shared", ".", str(tmp_path / "borrower"))
    assert commits(tmp_path / "borrower") == commits(repository.folder)


def test_a_submodule_is_not_entered(repository, tmp_path):
    small_repository(tmp_path / "inner")
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(tmp_path / "inner"), "inner")
    repository.commit("Add inner")
    assert "+Subproject commit" in commits(repository.folder)[-1].text


def test_a_repository_is_not_looked_for_in_the_folders_above(repository):
    (repository.folder / "docs").mkdir()
    with pytest.raises(DataError, match="no repository"):
        commits(repository.folder / "docs")


@pytest.mark.parametrize(
    ("make", "options", "reason"),
    [
        (lambda _: b"", {}, "empty"),
        (lambda _: b"no bundle", {}, "not_a_bundle"),
        (lambda whole: whole[:-40], {}, "damaged"),
        (lambda whole: whole, {"branch": "nowhere"}, "no_branch"),
        (lambda whole: whole, {"branch": "--all"}, "no_branch"),
    ],
)
def test_a_bundle_that_gives_nothing_is_refused(repository, tmp_path, make, options, reason):
    bundle = tmp_path / "a.bundle"
    repository.git("bundle", "create", "--quiet", str(bundle), "--all")
    bundle.write_bytes(make(bundle.read_bytes()))
    with pytest.raises(SourceError) as refused:
        commits(bundle, **options)
    assert refused.value.reason == reason


def test_a_bundle_that_builds_on_other_commits_is_refused(repository, tmp_path):
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "main~1..main")
    with pytest.raises(SourceError, match="leaves out"):
        commits(tmp_path / "a.bundle")


def test_a_shallow_clone_stops_the_build(repository, tmp_path):
    repository.git("clone", "--quiet", "--depth=1", repository.folder.as_uri(), str(tmp_path / "shallow"))
    with pytest.raises(DataError, match="unshallow"):
        commits(tmp_path / "shallow")


def test_a_commit_that_is_gone_stops_the_build(repository):
    with pytest.raises(DataError, match="changed since"):
        commits(repository.folder, branch="0" * 40)


def test_a_tag_in_place_of_a_commit_stops_the_build(repository):
    repository.git("tag", "-a", "v1", "-m", "one")
    tag = repository.git("rev-parse", "v1").decode().strip()
    with pytest.raises(DataError, match="changed since"):
        commits(repository.folder, branch=tag)


def test_without_git_the_build_stops(repository, tmp_path, monkeypatch):
    (tmp_path / "a.bundle").write_bytes(b"# v2 git bundle\n")
    monkeypatch.setenv("PATH", "")
    for path in (repository.folder, tmp_path / "a.bundle"):
        with pytest.raises(DataError, match="not installed"):
            commits(path)
