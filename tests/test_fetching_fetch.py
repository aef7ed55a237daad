import base64
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from live_server import KEY, Fault, Fetcher, LiveServer, shows_key
from live_services import (
    ConfluenceCloud,
    ConfluenceServer,
    GitHub,
    GitLab,
    JiraCloud,
    JiraServer,
    Reply,
    Request,
    Service,
)
from loramake.errors import FetchError, LoramakeError, PlanError
from loramake.fetching import pauses
from loramake.fetching.fetch import fetch
from loramake.plan import compile_recipe, open_project, write_plan
from loramake.recipe.source import Sources
from loramake.records import Document, read_records
from loramake.stages.sources import sources

SERVICES: dict[str, tuple[str, Callable[[], Service], str]] = {
    "jira-cloud": ("jira", lambda: JiraCloud(12, most=4, comments=5), ""),
    "jira-server": ("jira", lambda: JiraServer(12, most=4, comments=5), ""),
    "confluence-cloud": ("confluence", lambda: ConfluenceCloud(12, most=4), ""),
    "confluence-server": ("confluence", lambda: ConfluenceServer(12, most=4), ""),
    "github": ("github", lambda: GitHub(7, 5, most=4), "repository: acme/pumps"),
    "gitlab": ("gitlab", lambda: GitLab(7, 5, most=4), "repository: acme/pumps"),
}
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


def served(root: Path, name: str, **options: Any) -> tuple[LiveServer, Fetcher]:
    kind, make, more = SERVICES[name]
    server = LiveServer(make(), key=KEY, **options)
    root.mkdir(exist_ok=True)
    return server, Fetcher(root, kind, server, fetch=more)


def contents(fetcher: Fetcher) -> dict[str, str]:
    return {name: (fetcher.folder / name).read_text() for name in fetcher.names()}


@pytest.fixture
def expected(tmp_path: Path, name: str) -> dict[str, str]:
    """What a fetch without any trouble gives."""
    server, fetcher = served(tmp_path / "expected", name)
    with server:
        fetcher.run()
    return contents(fetcher)


def in_trouble(number: int, _: Request) -> Fault | None:
    """Something goes wrong with every other request."""
    faults = [
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(drop=True),
        Fault(half=True),
        Fault(status=503),
        Fault(status=403, headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, message="API rate limit"),
    ]
    return faults[number // 2 % len(faults)] if number % 2 else None


@EVERY_SERVICE
def test_trouble_on_the_way_changes_nothing(
    tmp_path: Path, name: str, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    server, fetcher = served(tmp_path / "troubled", name, before=in_trouble)
    with server:
        assert "12 new, 0 changed" in fetcher.run()
    assert contents(fetcher) == expected


@EVERY_SERVICE
def test_a_fetch_that_is_killed_goes_on_where_it_was(tmp_path: Path, name: str, expected: dict[str, str]):
    server, fetcher = served(tmp_path / "killed", name)
    with server:
        whole = fetcher.run() and len(server.requests)
    server, fetcher = served(tmp_path / "again", name)

    def kill(number: int, _: Request) -> None:
        if number in (whole // 3, whole):
            processes[-1].send_signal(signal.SIGKILL)
            processes[-1].wait()

    server.before = kill
    processes: list[Any] = []
    with server:
        while not processes or processes[-1].returncode != 0:
            assert len(processes) < 5
            processes.append(fetcher.start())
            processes[-1].communicate(timeout=60)
        overhead = 12  # what every start asks anew: lists, and the item that was on its way
        assert len(processes) == 3 and len(server.requests) <= whole + 2 * overhead
    assert contents(fetcher) == expected
    assert {path.name for path in fetcher.folder.iterdir()} == {".fetch.json", ".fetch.journal", *expected}


@EVERY_SERVICE
def test_a_key_that_expires_on_the_way_can_be_replaced(
    tmp_path: Path, name: str, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    server, fetcher = served(tmp_path / "expired", name)
    server.before = lambda number, _: Fault(status=401, message="expired") if number > 6 else None
    with server:
        with pytest.raises(FetchError, match="does not accept the key in LIVE_KEY"):
            fetcher.run()
        server.key, server.before = "another-key", None
        monkeypatch.setenv("LIVE_KEY", "another-key")
        fetcher.run()
    assert contents(fetcher) == expected


@EVERY_SERVICE
def test_the_key_is_shown_nowhere(tmp_path: Path, name: str):
    server, fetcher = served(tmp_path / "leaky", name)
    answer = server.service.answer

    def echo(request: Request) -> Reply:
        reply = answer(request)
        text = request.headers["Authorization"]
        rows = reply.value if isinstance(reply.value, list) else [reply.value, *reply.value.get("issues", [])]
        for row in rows:
            row["echo"] = [text, base64.b64encode(text.encode()).decode()]
        return reply

    server.service.answer = echo  # type: ignore[method-assign]
    with server:
        process = fetcher.start()
        said = "".join(process.communicate(timeout=60))
        assert process.returncode == 0, said
        server.before = lambda *_: Fault(status=403, echo=True)
        process = fetcher.start()
        said += "".join(process.communicate(timeout=60))
        assert process.returncode == 1 and "[key]" in said and "LIVE_KEY" in said
        assert not any(shows_key(request.path.encode() + str(request.query).encode()) for request in server.requests)
    files = [path.read_bytes() for path in fetcher.root.rglob("*") if path.is_file()]
    assert not any(shows_key(data) for data in (said.encode(), *files)) and b"[key]" in b"".join(files)


@EVERY_SERVICE
def test_a_build_reads_the_snapshot(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    server, fetcher = served(tmp_path / "built", name)
    with server:
        fetcher.run()
        asked = len(server.requests)
        monkeypatch.chdir(fetcher.root)
        point = compile_recipe(Path("recipes/live.yaml"), open_project(Path()))[0]
        write_plan([point], {})
        spec = Sources.model_validate(point.slices["sources"]["spec"])
        places = {place: Path(place) for place in ("documents", "dropped", "parsed", "places")}
        counts = sources(spec, contents=Path("build/plan/contents"), **places)
        assert len(server.requests) == asked
    assert (counts.given, counts.passed) == (12, 12)
    texts = [document.text for document in read_records(Document, Path("documents"))]
    assert len(texts) == 12 and any("pump 2" in text.lower() or "page 2" in text.lower() for text in texts)


def test_who_is_asked_with_which_key_is_said_before_the_first_request(tmp_path: Path):
    server, fetcher = served(tmp_path, "github")
    seen: list[list[str]] = []
    server.before = lambda *_: seen.append(list(fetcher.said))  # type: ignore[func-returns-value]
    with server:
        fetcher.run()
    assert seen[0] == [f"src: asks {server.url} with the key in LIVE_KEY"]


def test_a_user_goes_with_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIVE_USER", "ada@example.com")
    with LiveServer(JiraCloud(3), key=KEY, user="ada@example.com") as server:
        fetcher = Fetcher(tmp_path, "jira", server, fetch="user: LIVE_USER")
        assert fetcher.run().startswith("src: 3 new")
        assert fetcher.said[0].endswith(" with the user in LIVE_USER and the key in LIVE_KEY")
        with pytest.raises(FetchError, match="whether the service wants a 'user' beside it"):
            Fetcher(tmp_path, "jira", server).run()


def recipe_of(root: Path, text: str) -> Path:
    (root / "recipes").mkdir(exist_ok=True)
    (root / "recipes/live.yaml").write_text(f"sources:\n{text}clean: {{}}\n")
    return root / "recipes/live.yaml"


def problem(root: Path, text: str, *names: str) -> str:
    with pytest.raises(LoramakeError) as error:
        fetch(recipe_of(root, text), names, open_project(root), say=print)
    assert not (root / "data").exists()
    return str(error.value)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("jira: exports/*.json", 'write jira: "data/raw/src/*.json"'),
        (
            "jira: data/raw/src/A-*.json",
            "as ZEBRA_9-1234567.json and the like; 'data/raw/src/A-*.json' does not find it",
        ),
        ("jira: data/raw/src/*.jsonl", 'write jira: "data/raw/src/*.json"'),
        ("jira: data/raw/other/*.json", 'write jira: "data/raw/src/*.json"'),
        ("github: data/raw/src/pull-*.json", "as issue-1.json"),
        ("confluence: data/raw/src/*/*.json", 'write confluence: "data/raw/src/*.json"'),
    ],
)
def test_the_source_must_read_what_is_fetched(tmp_path: Path, source: str, says: str):
    text = f"  src:\n    {source}\n    fetch: {{ url: 'https://acme.example' }}\n"
    message = problem(tmp_path, text)
    assert says in message and "recipes/live.yaml:4: sources.src.fetch" in message


@pytest.mark.parametrize(
    "glob", ["data/raw/src/*.json", "data/raw/**/*.json", "./data/raw/src/*", "data/raw/{src,b}/*.json*"]
)
def test_every_glob_that_finds_the_snapshot_will_do(tmp_path: Path, glob: str):
    text = f"  src:\n    jira: '{glob}'\n    fetch: {{ url: 'http://127.0.0.1:1', key: NOT_THERE }}\n"
    assert "NOT_THERE is not set" in problem(tmp_path, text)


@pytest.mark.parametrize(
    ("fetch_block", "says"),
    [
        ("{ url: 'http://acme.example', key: LIVE_KEY }", "write the address as https://acme.example"),
        ("{ url: 'https://ada:secret-of-ada@acme.example' }", "'user' and 'key' name variables"),
        ("{ url: 'https://acme.example', key: NOT_THERE }", "NOT_THERE is not set"),
        ("{ url: 'https://acme.example', user: LIVE_KEY }", "no 'key' goes with it"),
    ],
)
def test_what_the_recipe_or_the_environment_lacks_is_told_first(tmp_path: Path, fetch_block: str, says: str):
    message = problem(tmp_path, f"  src:\n    jira: data/raw/src/*.json\n    fetch: {fetch_block}\n")
    assert says in message and "secret-of-ada" not in message and message.count("\n") == 2


def test_a_source_that_cannot_be_fetched_is_named(tmp_path: Path):
    text = "  docs: { files: '*.md' }\n  src: { jira: data/raw/src/*.json, fetch: { url: 'https://acme.example' } }\n"
    assert "no source 'docs' has a 'fetch' block" in problem(tmp_path, text, "docs")
    assert "these have one: src" in problem(tmp_path, text, "nobody")
    with pytest.raises(PlanError, match="no source has a 'fetch' block"):
        fetch(recipe_of(tmp_path, "  docs: { files: '*.md' }\n"), [], open_project(tmp_path), say=print)


def test_a_source_in_trouble_does_not_stop_the_others(tmp_path: Path):
    said: list[str] = []
    with LiveServer(JiraCloud(3)) as good, LiveServer(GitHub(1, 1), key=KEY) as bad:
        text = (
            f"  reviews: {{ github: data/raw/reviews/*.json, fetch: {{ url: '{bad.url}', repository: acme/pumps }} }}\n"
        )
        text += f"  tickets: {{ jira: data/raw/tickets/*.json, fetch: {{ url: '{good.url}' }} }}\n"
        errors = fetch(recipe_of(tmp_path, text), [], open_project(tmp_path), say=said.append)
    assert [error.what for error in errors] == ["127.0.0.1 wants a key (401): Bad credentials"]
    assert said[-1].startswith("tickets: 3 new")


def test_names_of_items_stay_in_the_folder(tmp_path: Path):
    service = JiraCloud(3)
    service.order = lambda key: (key, 0)  # type: ignore[method-assign]
    service.found = lambda _: list(service.issues.values())  # type: ignore[method-assign]
    for number, key in enumerate(("../../escaped", "/etc/passwd", ".fetch"), 10_001):
        service.issues[number]["key"] = key
    (tmp_path / "project").mkdir()
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path / "project", "jira", server)
        assert fetcher.run().startswith("src: 3 new")
        assert fetcher.counted()[0] == "src: 0 new, 0 changed, 3 unchanged, 0 removed"
    assert {path.name for path in tmp_path.iterdir()} == {"project"}
    assert len(fetcher.names()) == 3


def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path):
    (tmp_path / "data/raw/src").mkdir(parents=True)
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "data/raw/src/ACME-1.json").symlink_to(tmp_path / "precious")
    server, fetcher = served(tmp_path, "jira-cloud")
    with server:
        fetcher.run()
    assert (tmp_path / "precious").read_text() == "mine"
    assert not (fetcher.folder / "ACME-1.json").is_symlink()


def test_a_recipe_that_fetches_from_elsewhere_keeps_nothing_of_before(tmp_path: Path):
    server, fetcher = served(tmp_path, "jira-cloud")
    with server:
        fetcher.run()
    with LiveServer(JiraCloud(3, comments=2), key=KEY) as other:
        fetcher = Fetcher(tmp_path, "jira", other)
        assert fetcher.counted()[0] == "src: 0 new, 3 changed, 0 unchanged, 9 removed"
        assert "src: was a snapshot of something else, and is made anew" in fetcher.said


def test_a_full_disk_is_an_error_of_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    server, fetcher = served(tmp_path, "jira-cloud")
    with server, pytest.raises(FetchError, match="cannot be written: No space left on device\n  data/raw/src"):
        fetcher.run()
