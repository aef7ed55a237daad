from decimal import Decimal

import pytest

from loramake.errors import SourceError
from loramake.readers.jira_issue import Issue


def issue(**fields):
    return Issue.of({"key": "HAR-2", "fields": fields})


@pytest.mark.parametrize(
    ("value", "in_meta"),
    [
        (Decimal("2.5"), 2.5),
        (Decimal("3.0"), 3),
        (7, 7),
        (0, None),
        (True, True),
        (False, False),
        ("short", "short"),
        ("two\nlines", None),
        ("x" * 201, None),
        ({"id": "1", "value": "Major"}, "Major"),
        ({"value": "Water", "child": {"value": "Salt", "child": None}}, "Water > Salt"),
        ({"displayName": "Ada", "accountId": "5b"}, "Ada"),
        ([{"value": "a"}, "b", None], ["a", "b"]),
        (["com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,state=CLOSED,name=Sprint 7,goal=]"], ["Sprint 7"]),
        ({"type": "doc", "content": []}, None),
        (Decimal("Infinity"), None),
        ([], None),
        (None, None),
    ],
)
def test_custom_fields_that_are_values_are_in_meta(value, in_meta):
    assert issue(customfield_10010=value).meta().get("customfield_10010") == in_meta


def test_links_say_their_direction():
    kind = {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    links = [{"type": kind, "inwardIssue": {"key": "HAR-3"}}, {"type": kind, "outwardIssue": {"key": "HAR-4"}}, {}, 5]
    meta = issue(issuelinks=links, parent={"key": "HAR-1"}, subtasks=[{"key": "HAR-5"}]).meta()
    assert meta["links"] == [{"type": "is blocked by", "key": "HAR-3"}, {"type": "blocks", "key": "HAR-4"}]
    assert (meta["parent"], meta["subtasks"]) == ("HAR-1", ["HAR-5"])


def test_comments_that_an_answer_leaves_out_are_counted():
    assert issue(comment={"total": 5, "comments": [{}, {}]}).meta()["comments_left_out"] == 3


def test_an_issue_may_have_its_fields_beside_its_key():
    assert Issue.of({"key": "HAR-2", "summary": "It leaks"}).said("summary") == "It leaks"


@pytest.mark.parametrize("item", [None, [], {}, {"fields": {"summary": "x"}}, {"key": "HAR-2", "fields": 5}])
def test_what_is_no_issue_is_refused(item):
    with pytest.raises(SourceError) as refused:
        Issue.of(item)
    assert refused.value.reason == "not_an_issue"


@pytest.mark.parametrize("wrong", [5, "x", [], [5], {"comments": 5}, {"total": "x"}, {"name": {"name": []}}])
@pytest.mark.parametrize(
    "name", ["project", "comment", "issuelinks", "parent", "labels", "status", "created", "customfield_1"]
)
def test_wrong_fields_do_no_harm(name, wrong):
    assert issue(**{name: wrong}).meta()["key"] == "HAR-2"
