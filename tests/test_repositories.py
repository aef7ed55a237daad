import os
from pathlib import Path

import pytest

from loramake.contents import OutsideError, contents_of
from loramake.plan import open_project
from loramake.recipe.source import Source
from loramake.repositories import commit_of, environment, places_of
from make_repository import Repository, small_repository


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the repository `history`; beside it the repository `secret`."""
    (tmp_path / "project").mkdir()
    small_repository(tmp_path / "project/history")
    small_repository(tmp_path / "secret")
    return tmp_path / "project"


def planned(root: Path, path: str = "history", branch: str | None = None) -> str:
    return contents_of(Source(git=path, branch=branch), open_project(root))[0]["commit"]


def tip(root: Path, path: str = "history") -> str:
    return (root / path / ".git/refs/heads/main").read_text().strip()


def gitdir(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other/.git").write_text(f"gitdir: {root.parent}/secret/.git\n")


def commondir(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other/HEAD").write_text("ref: refs/heads/main\n")
    (root / "other/commondir").write_text("../../secret/.git")


def alternates(root: Path) -> None:
    small_repository(root / "other")
    (root / "other/.git/objects/info/alternates").write_text("# theirs\n../../../../secret/.git/objects\n")


def quoted_alternates(root: Path) -> None:
    small_repository(root / "other")
    (root / "other/.git/objects/info/alternates").write_text(f'"{root.parent}/\\163ecret/.git/objects"\n')


def alternates_of_alternates(root: Path) -> None:
    alternates(root)
    (root / "other").rename(root / "between")
    small_repository(root / "other")
    (root / "other/.git/objects/info/alternates").write_text("../../../between/.git/objects\n")


def linked(*names: str):
    def link(root: Path) -> None:
        small_repository(root / "other")
        for name in names:
            inside = root / "other/.git" / name
            inside.rename(f"{inside}.old")
            inside.symlink_to(root.parent / "secret/.git" / name)

    return link


def link_to_a_link(root: Path) -> None:
    small_repository(root / "other")
    (root / "other/.git/objects/info/deep").symlink_to(root / "inside")
    (root / "inside").mkdir()
    (root / "inside/pack").symlink_to(root.parent / "secret")


def above(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other/.git").symlink_to("../../secret/.git")


@pytest.mark.parametrize(
    "make",
    [
        gitdir,
        commondir,
        alternates,
        quoted_alternates,
        alternates_of_alternates,
        linked("objects"),
        linked("refs"),
        linked("refs/heads"),
        linked("refs/heads/main"),
        linked("HEAD"),
        linked("objects/pack"),
        link_to_a_link,
        above,
    ],
)
def test_a_repository_that_leads_out_of_the_project_is_refused(root, make):
    make(root)
    with pytest.raises(OutsideError, match="secret"):
        planned(root, "other")


@pytest.mark.parametrize("make", [gitdir, commondir, alternates, quoted_alternates, linked("refs/heads"), above])
def test_a_repository_that_leads_to_an_allowed_folder_is_read(root, make, monkeypatch):
    make(root)
    monkeypatch.setenv("LORAMAKE_ALLOW", str(root.parent / "secret"))
    assert planned(root, "other") == tip(root)


def test_a_project_inside_of_a_repository_does_not_read_it(root):
    small_repository(root.parent / "around")
    (root.parent / "around/project").mkdir()
    with pytest.raises(ValueError, match=r"no repository in '\.'"):
        planned(root.parent / "around/project", ".")


def test_working_trees_and_clones_inside_of_the_project_are_read(root):
    history = Repository.__new__(Repository)
    history.folder, history.day = root / "history", 3
    history.git("worktree", "add", "--quiet", "--detach", "../second", "main")
    history.git("clone", "--quiet", "--shared", ".", "../borrower")
    history.git("clone", "--quiet", "--mirror", ".", "../mirror.git")
    assert {planned(root, path) for path in ("history", "second", "borrower", "mirror.git")} == {tip(root)}


@pytest.mark.parametrize("branch", ["nowhere", "--all", "", "HEAD:a.txt", "main..pumps"])
def test_a_name_that_leads_to_no_commit_is_refused(root, branch):
    with pytest.raises(ValueError, match="finds no commit"):
        commit_of(root / "history", branch)


def test_a_variable_that_git_obeys_leads_nowhere_else(root, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(root.parent / "secret/.git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(root))
    assert planned(root) == tip(root)
    assert not {"GIT_DIR", "GIT_OBJECT_DIRECTORY"} & set(environment())


def test_planning_runs_no_command_of_the_repository(root):
    """A missing commit would be fetched, by a command that stands in the settings."""
    proof = root / "proof"
    with (root / "history/.git/config").open("a") as config:
        config.write("[extensions]\n\tpartialClone = far\n[core]\n\trepositoryFormatVersion = 1\n")
        config.write(f'\tfsmonitor = "touch {proof}"\n[remote "far"]\n\tpromisor = true\n\turl = {root}/history\n')
        config.write(f'\tuploadpack = "touch {proof};"\n\tvcs = "touch {proof};"\n')
    (root / "history/.git/refs/heads/main").write_text("f" * 40 + "\n")
    for branch in ("HEAD", "main~1", ":a.txt", "main@{upstream}"):
        with pytest.raises(ValueError, match="finds no commit"):
            planned(root, branch=branch)
    assert not proof.exists()


@pytest.mark.parametrize("name", ["commondir", "objects/info/alternates", "refs/heads/x", "objects/pack/x.idx"])
def test_a_pipe_that_git_would_wait_for_is_refused(root, name):
    os.mkfifo(root / "history/.git" / name)
    with pytest.raises(ValueError, match="would wait for"):
        planned(root)


def test_links_in_a_circle_end(root):
    (root / "history/.git/objects/info/again").symlink_to("../..")
    (root / "history/.git/objects/info/alternates").write_text(".\n../objects\n")
    assert len(list(places_of(root / "history"))) < 2000


def test_without_git_the_plan_says_so(root, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OSError, match="not installed"):
        planned(root)
