from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from live_server import KEY, Fault, Fetcher, LiveServer
from live_services import Confluence, ConfluenceCloud, ConfluenceServer, Request
from loramake.errors import FetchError
from loramake.fetching import pauses

KINDS = pytest.mark.parametrize("kind", [ConfluenceCloud, ConfluenceServer])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", KEY)
    monkeypatch.setattr(pauses, "FIRST", 0.01)


@KINDS
def test_every_page_comes_once_and_whole(tmp_path: Path, kind: type[Confluence]):
    service = kind(23, most=5)
    for number in range(8):
        service.comment(1 + number, 1004, f"Remark {number}")
    service.comment(50, 1004, "A reply", parent=3)
    service.comment(51, 1004, "A reply to the reply", parent=50)
    service.pages[1004]["labels"] = [f"l{number}" for number in range(7)]
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        assert fetcher.run().startswith("src: 23 new, 0 changed, 0 unchanged, 0 removed; ")
    assert fetcher.names() == [f"{number}.json" for number in range(1001, 1024)]
    page = fetcher.read("1004.json")
    assert page["body"]["storage"]["value"] == "<p>How page 4 works at the yard.</p>"
    assert page["ancestors"] == [{"id": "1001", "title": "Page 1"}]
    assert page["space"] == {"key": "HB", "name": "Handbook"}
    assert [label["name"] for label in page["labels"]["results"]] == [f"l{number}" for number in range(7)]
    words = [comment["body"]["storage"]["value"] for comment in page["comments"]]
    assert len(words) == 10 and "<p>A reply to the reply</p>" in words
    assert fetcher.read("1003.json")["space"]["key"] == "OPS"


@KINDS
def test_only_the_spaces_that_are_named_come(tmp_path: Path, kind: type[Confluence]):
    with LiveServer(kind(9), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server, fetch="spaces: [OPS]")
        fetcher.run()
    assert fetcher.names() == ["1003.json", "1006.json", "1009.json"]


@KINDS
def test_what_did_not_change_is_not_asked_for(tmp_path: Path, kind: type[Confluence]):
    with LiveServer(kind(60), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server, fetch="spaces: HB")
        first = fetcher.counted()[1]
        counts, requests = fetcher.counted()
        assert counts == "src: 0 new, 0 changed, 40 unchanged, 0 removed" and requests <= 5 < first
        server.service.pages[1005] |= {"number": 2, "words": "It is otherwise now."}
        del server.service.pages[1007]
        counts, requests = fetcher.counted()
        assert counts == "src: 0 new, 1 changed, 38 unchanged, 1 removed" and requests <= 8
    assert "otherwise" in fetcher.read("1005.json")["body"]["storage"]["value"]


@KINDS
def test_a_page_that_moves_keeps_its_body_and_gets_its_new_place(tmp_path: Path, kind: type[Confluence]):
    with LiveServer(kind(9), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
        server.service.pages[1004]["parent"] = 1002
        before = server.paths.count(server.service.path + "/api/v2/pages/1004")
        assert fetcher.counted()[0] == "src: 0 new, 1 changed, 8 unchanged, 0 removed"
        assert server.paths.count(server.service.path + "/api/v2/pages/1004") == before
    page = fetcher.read("1004.json")
    assert page["ancestors"][-1] == {"id": "1002", "title": "Page 2"}
    assert "page 4 works" in page["body"]["storage"]["value"]


@KINDS
def test_new_and_edited_comments_are_seen_though_they_change_no_version(tmp_path: Path, kind: type[Confluence]):
    service = kind(9)
    service.comment(1, 1005, "Old", when=datetime.now(UTC) - timedelta(days=9))
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server, fetch="spaces: [HB, OPS]")
        fetcher.run()
        service.comment(2, 1004, "New")
        service.comment(1, 1005, "Edited")
        assert fetcher.counted()[0] == "src: 0 new, 2 changed, 7 unchanged, 0 removed"
        assert "Edited" in str(fetcher.read("1005.json")["comments"]) and "New" in str(fetcher.read("1004.json"))
        still, requests = fetcher.counted()
        assert still == "src: 0 new, 0 changed, 9 unchanged, 0 removed" and requests <= 7


def test_a_key_that_may_not_search_still_gets_the_pages(tmp_path: Path):
    with LiveServer(ConfluenceCloud(5), key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
        server.before = lambda _, request: Fault(status=403) if "search" in request.path else None
        assert fetcher.counted()[0] == "src: 0 new, 0 changed, 5 unchanged, 0 removed"
        assert any("does not let this key search" in line for line in fetcher.said)


def test_people_have_names(tmp_path: Path):
    service = ConfluenceCloud(5)
    service.comment(1, 1004, "Why?")
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
        assert server.paths.count("/wiki/api/v2/users-bulk") == 2
    page = fetcher.read("1004.json")
    assert (page["author"], page["comments"][0]["author"]) == ({"displayName": "Ada Quill"}, {"displayName": "Bo Lind"})


def test_a_folder_is_an_ancestor_too(tmp_path: Path):
    service = ConfluenceCloud(5)
    service.pages[1002]["parent"] = 900
    service.pages[1004]["parent"] = 1002
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
        assert server.paths.count("/wiki/api/v2/folders/900") == 1
    assert [above["title"] for above in fetcher.read("1004.json")["ancestors"]] == ["Yard", "Page 2"]


def test_pages_that_stand_in_a_circle_end(tmp_path: Path):
    service = ConfluenceCloud(5)
    service.pages[1001]["parent"], service.pages[1002]["parent"] = 1002, 1001
    with LiveServer(service, key=KEY) as server:
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
    assert [above["id"] for above in fetcher.read("1001.json")["ancestors"]] == ["1002"]


def test_a_page_that_goes_while_it_is_asked_for_is_left_out(tmp_path: Path):
    service = ConfluenceCloud(5)
    with LiveServer(service, key=KEY) as server:
        server.before = lambda _, request: service.pages.pop(1004, None) and None if "1002" in request.path else None
        fetcher = Fetcher(tmp_path, "confluence", server)
        fetcher.run()
    assert fetcher.names() == ["1001.json", "1002.json", "1003.json", "1005.json"]


def test_a_server_that_sends_strangers_to_log_in_is_a_server(tmp_path: Path):
    def before(_: int, request: Request) -> Fault | None:
        return Fault(status=302, headers={"Location": "/login.action"}) if "/api/v2/" in request.path else None

    with LiveServer(ConfluenceServer(5), key=KEY, before=before) as server:
        assert Fetcher(tmp_path, "confluence", server).run().startswith("src: 5 new")


@KINDS
def test_a_space_that_is_not_there_is_named(tmp_path: Path, kind: type[Confluence]):
    with LiveServer(kind(5), key=KEY) as server, pytest.raises(FetchError, match="has no space 'NOPE'"):
        Fetcher(tmp_path, "confluence", server, fetch="spaces: [HB, NOPE]").run()
