import json

import pytest

from loramake.errors import SourceError
from loramake.readers.confluence import read
from loramake.readers.parsed import Stream
from loramake.recipe.source import Source


def page(number, markup="<p>words</p>"):
    return {"id": str(number), "title": f"Page {number}", "body": {"storage": {"value": markup}}}


def reading(tmp_path, content, name="pages.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    found = read(path, Source(confluence=["*"]))
    return found.whole() if isinstance(found, Stream) else found


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ([page(1), page(2)], "a.json"),
        ({"results": [page(1), page(2)], "_links": {"next": "x"}}, "a.json"),
        ([{"results": [page(1)]}, {"results": [page(2)]}], "a.json"),
        (f"{json.dumps(page(1))}\n{json.dumps(page(2))}\n", "a.jsonl"),
    ],
)
def test_pages_stand_in_any_list(tmp_path, content, name):
    found = reading(tmp_path, content, name)
    assert [(parsed.part, parsed.text) for parsed in found.parsed] == [
        ("1", "# Page 1\n\nwords"),
        ("2", "# Page 2\n\nwords"),
    ]
    assert found.refused == []


def test_a_page_alone(tmp_path):
    assert reading(tmp_path, page(1)).parsed[0].section == "Page 1"


def test_an_exported_page(tmp_path):
    (parsed,) = reading(tmp_path, "<title>Gate</title><div id='main-content'><p>words</p></div>", "Gate_1.html").parsed
    assert (parsed.text, parsed.part) == ("# Gate\n\nwords", "")


def test_a_bad_page_spoils_no_other(tmp_path):
    wild = {"id": "3", "title": "x", "body": {"view": {"value": "<div>" * 5000 + "x"}}}
    found = reading(tmp_path, {"results": [page(1), page(2, ""), wild, {"x": 1}, page(5)]})
    assert [parsed.part for parsed in found.parsed] == ["1", "5"]
    assert [(refused.part, refused.reason.split(":")[0]) for refused in found.refused] == [
        ("2", "no_text"),
        ("3", "too_deep"),
        ("4", "not_a_page"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("", "a.json", "empty"),
        ("", "a.html", "empty"),
        ('{"results": []}', "a.json", "no_records"),
        ("{", "a.json", "bad_json"),
    ],
)
def test_a_file_without_pages_is_refused(tmp_path, content, name, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, content, name)
    assert refused.value.reason == reason
