"""The samples have the shapes of https://docs.gitlab.com/api: merge_requests, issues, discussions, notes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import SourceError
from loramake.readers.gitlab import _document, read
from loramake.readers.parsed import Parsed
from loramake.recipe.source import Source

WEB = "https://gitlab.example.org/works/sub/pumps"
DIFF = "@@ -10,3 +10,4 @@ def start(pump):\n     check(pump)\n-    pump.run()\n+    pump.oil()\n+    pump.run(slow)\n"


def user(username: str) -> dict[str, Any]:
    return {"id": 1, "name": username.title(), "username": username, "state": "active", "web_url": "https://x"}


def merge(**changed: Any) -> dict[str, Any]:
    return {
        "id": 901,
        "iid": 12,
        "project_id": 3,
        "title": "Oil the pumps",
        "description": "<!-- Say why -->\n# Why\n\nThey squeak.",
        "state": "merged",
        "merged_at": "2024-01-28T11:16:17.520Z",
        "closed_at": None,
        "created_at": "2024-01-26T08:46:00Z",
        "updated_at": "2024-02-29T08:46:00Z",
        "target_branch": "main",
        "source_branch": "oil",
        "author": user("ada"),
        "reviewers": [user("eve")],
        "labels": ["bug"],
        "draft": False,
        "milestone": {"id": 5, "iid": 1, "title": "v1.0"},
        "user_notes_count": 3,
        "changes_count": "1",
        "web_url": f"{WEB}/-/merge_requests/12",
        "references": {"short": "!12", "full": "works/sub/pumps!12"},
        **changed,
    }


def note(body: str | None, username: str = "bob", minute: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "id": 1126 + minute,
        "type": "DiscussionNote",
        "body": body,
        "author": user(username),
        "created_at": f"2024-01-27T10:{minute:02}:00.000Z",
        "system": False,
        "noteable_type": "MergeRequest",
        "resolvable": False,
        **changed,
    }


def position(**changed: Any) -> dict[str, Any]:
    place = {"old_path": "src/pumps.py", "new_path": "src/pumps.py", "position_type": "text"}
    return {"base_sha": "b5d6", "head_sha": "4803", "old_line": None, "new_line": 12, **place, **changed}


def discussion(*notes: dict[str, Any]) -> dict[str, Any]:
    return {"id": "6a9c", "individual_note": len(notes) == 1, "notes": list(notes)}


def remark(body: str, minute: int = 3, **place: Any) -> dict[str, Any]:
    return note(body, "bob", minute, type="DiffNote", position=position(**place), resolvable=True, resolved=True)


def snapshot(**changed: Any) -> dict[str, Any]:
    return {
        "merge_request": merge(),
        "discussions": [
            discussion(note("added 1 commit", "ada", system=True)),
            discussion(note("approved this merge request", "cy", 9, system=True)),
            discussion(note("Thanks!", minute=1), note("Welcome.", "ada", 2)),
            discussion(note("Pipeline passed", "project_3_bot_0123", 8)),
            discussion(
                remark("Is this slow?\n```suggestion:-0+0\n    pump.run(slow=True)\n```"), note("Done.", "ada", 4)
            ),
        ],
        "changes": [{"old_path": "src/pumps.py", "new_path": "src/pumps.py", "diff": DIFF, "new_file": False}],
        **changed,
    }


def only(value: Any, **options: Any) -> Parsed:
    return _document(value, Source(gitlab=["*"], **options))


def test_a_merge_request_is_a_document():
    hunk = DIFF.rpartition("\n+")[0] + "\n+    pump.run(slow)"
    assert only(snapshot()).text == (
        "# Oil the pumps\n\n"
        "## Why\n\nThey squeak.\n\n"
        "## Comments\n\nbob:\nThanks!\n\nada:\nWelcome.\n\n"
        "## Reviews\n\n"
        f"### src/pumps.py, line 12\n\n```diff\n{hunk}\n```\n\n"
        "bob:\nIs this slow?\n```suggestion:-0+0\n    pump.run(slow=True)\n```\n\nada:\nDone."
    )


def test_a_merge_request_has_its_facts_beside_the_text():
    parsed = only(snapshot())
    assert (parsed.part, parsed.section, parsed.author) == ("merge_request/12", "Oil the pumps", "ada")
    assert parsed.date == "2024-01-28T11:16:17.520000+00:00"
    assert parsed.meta == {
        "number": 12,
        "state": "merged",
        "merged": True,
        "base": "main",
        "head": "oil",
        "changed_files": 1,
        "labels": ["bug"],
        "milestone": "v1.0",
        "url": f"{WEB}/-/merge_requests/12",
        "repository": "works/sub/pumps",
        "created": "2024-01-26T08:46:00+00:00",
        "reviewers": ["bob", "cy", "eve"],
        "approvals": 1,
        "comments": 4,
        "system_notes": 2,
        "bot_comments": 1,
        "files": ["src/pumps.py"],
    }


def test_an_issue_is_a_document():
    issue = merge(state="closed", closed_at="2024-01-30T00:00:00Z", web_url=f"{WEB}/-/issues/12", merged_at=None)
    for key in ("target_branch", "source_branch"):
        del issue[key]
    parsed = only({"issue": issue, "notes": [note("Later.", minute=5), note("Sooner."), note("closed", system=True)]})
    assert (parsed.part, parsed.date) == ("issue/12", "2024-01-30T00:00:00+00:00")
    assert parsed.text.endswith("## Comments\n\nbob:\nSooner.\n\nbob:\nLater.")
    assert only(issue).part == "issue/12"
    assert only(merge()).part == "merge_request/12"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (merge(), "a.json"),
        ([merge()], "a.json"),
        ([[merge()]], "a.json"),
        (snapshot(), "a.json"),
        (merge(), "a.jsonl"),
        (snapshot(), "a.ndjson"),
    ],
)
def test_one_request_or_many_in_every_shape_of_a_list(tmp_path: Path, value: Any, name: str):
    (tmp_path / name).write_text(json.dumps(value))
    parsed = read(tmp_path / name, Source(gitlab=["*"])).whole().parsed
    assert [one.part for one in parsed] == ["merge_request/12"]


def test_the_export_of_a_project_is_read():
    place = json.dumps(position())
    notes = [
        {"note": "added 1 commit", "system": True, "author": {"name": "Ada"}, "created_at": "2024-01-27T10:00:00Z"},
        {"note": "Thanks!", "system": False, "author": {"name": "Bob"}, "created_at": "2024-01-27T10:01:00Z"},
        {"note": "Slow?", "author": {"name": "Bob"}, "position": place, "discussion_id": "a", "type": "DiffNote"},
        {"note": "Yes.", "author": {"name": "Ada"}, "position": place, "discussion_id": "a", "type": "DiffNote"},
    ]
    files = [
        {
            "utf8_diff": f"--- a/src/pumps.py\n+++ b/src/pumps.py\n{DIFF}",
            "new_path": "src/pumps.py",
            "old_path": "src/pumps.py",
        }
    ]
    exported = merge(notes=notes, labels=None, label_links=[{"label": {"title": "bug"}}], author_id=1)
    exported["merge_request_diff"] = {"merge_request_diff_files": files}
    del exported["author"]
    parsed = only(exported, diffs=1000)
    assert "## Comments\n\nBob:\nThanks!\n\n## Reviews\n\n### src/pumps.py, line 12\n\n```diff\n@@" in parsed.text
    assert "Bob:\nSlow?\n\nAda:\nYes." in parsed.text
    assert parsed.text.count("--- a/src/pumps.py") == 1
    assert (parsed.author, parsed.meta["labels"], parsed.meta["files"]) == (None, ["bug"], ["src/pumps.py"])


def test_what_graphql_gives_is_read():
    notes = [{"body": "Thanks!", "author": {"username": "bob"}, "createdAt": "2024-01-27T10:00:00Z", "system": False}]
    request = {"iid": "12", "title": "Oil", "sourceBranch": "oil", "webUrl": f"{WEB}/-/merge_requests/12"}
    parsed = only({**request, "mergedAt": "2024-01-28", "discussions": {"nodes": [{"notes": {"nodes": notes}}]}})
    assert parsed.text == "# Oil\n\n## Comments\n\nbob:\nThanks!"
    assert (parsed.date, parsed.meta["head"], parsed.meta["number"]) == ("2024-01-28", "oil", 12)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, "src/pumps.py, line 12"),
        ({"old_line": 11, "new_line": None}, "src/pumps.py, removed line 11"),
        ({"new_line": None}, "src/pumps.py"),
        ({"new_path": None, "old_path": "gone.py"}, "gone.py, line 12"),
        ({"line_range": {"start": {"line_code": "588440f_9_10", "type": "new"}}}, "src/pumps.py, lines 10-12"),
        ({"line_range": {"start": {"line_code": "x", "new_line": 11}}}, "src/pumps.py, lines 11-12"),
        ({"line_range": []}, "src/pumps.py, line 12"),
    ],
)
def test_a_remark_says_where_it_belongs(changed, place):
    assert f"\n### {place}\n" in only(snapshot(discussions=[discussion(remark("Here?", **changed))])).text


def test_the_hunk_ends_at_the_line_that_is_spoken_of():
    text = only(snapshot(discussions=[discussion(remark("Here?", new_line=11))])).text
    assert "-    pump.run()\n+    pump.oil()\n```\n\nbob:\nHere?" in text
    assert "```" not in only(snapshot(discussions=[discussion(remark("Here?", new_line=99))])).text


def test_notes_without_their_discussion_are_grouped_by_their_place():
    notes = [remark("One.", 1), remark("Other.", 2, new_line=11), remark("Two.", 3)]
    text = only(snapshot(discussions=None, notes=notes)).text
    assert "bob:\nOne.\n\nbob:\nTwo." in text
    assert text.index("line 12\n") < text.index("line 11\n")


def test_a_diff_is_added_on_demand():
    parsed = only(snapshot(), text=["title"], diffs=1000)
    head = "diff --git a/src/pumps.py b/src/pumps.py\n--- a/src/pumps.py\n+++ b/src/pumps.py\n"
    assert parsed.text == f"# Oil the pumps\n\n## Changes\n\n```diff\n{head}{DIFF}```"
    assert only(snapshot(), text=["title"], diffs=20).meta["diff"].startswith("left out: ")
    large = [{"old_path": "a.txt", "new_path": "b.txt", "diff": "", "renamed_file": True, "too_large": True}]
    text = only({**snapshot(), "changes": {"changes": large}}, diffs=1000).text
    assert text.endswith("rename from a.txt\nrename to b.txt\ntoo large to be shown\n```")


def test_an_approval_may_be_taken_back():
    said = ["approved this merge request", "unapproved this merge request", "approved this merge request"]
    notes = [discussion(note(said[number], "cy", number, system=True)) for number in range(3)]
    assert "approvals" not in only(snapshot(discussions=notes[:2])).meta
    assert only(snapshot(discussions=notes[::-1])).meta["approvals"] == 1
    assert only(merge(approved_by=[{"user": user("cy")}])).meta["approvals"] == 1


def test_threads_that_are_open_are_counted():
    notes = [
        discussion(note("Hm.", resolvable=True, resolved=False)),
        discussion(note("Ok.", resolvable=True, resolved=True)),
    ]
    assert only(snapshot(discussions=notes)).meta["unresolved"] == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (3, "not_a_request"),
        ({"a": 1}, "not_a_request"),
        ({"title": "v1.0", "iid": 1, "web_url": f"{WEB}/-/milestones/1"}, "not_a_request"),
        (merge(title=None, description=None), "no_text"),
        ({"merge_request": {}}, "no_text"),
    ],
)
def test_what_is_no_request_or_says_nothing_is_refused_with_the_reason(value, reason):
    with pytest.raises(SourceError) as refused:
        only(value)
    assert refused.value.reason == reason


_WORDS = st.text(alphabet="abcdefgh `#~<!->\n\\[]*", min_size=1, max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), _WORDS), max_size=8))
def test_no_word_of_a_note_is_lost(said):
    notes, expected = [], []
    for at_place, alone, words in said:
        words = words.replace("<!--", "").replace("-->", "")
        made = remark(words) if at_place else note(words)
        expected += words.replace("#", " ").split()
        notes.append(made if alone else discussion(made))
    text = only(snapshot(discussions=notes)).text.replace("#", " ")
    assert all(word in text for word in expected)


_KEYS = [*snapshot(), *merge(), *note(""), *position(), "nodes", "node", "edges", "start", "line_code"]
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=10)
_JSON = st.recursive(
    _LEAVES | st.sampled_from([f"{WEB}/-/issues/1", "2024-01-01", "{}", '{"new_path": [1]}']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.data())
def test_values_of_any_kind_in_any_place_are_borne(data):
    value = snapshot()
    notes = [one for found in value["discussions"] for one in found["notes"]]
    places = [one["position"] for one in notes if "position" in one]
    inside = data.draw(st.sampled_from([value, value["merge_request"], *value["changes"], *notes, *places]))
    for key in data.draw(st.lists(st.sampled_from(list(inside)), max_size=6)):
        inside[key] = data.draw(_JSON)
    try:
        json.dumps([only(value, diffs=100).text, only(value).meta])
    except SourceError as error:
        assert error.reason in ("not_a_request", "no_text")


@settings(deadline=None)
@given(_JSON)
def test_any_value_is_a_request_or_is_refused(value):
    try:
        json.dumps(only(value, text=["title", "labels", "author.name", "notes"]).meta)
    except SourceError as error:
        assert error.reason in ("not_a_request", "no_text")
