from pathlib import Path
from typing import Any

import pytest

from live_server import KEY, Fault, Fetcher, LiveServer
from live_services import GitLab, Request
from loramake.errors import FetchError
from loramake.fetching import pauses


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


def fetcher_of(root: Path, server: LiveServer, **more: Any) -> Fetcher:
    return Fetcher(root, "gitlab", server, fetch="repository: acme/pumps", **more)


@pytest.mark.parametrize("is_old", [False, True])
def test_every_request_and_issue_comes_once_and_whole(tmp_path: Path, is_old: bool):
    service = GitLab(12, 9, most=5)
    service.is_old = is_old
    service.rows[3]["comments"] = [f"Remark {number}" for number in range(12)]
    with LiveServer(service, key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server, source="diffs: 400")
        assert fetcher.run().startswith("src: 21 new, 0 changed, 0 unchanged, 0 removed; ")
    requests = [f"merge-request-{number}.json" for number in range(1, 13)]
    assert fetcher.names() == sorted([*requests, *(f"issue-{number}.json" for number in range(13, 22))])
    request = fetcher.read("merge-request-3.json")
    assert sorted(request) == ["changes", "discussions", "merge_request"]
    assert [discussion["id"] for discussion in request["discussions"]] == [f"d{number}" for number in range(12)]
    assert request["changes"][0]["new_path"] == "pump3.c"
    assert sorted(fetcher.read("issue-13.json")) == ["discussions", "issue"]


def test_what_did_not_change_is_not_asked_for(tmp_path: Path):
    with LiveServer(GitLab(40, 40, most=20), key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        assert fetcher.counted() == ("src: 0 new, 0 changed, 80 unchanged, 0 removed", 5)
        server.service.touch(5, 900, title="Pump 5 runs")
        server.service.touch(60, 901, comments=["One", "Two"])
        del server.service.rows[70]
        counts, requests = fetcher.counted()
        assert counts == "src: 0 new, 2 changed, 77 unchanged, 1 removed" and requests <= 5 + 2 + 3
    assert fetcher.read("merge-request-5.json")["merge_request"]["title"] == "Pump 5 runs"
    assert len(fetcher.read("issue-60.json")["discussions"]) == 2


def test_a_list_whose_length_is_not_told_is_read(tmp_path: Path):
    service = GitLab(16, 16, most=4)
    service.deepest = 100  # a page of what is asked for: no list may be read by counting
    with LiveServer(service, key=KEY) as server:
        server.before = lambda *_: Fault(headers={"X-Total": ""})
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
        del service.rows[2], service.rows[19]
        assert fetcher.counted()[0] == "src: 0 new, 0 changed, 30 unchanged, 2 removed"


@pytest.mark.parametrize("page", [2, 3])
def test_changes_between_pages_lose_nothing(tmp_path: Path, page: int):
    service = GitLab(20, 20, most=5)

    def before(_: int, request: Request) -> None:
        if server.paths.count(request.path) == page and request.path.endswith("/merge_requests"):
            for number in range(1, 8):
                service.touch(number, 900 + number, title="Changed on the way")

    with LiveServer(service, key=KEY, before=before) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
    assert len(fetcher.names()) == 40
    assert fetcher.read("merge-request-7.json")["merge_request"]["title"] == "Changed on the way"


def test_a_project_without_issues_has_none(tmp_path: Path):
    service = GitLab(3, 3)
    service.project = lambda _: {"issues_enabled": False, "merge_requests_enabled": True}  # type: ignore[method-assign]
    with LiveServer(service, key=KEY) as server:
        fetcher = fetcher_of(tmp_path, server)
        fetcher.run()
    assert fetcher.names() == [f"merge-request-{number}.json" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("fetch", "says"),
    [
        ("repository: ../..", "write it as group/name"),
        ("repository: pumps", "write it as group/name"),
        ("", "'repository' is missing"),
        ("repository: acme/others", "has no project 'acme/others'"),
    ],
)
def test_a_project_that_is_none_is_named(tmp_path: Path, fetch: str, says: str):
    with LiveServer(GitLab(1, 1), key=KEY) as server, pytest.raises(FetchError, match=says):
        Fetcher(tmp_path, "gitlab", server, fetch=fetch).run()
