from pathlib import Path
from typing import Any

import pytest

from live_server import KEY, Fault, Fetcher, LiveServer
from live_services import GitHub, Request
from loramake.errors import FetchError
from loramake.fetching import pauses

REPOSITORY = "repository: acme/pumps"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


def fetcher_of(root: Path, server: LiveServer, **more: Any) -> Fetcher:
    return Fetcher(root, "github", server, fetch=REPOSITORY, **more)


def test_every_request_and_issue_comes_once_and_whole(tmp_path: Path):
    service = GitHub(12, 9, most=5)
    service.rows[3]["comments"] = [f"Remark {number}" for number in range(12)]
    service.rows[4]["comments"] = []
    with LiveServer(service, key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server, source="diffs: 400")
        assert fetcher.run().startswith("src: 21 new, 0 changed, 0 unchanged, 0 removed; ")
        assert "/repos/acme/pumps/issues/4/comments" not in server.paths
    pulls = [f"pull-{number}.json" for number in range(1, 13)]
    assert fetcher.names() == sorted([*pulls, *(f"issue-{number}.json" for number in range(13, 22))])
    pull = fetcher.read("pull-3.json")
    assert sorted(pull) == ["comments", "diff", "pull_request", "review_comments", "reviews"]
    assert [comment["id"] for comment in pull["comments"]] == list(range(12))
    assert pull["pull_request"]["base"] == {"ref": "main"} and pull["diff"].startswith("diff --git a/pump3.c")
    assert sorted(fetcher.read("issue-13.json")) == ["comments", "issue"]


def test_diffs_are_asked_for_only_when_they_are_wanted(tmp_path: Path):
    with LiveServer(GitHub(2, 1), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        assert "diff" not in fetcher.read("pull-1.json")
        assert (
            fetcher_of(tmp_path, server, source="diffs: 400").counted()[0].endswith("2 changed, 1 unchanged, 0 removed")
        )
        assert "diff" in fetcher.read("pull-1.json")


def test_a_diff_that_is_too_large_is_left_out(tmp_path: Path):
    def before(_: int, request: Request) -> Fault | None:
        return Fault(status=406) if "diff" in request.headers["Accept"] else None

    with LiveServer(GitHub(2, 1), key=KEY, before=before) as server:
        fetcher = fetcher_of(tmp_path, server, source="diffs: 400")
        fetcher.run()
    assert fetcher.read("pull-1.json")["diff"] is None


def test_what_did_not_change_is_not_asked_for(tmp_path: Path):
    with LiveServer(GitHub(40, 40, most=20), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        assert fetcher.counted() == ("src: 0 new, 0 changed, 80 unchanged, 0 removed", 3)
        server.service.touch(5, 900, title="Pump 5 runs")
        server.service.touch(60, 901, comments=["One", "Two"])
        server.service.add(81, is_pull=False)
        server.service.touch(81, 902)
        assert fetcher.counted() == ("src: 1 new, 2 changed, 78 unchanged, 0 removed", 3 + 4 + 1 + 1)
    assert fetcher.read("pull-5.json")["pull_request"]["title"] == "Pump 5 runs"
    assert len(fetcher.read("issue-60.json")["comments"]) == 2


def test_an_issue_that_is_gone_is_removed(tmp_path: Path):
    with LiveServer(GitHub(4, 30, most=10), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        del server.service.rows[20]
        assert fetcher.counted()[0] == "src: 0 new, 0 changed, 33 unchanged, 1 removed"
    assert "issue-20.json" not in fetcher.names()


def test_a_number_that_does_not_fit_removes_nothing_that_is_there(tmp_path: Path):
    with LiveServer(GitHub(4, 30, most=10), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        server.service.search = lambda _: {"total_count": 3, "incomplete_results": False}
        assert fetcher.counted()[0] == "src: 0 new, 0 changed, 34 unchanged, 0 removed"


@pytest.mark.parametrize("page", [2, 3, 4])
def test_changes_between_pages_lose_nothing(tmp_path: Path, page: int):
    service = GitHub(20, 20, most=5)

    def before(_: int, request: Request) -> None:
        if server.paths.count("/repos/acme/pumps/issues") == page and request.path.endswith("/issues"):
            for number in range(1, 8):
                service.touch(number, 900 + number, title="Changed on the way")

    with LiveServer(service, key=KEY, before=before) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
    assert len(fetcher.names()) == 40
    assert all(fetcher.read(f"pull-{n}.json")["pull_request"]["title"] == "Changed on the way" for n in range(1, 8))


def test_more_than_a_page_of_the_same_second_is_read_through(tmp_path: Path):
    service = GitHub(2, 30, most=5)
    for number in range(1, 31):
        service.touch(number, 7)
    with LiveServer(service, key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
    assert len(fetcher.names()) == 32


def test_requests_come_where_issues_are_turned_off(tmp_path: Path):
    service = GitHub(12, 0, most=5)
    service.has_issues = False
    with LiveServer(service, key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        assert len(fetcher.names()) == 12
        service.touch(5, 900)
        counts, requests = fetcher.counted()
        assert counts == "src: 0 new, 1 changed, 11 unchanged, 0 removed" and requests == 2 + 4


def test_a_file_that_the_person_deleted_comes_back(tmp_path: Path):
    with LiveServer(GitHub(6, 6), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        (fetcher.folder / "pull-2.json").unlink()
        assert fetcher.counted()[0] == "src: 1 new, 0 changed, 11 unchanged, 0 removed"


@pytest.mark.parametrize(
    ("fetch", "says"),
    [
        ("repository: acme/pumps/../secrets", "write it as owner/name"),
        ("repository: ../..", "write it as owner/name"),
        ("repository: acme", "write it as owner/name"),
        ("", "'repository' is missing"),
        ("repository: acme/others", r"has no repository 'acme/others'"),
    ],
)
def test_a_repository_that_is_none_is_named(tmp_path: Path, fetch: str, says: str):
    with LiveServer(GitHub(1, 1), key=KEY) as server, pytest.raises(FetchError, match=says):
        Fetcher(tmp_path, "github", server, fetch=fetch).run()
