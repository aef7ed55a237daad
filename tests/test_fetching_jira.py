from pathlib import Path

import pytest

from live_server import KEY, Fetcher, LiveServer
from live_services import Jira, JiraCloud, JiraServer, Request
from loramake.errors import FetchError
from loramake.fetching import pauses
from loramake.fetching.jira import without_order

KINDS = pytest.mark.parametrize("kind", [JiraCloud, JiraServer])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


@KINDS
def test_every_issue_comes_once_and_whole(tmp_path: Path, kind: type[Jira]):
    with LiveServer(kind(23, most=10, shown=2, comments=12, changes=45), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        assert fetcher.run().startswith("src: 23 new, 0 changed, 0 unchanged, 0 removed; ")
    assert fetcher.names() == sorted(f"ACME-{number}.json" for number in range(1, 24))
    issue = fetcher.read("ACME-7.json")
    comments, histories = issue["fields"]["comment"], issue["changelog"]["histories"]
    assert [comment["id"] for comment in comments["comments"]] == [f"10007{index:04}" for index in range(12)]
    assert (comments["total"], issue["changelog"]["total"]) == (12, 45)
    assert [change["items"][0]["toString"] for change in histories] == [f"state {index}" for index in range(45)]
    assert issue["fields"]["summary"] == "Pump 7 stands still"
    assert issue["names"] == {"customfield_10016": "Story points"}


@KINDS
def test_what_did_not_change_is_not_asked_for(tmp_path: Path, kind: type[Jira]):
    with LiveServer(kind(230, comments=5), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        first = fetcher.counted()[1]
        assert fetcher.counted() == ("src: 0 new, 0 changed, 230 unchanged, 0 removed", 4)
        server.service.touch(5, 900, summary="Pump 5 runs again")
        server.service.add(231)
        del server.service.issues[10_003]
        counts, requests = fetcher.counted()
        assert counts == "src: 1 new, 1 changed, 228 unchanged, 1 removed"
        assert requests <= 8 < first
    assert fetcher.read("ACME-5.json")["fields"]["summary"] == "Pump 5 runs again"
    assert "ACME-3.json" not in fetcher.names() and "ACME-231.json" in fetcher.names()


@KINDS
def test_an_issue_that_moves_gets_its_new_name(tmp_path: Path, kind: type[Jira]):
    with LiveServer(kind(5), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        fetcher.run()
        server.service.issues[10_002]["key"] = "OPS-1"
        assert fetcher.counted()[0] == "src: 1 new, 0 changed, 4 unchanged, 1 removed"
    assert "OPS-1.json" in fetcher.names() and "ACME-2.json" not in fetcher.names()


@KINDS
def test_what_the_query_no_longer_finds_is_removed(tmp_path: Path, kind: type[Jira]):
    with LiveServer(kind(5), key=KEY) as server:
        server.service.add(1, project="OPS")
        fetcher = Fetcher(tmp_path, "jira", server, fetch="query: 'project = ACME and status = Open ORDER BY created'")
        fetcher.run()
        server.service.issues[10_004]["status"] = "Done"  # without a change that `updated` tells
        assert fetcher.counted()[0].endswith(", 1 removed")
    assert fetcher.names() == ["ACME-2.json", "ACME-3.json", "ACME-5.json"]


@KINDS
@pytest.mark.parametrize("page", [2, 3])
def test_changes_between_pages_lose_nothing(tmp_path: Path, kind: type[Jira], page: int):
    service = kind(40, most=10)

    def before(number: int, request: Request) -> None:
        if sum("search" in request.path for request in server.requests) == page and request.path.endswith(
            ("jql", "search")
        ):
            for gone in (1, 2, 3):
                service.issues.pop(10_000 + gone, None)
            service.touch(15, 900)

    with LiveServer(service, key=KEY, before=before) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        fetcher.run()
        server.before = None
        fetcher.run()
    assert fetcher.names() == sorted(f"ACME-{number}.json" for number in range(4, 41))
    assert fetcher.read("ACME-15.json")["fields"]["updated"].startswith("2024-02-07")


@KINDS
def test_a_list_that_shrinks_on_the_way_drops_no_file(tmp_path: Path, kind: type[Jira]):
    with LiveServer(kind(40, most=10), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        fetcher.run()
        start = len(server.requests)

        def before(number: int, _: Request) -> None:
            if number == start + 3:
                for gone in (1, 2, 3):
                    server.service.issues.pop(10_000 + gone, None)

        server.before = before
        fetcher.run()
    assert set(fetcher.names()) >= {f"ACME-{number}.json" for number in range(4, 41)}


def test_issues_too_heavy_for_a_bulk_come_one_by_one(tmp_path: Path):
    service = JiraCloud(5)
    service.too_heavy = ("10002",)
    with LiveServer(service, key=KEY) as server:
        Fetcher(tmp_path, "jira", server).run()
        assert "/rest/api/3/issue/10002" in server.paths
    assert (tmp_path / "data/raw/src/ACME-2.json").exists()


def test_a_key_that_may_not_ask_in_bulk_searches(tmp_path: Path):
    service = JiraCloud(7, most=3, comments=5, changes=50)
    service.has_bulk = False
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        assert fetcher.run().startswith("src: 7 new")
    assert len(fetcher.read("ACME-7.json")["changelog"]["histories"]) == 50


def test_a_search_that_begins_to_see_nothing_removes_nothing(tmp_path: Path):
    with LiveServer(JiraCloud(5), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "jira", server)
        fetcher.run()
        server.service.issues.clear()
        with pytest.raises(FetchError, match="none of the 5 items"):
            fetcher.run()
    assert len(fetcher.names()) == 5


def test_a_query_that_finds_nothing_is_an_error(tmp_path: Path):
    with (
        LiveServer(JiraCloud(5), key=KEY) as server,
        pytest.raises(FetchError, match="nothing that this account may see"),
    ):
        Fetcher(tmp_path, "jira", server, fetch="query: project = NONE").run()


def test_a_service_that_is_no_jira_is_told(tmp_path: Path):
    service = JiraCloud(5)
    service.search = lambda _: {"hits": []}  # type: ignore[method-assign]
    with LiveServer(service, key=KEY) as server, pytest.raises(FetchError, match="gives what no jira gives: KeyError"):
        Fetcher(tmp_path, "jira", server).run()


def test_the_same_token_again_ends_it(tmp_path: Path):
    service = JiraCloud(5, most=2)
    found = service.search
    service.search = lambda request: found(request) | {"nextPageToken": "QUNNRS0x"}  # type: ignore[method-assign]
    with LiveServer(service, key=KEY) as server, pytest.raises(FetchError, match="again and again"):
        Fetcher(tmp_path, "jira", server).run()


@pytest.mark.parametrize(
    ("query", "without"),
    [
        ("project = A", "project = A"),
        ("project = A ORDER BY created DESC", "project = A"),
        ("project = A order  by rank", "project = A"),
        ("order by created", "project IS NOT EMPTY"),
        ('summary ~ "order by mail" ORDER BY key', 'summary ~ "order by mail"'),
        ("summary ~ 'an \\' order by' AND x = 1", "summary ~ 'an \\' order by' AND x = 1"),
        ("border by = 1", "border by = 1"),
    ],
)
def test_the_order_of_a_query_is_taken_off(query: str, without: str):
    assert without_order(query) == without
