import pytest

from loramake.readers.jira_issue import Issue
from loramake.readers.jira_text import text_of

FIELDS = {
    "summary": "It leaks",
    "description": "h1. Where\nHere.",
    "environment": "Linux",
    "priority": {"name": "High"},
    "resolution": {"name": "Fixed"},
    "fixVersions": [{"name": "1.0"}, {"name": "1.1"}],
    "parent": {"key": "HAR-1", "fields": {"summary": "Pumps", "status": {"name": "Open"}}},
    "subtasks": [{"key": "HAR-3", "fields": {"summary": "Order a seal", "status": {"name": "Done"}}}],
    "issuelinks": [
        {"type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}, "outwardIssue": {"key": "HAR-4"}},
        {
            "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
            "inwardIssue": {"key": "HAR-5", "fields": {"summary": "Drain"}},
        },
    ],
    "worklog": {
        "worklogs": [
            {
                "author": {"displayName": "Bob"},
                "started": "2024-02-01T10:00:00.000+0000",
                "timeSpent": "2h",
                "comment": "Looked at it",
            },
            {"author": {"displayName": "Eve"}, "timeSpent": "1d"},
        ]
    },
    "attachment": [{"filename": "seal.png"}],
    "customfield_1": {"value": "Water", "child": {"value": "Salt"}},
    "customfield_2": "h2. Plan\n* first",
    "customfield_3": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Rich"}]}]},
    "customfield_4": 3,
}
HISTORIES = [
    {
        "created": "2024-02-02T10:00:00.000+0000",
        "author": {"displayName": "Bob"},
        "items": [{"field": "description", "fromString": "a\nb", "toString": "c"}],
    },
    {
        "created": "2024-02-01T10:00:00.000+0000",
        "items": [
            {"field": "status", "fromString": "Open", "toString": "Done"},
            {"field": "assignee", "fromString": None, "toString": "Bob"},
        ],
    },
]
ISSUE = Issue("HAR-2", FIELDS, HISTORIES, {"customfield_4": "Story Points"}, ("customfield_1", "customfield_4"))


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["summary"], "# It leaks"),
        (["description"], "# Where\n\nHere."),
        (["summary", "description"], "# It leaks\n\n## Where\n\nHere."),
        (
            ["summary", "subtasks", "description"],
            "# It leaks\n\n## Subtasks\n\n- HAR-3: Order a seal (Done)\n\n## Description\n\n### Where\n\nHere.",
        ),
        (["summary", "priority", "environment"], "# It leaks\n\nPriority: High\n\nEnvironment: Linux"),
        (
            ["key", "resolution", "fixVersions", "fix_versions"],
            "Key: HAR-2\n\nResolution: Fixed\n\nFix versions: 1.0, 1.1\n\nFix versions: 1.0, 1.1",
        ),
        (["parent"], "Parent: HAR-1: Pumps (Open)"),
        (["links"], "## Links\n\n- blocks HAR-4\n- is blocked by HAR-5: Drain"),
        (["worklogs"], "## Work log\n\n**Bob**, 2024-02-01, 2h:\n\nLooked at it\n\n**Eve**, 1d:\n\n1d of work"),
        (
            ["changelog"],
            "## Changes\n\n- 2024-02-01: status: Open → Done; assignee: none → Bob\n"
            "- 2024-02-02, Bob: description edited",
        ),
        (["attachments"], "## Attachments\n\n- seal.png"),
        (
            ["customfield_1", "fields.customfield_4", "story points"],
            "customfield_1: Water > Salt\n\nStory Points: 3\n\nStory Points: 3",
        ),
        (["customfield_2"], "## Customfield_2\n\n### Plan\n\n- first"),
        (["customfield_3", "comments", "nothing"], "Customfield_3: Rich"),
        (["nothing"], ""),
    ],
)
def test_the_parts_that_are_named_make_up_the_text(names, text):
    assert text_of(ISSUE, names) == text
