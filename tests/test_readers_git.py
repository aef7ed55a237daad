import os
import subprocess

import pytest

from loramake.errors import DataError, SourceError
from loramake.readers.git import read
from loramake.recipe.model import Source

MERGE = "Merge pull request #7 from ada/pumps\n\nPumps run at night"


class Repository:
    """A repository whose commits have a fixed author and, one day apart, fixed dates."""

    def __init__(self, folder):
        self.folder, self.day = folder, 0
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments, data=None):
        date = f"2024-01-{self.day + 1:02}T10:00:00+0100"
        fixed = {"NAME": "Ada Quill", "EMAIL": "ada@example.org", "DATE": date}
        identity = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in fixed.items()}
        environment = os.environ | identity | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        command = ["git", "-C", self.folder, *arguments]
        return subprocess.run(command, input=data, env=environment, capture_output=True, check=True).stdout

    def commit(self, message, *files):
        self.day += 1
        for file in files:
            path = self.folder / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(message)
        self.git("add", "--all")
        message = message if isinstance(message, bytes) else message.encode()
        self.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--file=-", data=message)
        return self.git("rev-parse", "HEAD").decode().strip()


@pytest.fixture
def repository(tmp_path):
    """Three commits on main, one of them a merge of the branch `pumps`."""
    repository = Repository(tmp_path / "repository")
    repository.commit("Begin\n\nWith a body\nof two lines.", "b.txt", "a.txt")
    repository.git("checkout", "--quiet", "-b", "pumps")
    repository.commit("Oil the pumps (#12)", "pumps/naïve name.txt")
    repository.git("checkout", "--quiet", "main")
    repository.day += 1
    repository.git("merge", "--quiet", "--no-ff", "-m", MERGE, "pumps")
    return repository


def commits(path, **options):
    return read(path, Source(git=".", **options)).parsed


def texts(path, **options):
    return [parsed.text for parsed in commits(path, **options)]


def test_a_commit_becomes_a_document(repository):
    first, second, merge = commits(repository.folder)
    assert first.text == "Begin\n\nWith a body\nof two lines."
    assert (first.author, first.date) == ("Ada Quill", "2024-01-02T10:00:00+01:00")
    assert first.part == first.meta["commit"] == repository.git("rev-parse", "main~1").decode().strip()
    assert (first.meta["merge"], first.meta["files"]) == (False, ["a.txt", "b.txt"])
    assert (second.meta["pull"], second.meta["files"]) == (12, ["pumps/naïve name.txt"])
    assert (merge.text, merge.meta["pull"], merge.meta["merge"], merge.meta["files"]) == (MERGE, 7, True, [])


def test_the_oldest_commit_comes_first(repository):
    assert [text.split("\n")[0] for text in texts(repository.folder)] == [
        "Begin",
        "Oil the pumps (#12)",
        "Merge pull request #7 from ada/pumps",
    ]


def test_working_tree_bare_repository_and_bundle_say_the_same(repository, tmp_path):
    bare, bundle = tmp_path / "bare.git", tmp_path / "history.bundle"
    repository.git("clone", "--quiet", "--bare", ".", str(bare))
    repository.git("bundle", "create", "--quiet", str(bundle), "--all")
    assert commits(repository.folder) == commits(bare) == commits(bundle, branch="main")


def test_a_bundle_of_one_branch_needs_no_name(repository, tmp_path):
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "refs/heads/pumps")
    assert len(commits(tmp_path / "a.bundle")) == 2


@pytest.mark.parametrize("branch", ["pumps", "v1"])
def test_a_branch_or_a_tag_may_be_named(repository, tmp_path, branch):
    repository.git("tag", "-a", "v1", "-m", "one", "pumps")
    repository.git("bundle", "create", "--quiet", str(tmp_path / "a.bundle"), "--all")
    assert len(commits(repository.folder, branch=branch)) == 2
    assert len(commits(tmp_path / "a.bundle", branch=branch)) == 2


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


def test_at_most_fifty_files_are_named(repository):
    repository.commit("Many", *(f"many/{number:03}.txt" for number in range(60)))
    assert commits(repository.folder)[-1].meta["files"] == [f"many/{number:03}.txt" for number in range(50)]


def test_a_message_in_another_encoding_is_still_read(repository):
    repository.git("config", "i18n.commitEncoding", "latin-1")
    repository.commit("Grüße".encode("latin-1"))
    repository.git("config", "i18n.commitEncoding", "x-nobody-knows")
    repository.commit(b"broken \xff byte")
    assert texts(repository.folder)[-2:] == ["Grüße", "broken \ufffd byte"]


def test_a_commit_without_a_message_is_refused_alone(repository):
    empty = repository.commit("")
    reading = read(repository.folder, Source(git="."))
    assert len(reading.parsed) == 3
    assert [(refused.part, refused.reason.split(":")[0]) for refused in reading.refused] == [(empty, "no_text")]


def test_what_the_repository_configures_changes_nothing_and_runs_nothing(repository, tmp_path, monkeypatch):
    expected, proof = commits(repository.folder), tmp_path / "proof"
    for key in ("core.pager", "core.fsmonitor", "diff.external", "gpg.program", "core.sshCommand"):
        repository.git("config", key, f"touch {proof}")
    settings = {"log.showSignature": "true", "format.pretty": "oneline", "log.date": "relative", "diff.renames": "copy"}
    for key, value in settings.items():
        repository.git("config", key, value)
    repository.git("replace", "HEAD", "HEAD~1")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert commits(repository.folder) == expected
    assert not proof.exists()


@pytest.mark.parametrize(
    ("make", "options", "reason"),
    [
        (lambda _: b"", {}, "empty"),
        (lambda _: b"no bundle", {}, "not_a_bundle"),
        (lambda whole: whole[:-40], {}, "damaged"),
        (lambda whole: whole, {"branch": "nowhere"}, "no_branch"),
        (lambda whole: whole, {"branch": "--all"}, "no_branch"),
        (lambda whole: whole, {"since": "2030-01-01"}, "no_commits"),
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


def test_a_commit_that_is_gone_stops_the_build(repository, tmp_path):
    with pytest.raises(DataError, match="changed since"):
        commits(repository.folder, branch="0" * 40)
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="changed since"):
        commits(tmp_path / "folder")


def test_a_since_that_is_no_date_says_how_to_write_it(repository):
    with pytest.raises(DataError, match="2024-01-31"):
        commits(repository.folder, since="last year")


def test_without_git_the_build_stops(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DataError, match="not installed"):
        commits(repository.folder)
