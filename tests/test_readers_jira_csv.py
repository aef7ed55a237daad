import pytest

from loramake.errors import SourceError
from loramake.readers.jira_csv import items_of

EXPORT = """\
Summary,Issue key,Issue id,Parent,Issue Type,\
Status,Project key,Priority,Assignee,Reporter,Created,Updated,Labels,Labels,\
Component/s,Fix Version/s,Description,Outward issue link (Blocks),Inward issue link (Blocks),Attachment,\
Custom field (Severity),Custom field (Team),Custom field (Team),Sprint,Comment,Comment
"It leaks, badly",HAR-7,10002,10000,Bug,Open,HAR,High,bob,ada,17/Feb/24 12:05 AM,18/Feb/2024 1:05 PM,pump,urgent,\
Water,1.2,"h1. Where
""Here"", at the valve",HAR-8,HAR-9,17/Feb/24 9:05 AM;ada;seal.png;https://example.org/1,\
Major,Red,Blue,Sprint 7,"17/Feb/24 12:30 PM;557058:ab-c;me; too","no; date"
"""


def issues(tmp_path, content):
    path = tmp_path / "issues.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [item for item, _ in items_of(path)]


def test_columns_become_fields(tmp_path):
    (issue,) = issues(tmp_path, EXPORT)
    assert issue.fields["description"] == 'h1. Where\n"Here", at the valve'
    assert issue.inside("comment", "comments") == [
        {"created": "17/Feb/24 12:30 PM", "author": "557058:ab-c", "body": "me; too"},
        {"body": "no; date"},
    ]
    assert issue.meta() == {
        "Severity": "Major",
        "Team": ["Red", "Blue"],
        "key": "HAR-7",
        "project": "HAR",
        "type": "Bug",
        "status": "Open",
        "priority": "High",
        "labels": ["pump", "urgent"],
        "components": ["Water"],
        "fix_versions": ["1.2"],
        "assignee": "bob",
        "reporter": "ada",
        "created": "2024-02-17T00:05:00",
        "updated": "2024-02-18T13:05:00",
        "links": [{"type": "Blocks", "key": "HAR-8"}, {"type": "Blocks", "key": "HAR-9"}],
    }


@pytest.mark.parametrize(
    "content",
    [
        "Summary;Issue key\nIt leaks, badly;HAR-7\n",
        "Summary\tIssue key\nIt leaks, badly\tHAR-7\n",
        "Summary|Work item key\r\nIt leaks, badly|HAR-7\r\n",
        '\ufeff"Summary","Key"\r\n"It leaks, badly","HAR-7"\r\n,\r\n',
        'Summary,Issue key\n"It leaks, badly",HAR-7,,\n'.encode("utf-16"),
    ],
)
def test_delimiters_and_encodings(tmp_path, content):
    (issue,) = issues(tmp_path, content)
    assert (issue.key, issue.said("summary")) == ("HAR-7", "It leaks, badly")


def test_what_follows_a_quotation_that_never_ends_is_lost_by_name(tmp_path):
    first, second = issues(tmp_path, 'Issue key,Summary\nHAR-1,good\nHAR-2,"bad\nHAR-3,x\n')
    assert first.key == "HAR-1"
    assert second.reason == "bad_row"


@pytest.mark.parametrize(
    ("row", "reason", "what"), [(",x", "not_an_issue", "no key"), ("A-1,x,y", "bad_row", "3 cells in 2 columns")]
)
def test_a_bad_row_spoils_no_other(tmp_path, row, reason, what):
    first, bad, last = issues(tmp_path, f"Issue key,Summary\nHAR-1,a\n{row}\nHAR-2,b\n")
    assert (first.key, last.key) == ("HAR-1", "HAR-2")
    assert (bad.reason, bad.what) == (reason, what)


def test_a_table_of_something_else_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no column 'Issue key'; there are name, age"):
        issues(tmp_path, "name,age\nAda,30\n")
