import signal
import subprocess
import threading
from pathlib import Path

import psutil
import pytest

from live_server import KEY, Fault, Fetcher, LiveServer, shows_key
from live_services import GitHost, GitHub
from loramake.errors import FetchError
from loramake.plan import compile_recipe, open_project


class Origin:
    """A repository over there, and a clone to work in."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.work = folder / "hosted/acme/pumps.git", folder / "work"
        self.bare.parent.mkdir(parents=True)
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=trunk", str(self.bare))
        self.git(folder, "clone", "--quiet", str(self.bare), str(self.work))
        self.commit("first")
        self.git(self.work, "push", "--quiet", "origin", "HEAD:refs/heads/old", "HEAD:refs/tags/v1")

    def git(self, folder: Path, *arguments: str) -> str:
        user = ["-c", "user.name=Ada Quill", "-c", "user.email=ada@example.com"]
        command = ["git", "-C", str(folder), *user, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, words: str) -> str:
        self.git(self.work, "commit", "--quiet", "--allow-empty", "-m", words)
        self.git(self.work, "push", "--quiet", "origin", "HEAD:trunk")
        return self.git(self.work, "rev-parse", "HEAD")


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    monkeypatch.setenv("LIVE_KEY", KEY)
    (tmp_path / "project").mkdir()
    return Origin(tmp_path)


@pytest.fixture
def server(origin: Origin, tmp_path: Path):
    with LiveServer(GitHost(tmp_path / "hosted"), key=KEY) as server:
        server.url += "/acme/pumps.git"
        yield server


@pytest.fixture
def fetcher(server: LiveServer, tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "project", "git", server)


def refs(folder: Path) -> str:
    command = ["git", "-C", str(folder), "for-each-ref", "--format=%(refname) %(objectname)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_mirror_has_the_branches_and_tags(origin: Origin, fetcher: Fetcher):
    assert fetcher.run() == "src: 3 new, 0 changed, 0 unchanged, 0 removed branches and tags; 2 requests"
    assert refs(fetcher.folder) == refs(origin.bare)
    assert (fetcher.folder / "HEAD").read_text() == "ref: refs/heads/trunk\n"


def test_a_build_reads_the_mirror(origin: Origin, fetcher: Fetcher):
    fetcher.run()
    point = compile_recipe(fetcher.root / "recipes/live.yaml", open_project(fetcher.root))[0]
    rows = [row for listing in point.listings.values() for row in listing]
    assert rows == [{"path": "data/raw/src.git", "commit": origin.git(origin.work, "rev-parse", "HEAD")}]


def test_a_mirror_follows(origin: Origin, fetcher: Fetcher):
    fetcher.run()
    origin.commit("second")
    origin.git(origin.work, "push", "--quiet", "origin", ":old", "HEAD:refs/heads/main")
    origin.git(origin.bare, "symbolic-ref", "HEAD", "refs/heads/main")
    assert fetcher.counted()[0] == "src: 1 new, 1 changed, 1 unchanged, 1 removed branches and tags"
    assert refs(fetcher.folder) == refs(origin.bare)
    assert (fetcher.folder / "HEAD").read_text() == "ref: refs/heads/main\n"


def test_what_a_killed_fetch_leaves_is_no_hindrance(origin: Origin, fetcher: Fetcher):
    partial = fetcher.folder.with_name(".src.git.partial")
    partial.mkdir(parents=True)
    (partial / "HEAD").write_text("ref: ")
    fetcher.run()
    for name in ("packed-refs.lock", "HEAD.lock", "refs/heads/trunk.lock"):
        (fetcher.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (fetcher.folder / name).touch()
    origin.commit("second")
    fetcher.run()
    assert refs(fetcher.folder) == refs(origin.bare) and not partial.exists()


@pytest.mark.parametrize("moment", [1, 3])
def test_a_fetch_that_is_killed_can_be_given_again(origin: Origin, fetcher: Fetcher, moment: int):
    processes = [fetcher.start()]
    fetcher.server.before = lambda number, _: processes[0].kill() if number == moment else None
    processes[0].communicate(timeout=60)
    assert processes[0].returncode == -signal.SIGKILL and not fetcher.folder.exists()
    fetcher.run()
    assert refs(fetcher.folder) == refs(origin.bare)


def test_the_key_is_in_no_argument_and_no_file(server: LiveServer, fetcher: Fetcher):
    seen: list[str] = []

    def look(*_: object) -> None:
        seen.extend(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))

    server.before = look
    fetcher.run()
    assert any("git-remote-http" in command for command in seen)
    files = [path.read_bytes() for path in (fetcher.root / "data").rglob("*") if path.is_file()]
    assert not any(shows_key(data) for data in (*(command.encode() for command in seen), *files))


def test_a_wrong_key_is_told_by_its_variable(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIVE_KEY", "another-key")
    with pytest.raises(FetchError, match="does not accept the key in LIVE_KEY") as error:
        fetcher.run()
    assert "another-key" not in str(error.value)


def test_a_redirect_elsewhere_is_not_followed(server: LiveServer, fetcher: Fetcher):
    with LiveServer(GitHub(1, 1)) as other:
        server.before = lambda *_: Fault(status=302, headers={"Location": f"{other.url}/acme/pumps.git/info/refs"})
        with pytest.raises(FetchError, match="it sends on to another address"):
            fetcher.run()
        assert other.requests == []


def test_the_configuration_of_the_person_takes_no_part(
    tmp_path: Path, origin: Origin, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".gitconfig").write_text(f'[url "{tmp_path}/elsewhere"]\n\tinsteadOf = {fetcher.server.url}\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "http.proxy")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "http://proxy.invalid:1")
    fetcher.run()
    assert refs(fetcher.folder) == refs(origin.bare)


@pytest.mark.parametrize("planted", ["config", "commondir", "hooks/post-update", "objects/info/alternates", "link"])
def test_a_mirror_that_somebody_prepared_is_not_touched(tmp_path: Path, fetcher: Fetcher, planted: str):
    fetcher.run()
    if planted == "link":
        (fetcher.folder / "refs/heads/gone").symlink_to(tmp_path)
    else:
        (fetcher.folder / planted).parent.mkdir(exist_ok=True, parents=True)
        (fetcher.folder / planted).write_text("[core]\n\tsshCommand = touch /tmp/owned\n")
    requests = len(fetcher.server.requests)
    with pytest.raises(FetchError, match="is no mirror that was made here"):
        fetcher.run()
    assert len(fetcher.server.requests) == requests


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc",
        "/etc",
        ".",
        "ext::sh -c id",
        "git://acme.example/pumps",
        "ssh://-oProxyCommand=id/pumps",
        "ssh://acme.example/$(id)",
        "-u:x",
        "--upload-pack=id",
        "https://ada:secret@acme.example/pumps",
    ],
)
def test_only_repositories_on_the_net_are_asked(tmp_path: Path, fetcher: Fetcher, url: str):
    recipe = f'sources:\n  src: {{ git: data/raw/src.git, fetch: {{ url: "{url}" }} }}\nclean: {{}}\n'
    (fetcher.root / "recipes/live.yaml").write_text(recipe)
    with pytest.raises(FetchError, match="no plain http"):
        fetcher.run()
    assert not (fetcher.root / "data").exists()


def test_the_source_must_read_the_mirror(fetcher: Fetcher):
    recipe = fetcher.root / "recipes/live.yaml"
    recipe.write_text(recipe.read_text().replace("data/raw/src.git", "."))
    with pytest.raises(FetchError, match=r"write git: data/raw/src\.git"):
        fetcher.run()


def test_no_key_goes_with_ssh(fetcher: Fetcher):
    recipe = fetcher.root / "recipes/live.yaml"
    recipe.write_text(recipe.read_text().replace(fetcher.server.url, "git@acme.example:acme/pumps.git"))
    with pytest.raises(FetchError, match="no key goes with ssh"):
        fetcher.run()


def test_two_fetches_at_once_make_one_mirror(origin: Origin, fetcher: Fetcher):
    fetcher.server.delay = 0.05
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(fetcher.run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refs(fetcher.folder) == refs(origin.bare)
    assert len(results) == 2


def test_an_empty_folder_is_no_mirror(fetcher: Fetcher):
    fetcher.folder.mkdir(parents=True)
    with pytest.raises(FetchError, match="is no mirror that was made here: see config in it"):
        fetcher.run()
