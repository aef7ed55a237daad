import json

import pytest

from loramake.errors import SourceError
from loramake.readers.jira import read
from loramake.recipe.source import Source


def adf(*texts, level=0):
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in texts]
    if level:
        content[0] = {"type": "heading", "attrs": {"level": level}, "content": content[0]["content"]}
    return {"version": 1, "type": "doc", "content": content}


def person(name):
    return {"accountId": f"5b10-{name}", "displayName": name, "active": True, "avatarUrls": {"48x48": "https://x"}}


# As https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/ shows an issue.
CLOUD = {
    "expand": "names,schema",
    "id": "10002",
    "self": "https://your-domain.atlassian.net/rest/api/3/issue/10002",
    "key": "HAR-7",
    "fields": {
        "summary": "The pump  leaks",
        "description": adf("Where", "At the valve.", level=1),
        "environment": adf("Pier 4"),
        "project": {"id": "1", "key": "HAR", "name": "Harbour"},
        "issuetype": {"id": "3", "name": "Bug", "subtask": False},
        "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
        "priority": {"id": "2", "name": "High"},
        "resolution": None,
        "labels": ["pump", "urgent"],
        "components": [{"id": "1", "name": "Water"}],
        "fixVersions": [{"name": "1.2", "released": False}],
        "reporter": person("Ada Quill"),
        "creator": person("Bob Reed"),
        "assignee": None,
        "created": "2024-01-31T10:20:30.000+0100",
        "updated": "2024-02-02T08:00:00.000+0000",
        "duedate": "2024-03-01",
        "comment": {
            "comments": [
                {"author": person("Bob Reed"), "created": "2024-02-01T09:00:00.000+0000", "body": adf("Seen", level=2)},
                {"author": None, "created": None, "body": adf("Too.")},
            ],
            "total": 2,
        },
        "customfield_10010": 2.5,
    },
    "changelog": {"histories": []},
}
CLOUD_TEXT = """\
# The pump leaks

## Where

At the valve.

## Comments

**Bob Reed**, 2024-02-01:

### Seen

**Comment**:

Too."""
# As version 2 and Jira's own server give one.
SERVER = {
    "id": "10003",
    "key": "HAR-8",
    "fields": {
        "summary": "It leaks",
        "description": "h1. Where\r\nAt the *valve*, see [~ada].\r\n{code:sh}\r\nls\r\n{code}",
        "issuetype": {"name": "Task"},
        "reporter": {"name": "ada", "key": "ada", "displayName": "Ada Quill", "emailAddress": "ada@example.org"},
        "created": "2012-11-06T14:55:20.000+0000",
        "comment": {
            "comments": [
                {"author": {"name": "bob"}, "created": "2012-11-07T14:55:20.000+0000", "body": "{quote}a{quote}"}
            ]
        },
    },
}
SERVER_TEXT = """\
# It leaks

## Where

At the **valve**, see @ada.

```sh
ls
```

## Comments

**bob**, 2012-11-07:

> a"""


def reading(tmp_path, content, name="issues.json", **options):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read(path, Source(jira=["*"], **options)).whole()


def test_an_issue_of_the_cloud(tmp_path):
    (issue,) = reading(tmp_path, CLOUD).parsed
    assert issue.text == CLOUD_TEXT
    assert (issue.part, issue.section) == ("HAR-7", "HAR-7: The pump  leaks")
    assert (issue.author, issue.date) == ("Ada Quill", "2024-02-02T08:00:00+00:00")
    assert issue.meta == {
        "customfield_10010": 2.5,
        "key": "HAR-7",
        "project": "HAR",
        "type": "Bug",
        "status": "In Progress",
        "priority": "High",
        "labels": ["pump", "urgent"],
        "components": ["Water"],
        "fix_versions": ["1.2"],
        "reporter": "Ada Quill",
        "created": "2024-01-31T10:20:30+01:00",
        "updated": "2024-02-02T08:00:00+00:00",
        "due": "2024-03-01",
    }


def test_an_issue_of_a_server(tmp_path):
    (issue,) = reading(tmp_path, SERVER).parsed
    assert issue.text == SERVER_TEXT
    assert (issue.date, issue.meta["project"], issue.meta["type"]) == ("2012-11-06T14:55:20+00:00", "HAR", "Task")


@pytest.mark.parametrize(
    ("content", "name", "options"),
    [
        ([CLOUD, SERVER], "a.json", {}),
        ({"startAt": 0, "total": 2, "issues": [CLOUD, SERVER]}, "a.json", {}),
        ({"issues": [CLOUD, SERVER], "isLast": True, "nextPageToken": "x"}, "a.json", {}),
        ([{"issues": [CLOUD]}, {"issues": [SERVER]}], "a.json", {}),
        ({"data": {"found": [CLOUD, SERVER]}}, "a.json", {"at": "data.found"}),
        (f"{json.dumps(CLOUD)}\n\n{json.dumps(SERVER)}\n", "a.jsonl", {}),
        (f"{json.dumps({'issues': [CLOUD]})}\n{json.dumps(SERVER)}\n", "a.ndjson", {}),
        (f"{json.dumps({'data': [CLOUD, SERVER]})}\n", "a.jsonl", {"at": "data"}),
    ],
)
def test_issues_stand_in_any_list(tmp_path, content, name, options):
    found = reading(tmp_path, content, name, **options)
    assert [(issue.part, issue.text) for issue in found.parsed] == [("HAR-7", CLOUD_TEXT), ("HAR-8", SERVER_TEXT)]
    assert found.refused == []


def test_an_issue_in_a_line_has_a_place(tmp_path):
    first = json.dumps(CLOUD) + "\n"
    found = reading(tmp_path, first + json.dumps(SERVER), "a.jsonl")
    assert [issue.offset for issue in found.parsed] == [0, len(first)]


def test_a_table_is_read_too(tmp_path):
    (issue,) = reading(tmp_path, "Summary,Issue key,Priority\nIt leaks,HAR-1,High\n", "a.csv").parsed
    assert (issue.text, issue.part, issue.meta["priority"]) == ("# It leaks", "HAR-1", "High")


def deep(levels):
    document = adf("x")
    for _ in range(levels):
        document = {"type": "doc", "content": [document]}
    return {"key": "HAR-9", "fields": {"summary": "x", "description": document}}


@pytest.mark.parametrize(
    ("bad", "part", "reason"),
    [
        (
            {"key": "HAR-9", "fields": {"summary": " ", "description": None}},
            "HAR-9",
            "no_text: nothing in summary, description, comments",
        ),
        ({"fields": {"summary": "x"}}, "2", "not_an_issue: no key, or no fields"),
        ({"key": "HAR-9"}, "HAR-9", "not_an_issue: no key, or no fields"),
        ("HAR-9", "2", "not_an_issue: no object"),
        (deep(90), "HAR-9", "too_deep: rich text of more than 80 levels"),
    ],
)
def test_a_bad_issue_spoils_no_other(tmp_path, bad, part, reason):
    found = reading(tmp_path, [CLOUD, bad, SERVER])
    assert [issue.part for issue in found.parsed] == ["HAR-7", "HAR-8"]
    assert [(refused.part, refused.reason) for refused in found.refused] == [(part, reason)]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("", "a.json", "empty"),
        ("[]", "a.json", "no_records"),
        ('{"issues": []}', "a.json", "no_records"),
        ("[{]", "a.json", "bad_json"),
        ("[" * 100_000, "a.json", "too_deep"),
        ("Summary,Status\nx,y\n", "a.csv", "not_jira"),
    ],
)
def test_a_file_without_issues_is_refused(tmp_path, content, name, reason):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, content, name)
    assert refused.value.reason == reason


def test_a_line_that_is_nested_too_deeply_spoils_no_other(tmp_path):
    wild = '{"key": "HAR-9", "fields": {"description": ' + '{"type":"doc","content":[' * 10_000
    found = reading(tmp_path, f"{json.dumps(CLOUD)}\n{wild}\n{json.dumps(SERVER)}\n", "a.jsonl")
    assert [issue.part for issue in found.parsed] == ["HAR-7", "HAR-8"]
    assert [refused.reason.split(":")[0] for refused in found.refused] == ["too_deep"]
