"""The samples have the shapes of https://docs.github.com/en/rest: pulls, issues, comments, reviews."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.errors import SourceError
from loramake.readers.github import _document, read
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source

API, WEB = "https://api.github.com/repos/works/pumps", "https://github.com/works/pumps"
HUNK = (
    "@@ -10,4 +10,5 @@ def start(pump):\n     check(pump)\n-    pump.run()\n+    pump.oil()\n+    pump.run(slowly=True)"
)


def user(login: str | None, kind: str = "User") -> dict[str, Any] | None:
    return {"login": login, "id": 1, "type": kind, "site_admin": False} if login else None


def pull(**changed: Any) -> dict[str, Any]:
    return {
        "url": f"{API}/pulls/12",
        "id": 1,
        "html_url": f"{WEB}/pull/12",
        "number": 12,
        "state": "closed",
        "locked": False,
        "title": "Oil the pumps",
        "user": user("ada"),
        "body": "<!-- Say why -->\r\n# Why\r\n\r\nThey squeak.",
        "labels": [{"id": 2, "name": "bug", "color": "f29513"}],
        "milestone": {"number": 1, "title": "v1.0", "state": "open"},
        "created_at": "2024-01-26T19:01:12Z",
        "updated_at": "2024-02-26T19:01:12Z",
        "closed_at": "2024-01-28T19:01:12Z",
        "merged_at": "2024-01-28T19:01:12Z",
        "requested_reviewers": [user("eve")],
        "head": {"label": "ada:oil", "ref": "oil", "sha": "6dcb"},
        "base": {"label": "works:main", "ref": "main", "sha": "6dca"},
        "draft": False,
        "merged": True,
        "comments": 2,
        "review_comments": 3,
        "commits": 3,
        "additions": 100,
        "deletions": 3,
        "changed_files": 5,
        **changed,
    }


def comment(body: str | None, login: str | None = "bob", day: int = 27, kind: str = "User") -> dict[str, Any]:
    return {
        "id": day,
        "html_url": f"{WEB}/issues/12#issuecomment-{day}",
        "body": body,
        "user": user(login, kind),
        "created_at": f"2024-01-{day}T10:00:00Z",
        "issue_url": f"{API}/issues/12",
    }


def review(state: str, body: str, login: str = "bob", day: int = 27) -> dict[str, Any]:
    when = f"2024-01-{day}T11:00:00Z"
    return {"id": 80, "user": user(login), "body": body, "state": state, "submitted_at": when, "commit_id": "ecdd"}


def remark(number: int, body: str, login: str = "bob", reply_to: int | None = None, **changed: Any) -> dict[str, Any]:
    replies = {"in_reply_to_id": reply_to} if reply_to else {}
    return {
        "url": f"{API}/pulls/comments/{number}",
        "pull_request_review_id": 42,
        "id": number,
        "diff_hunk": HUNK,
        "path": "src/pumps.py",
        "position": 1,
        "original_position": 4,
        "user": user(login),
        "body": body,
        "created_at": f"2024-01-27T12:{number:02}:00Z",
        "html_url": f"{WEB}/pull/12#discussion_r{number}",
        "pull_request_url": f"{API}/pulls/12",
        "start_line": None,
        "line": 12,
        "original_line": 12,
        "side": "RIGHT",
        **replies,
        **changed,
    }


def snapshot(**changed: Any) -> dict[str, Any]:
    return {
        "pull_request": pull(),
        "comments": [comment("Thanks!"), comment("Coverage 99 %", "codecov[bot]", kind="Bot")],
        "reviews": [review("CHANGES_REQUESTED", "Some remarks."), review("APPROVED", "", day=28)],
        "review_comments": [
            remark(2, "Is this slow?\n```suggestion\n    pump.run(slow=True)\n```"),
            remark(3, "Elsewhere.", path="README.md", line=None, original_line=None, diff_hunk="@@ -1 +1,2 @@\n a\n+b"),
            remark(4, "Done.", "ada", reply_to=2),
        ],
        **changed,
    }


def written(folder: Path, value: Any, name: str = "pull-12.json") -> Path:
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return folder / name


def reading(folder: Path, value: Any, name: str = "pull-12.json", **options: Any) -> Reading:
    return read(written(folder, value, name), Source(github=["*"], **options)).whole()


def only(value: Any, **options: Any) -> Parsed:
    return _document(value, Source(github=["*"], **options))


def test_a_pull_request_is_a_document():
    assert only(snapshot()).text == (
        "# Oil the pumps\n\n"
        "## Why\n\nThey squeak.\n\n"
        "## Comments\n\nbob:\nThanks!\n\n"
        "## Reviews\n\nbob (changes requested):\nSome remarks.\n\n"
        f"### src/pumps.py, line 12\n\n```diff\n{HUNK}\n```\n\n"
        "bob:\nIs this slow?\n```suggestion\n    pump.run(slow=True)\n```\n\nada:\nDone.\n\n"
        "### README.md, line 2\n\n```diff\n@@ -1 +1,2 @@\n a\n+b\n```\n\nbob:\nElsewhere."
    )


def test_a_pull_request_has_its_facts_beside_the_text():
    parsed = only(snapshot())
    assert (parsed.part, parsed.section, parsed.author) == ("pull/12", "Oil the pumps", "ada")
    assert parsed.date == "2024-01-28T19:01:12+00:00"
    assert parsed.meta == {
        "number": 12,
        "state": "merged",
        "merged": True,
        "base": "main",
        "head": "ada:oil",
        "additions": 100,
        "deletions": 3,
        "changed_files": 5,
        "labels": ["bug"],
        "milestone": "v1.0",
        "url": f"{WEB}/pull/12",
        "repository": "works/pumps",
        "created": "2024-01-26T19:01:12+00:00",
        "reviewers": ["bob", "eve"],
        "approvals": 1,
        "comments": 5,
        "bot_comments": 1,
    }


def test_an_issue_is_a_document():
    issue = pull(url=f"{API}/issues/3", html_url=f"{WEB}/issues/3", number=3, comments=1, state_reason="completed")
    for key in ("merged_at", "head", "base", "draft", "merged"):
        del issue[key]
    parsed = only({"issue": issue, "comments": [comment("Same here.")]})
    assert (parsed.part, parsed.meta["state"], parsed.meta["reason"]) == ("issue/3", "closed", "completed")
    assert parsed.text.endswith("## Comments\n\nbob:\nSame here.")
    assert "merged" not in parsed.meta


@pytest.mark.parametrize(
    ("value", "name", "parts"),
    [
        (pull(), "a.json", ["pull/12"]),
        ([pull(), pull(number=13)], "a.json", ["pull/12", "pull/13"]),
        ({"total_count": 1, "items": [pull()]}, "a.json", ["pull/12"]),
        ([[pull()], [pull(number=13)]], "a.json", ["pull/12", "pull/13"]),
        (json.dumps([pull()]) + json.dumps([pull(number=13)]), "a.json", ["pull/12", "pull/13"]),
        (f"{json.dumps(pull())}\n{json.dumps(snapshot())}\n", "a.jsonl", ["pull/12", "pull/12"]),
        (f"no JSON\n{json.dumps(pull())}\n", "a.ndjson", ["pull/12"]),
    ],
)
def test_one_request_or_many_in_every_shape_of_a_list(tmp_path, value, name, parts):
    assert [parsed.part for parsed in reading(tmp_path, value, name).parsed] == parts


def test_a_request_deep_in_an_answer_is_found_by_its_key(tmp_path):
    answer = {"data": {"repository": {"pullRequests": {"nodes": [pull()]}}}}
    assert len(reading(tmp_path, answer, at="data.repository.pullRequests.nodes").parsed) == 1


def test_an_issue_of_a_search_that_is_a_pull_request_is_one():
    found = pull(pull_request={"url": f"{API}/pulls/12", "merged_at": "2024-01-28T19:01:12Z"}, merged_at=None)
    assert only({key: found[key] for key in found if key not in ("base", "head", "merged")}).part == "pull/12"


def test_what_the_command_line_gives_is_read():
    parsed = only(
        {
            "number": 12,
            "title": "Oil the pumps",
            "body": "They squeak.",
            "author": {"id": "x", "is_bot": False, "login": "ada", "name": "Ada Quill"},
            "state": "MERGED",
            "mergedAt": "2024-01-28T19:01:12Z",
            "createdAt": "2024-01-26T19:01:12Z",
            "baseRefName": "main",
            "headRefName": "oil",
            "isDraft": False,
            "url": f"{WEB}/pull/12",
            "labels": [{"id": "x", "name": "bug", "description": "", "color": "f29513"}],
            "milestone": {"number": 1, "title": "v1.0", "description": "", "dueOn": None},
            "files": [{"path": "src/pumps.py", "additions": 1, "deletions": 1}],
            "changedFiles": 1,
            "comments": [
                {"id": "a", "author": {"login": "bob"}, "body": "Thanks!", "createdAt": "2024-01-27T10:00:00Z"},
                {"id": "b", "author": {"login": "app/codecov"}, "body": "99 %", "createdAt": "2024-01-27T10:00:00Z"},
            ],
            "reviews": [
                {"id": "c", "author": {"login": "bob"}, "body": "", "submittedAt": "2024-01-28", "state": "APPROVED"}
            ],
            "reviewRequests": [{"__typename": "User", "login": "eve"}, {"__typename": "Team", "slug": "works/oilers"}],
        }
    )
    assert parsed.text == "# Oil the pumps\n\nThey squeak.\n\n## Comments\n\nbob:\nThanks!"
    assert (parsed.author, parsed.date) == ("ada", "2024-01-28T19:01:12+00:00")
    expected = {"state": "merged", "base": "main", "head": "oil", "labels": ["bug"], "milestone": "v1.0"}
    expected |= {"files": ["src/pumps.py"], "approvals": 1, "bot_comments": 1}
    assert expected.items() <= parsed.meta.items()
    assert parsed.meta["reviewers"] == ["bob", "eve", "works/oilers"]


def test_threads_of_graphql_are_read():
    said = [
        {"id": "1", "author": None, "body": "Why?", "createdAt": "2024-01-27T10:00:00Z", "diffHunk": HUNK},
        {"id": "2", "author": {"__typename": "Bot", "login": "helper"}, "body": "Because."},
    ]
    thread = {"id": "T", "path": "src/pumps.py", "line": 12, "startLine": 11, "comments": {"nodes": said}}
    parsed = only({**pull(), "reviewThreads": {"edges": [{"node": thread}]}, "comments": {"nodes": []}})
    assert parsed.text.endswith(f"### src/pumps.py, lines 11-12\n\n```diff\n{HUNK}\n```\n\nghost:\nWhy?")
    assert parsed.meta["bot_comments"] == 1


def test_an_archive_of_a_migration_is_read(tmp_path):
    request = {
        "type": "pull_request",
        "url": f"{WEB}/pull/4",
        "user": "https://github.com/ada",
        "repository": WEB,
        "title": "Oil the pumps",
        "body": "They squeak.",
        "base": {"ref": "main", "sha": "0762", "user": "https://github.com/works", "repo": WEB},
        "head": {"ref": "oil", "sha": "2be9", "user": "https://github.com/works", "repo": WEB},
        "milestone": f"{WEB}/milestones/1",
        "labels": [f"{WEB}/labels/good%20first%20issue"],
        "merged_at": "2024-01-28T19:01:12Z",
        "created_at": "2024-01-26T19:01:12Z",
    }
    milestone = {
        "type": "milestone",
        "url": f"{WEB}/milestones/1",
        "title": "1.0",
        "created_at": "2024-01-01T00:00:00Z",
    }
    found = reading(tmp_path, [request, milestone, {"type": "user", "url": "https://github.com/ada", "login": "ada"}])
    assert [refused.reason.split(":")[0] for refused in found.refused] == ["not_a_request"] * 2
    parsed = found.parsed[0]
    assert (parsed.part, parsed.author, parsed.meta["labels"]) == ("pull/4", "ada", ["good first issue"])


def test_comments_without_their_request_are_a_document_for_each(tmp_path):
    alone = [remark(2, "Is this slow?"), comment("Thanks!"), remark(4, "Done.", "ada", reply_to=2)]
    alone.append({**comment("Other."), "html_url": f"{WEB}/issues/13#issuecomment-1", "issue_url": f"{API}/issues/13"})
    alone[1]["html_url"] = f"{WEB}/pull/12#issuecomment-1"
    about_pull, about_issue = reading(tmp_path, alone).parsed
    assert (about_pull.part, about_pull.meta["repository"]) == ("pull/12/comments", "works/pumps")
    assert about_pull.text.startswith("## Comments\n\nbob:\nThanks!\n\n## Reviews\n\n### src/pumps.py, line 12")
    assert about_pull.text.endswith("bob:\nIs this slow?\n\nada:\nDone.")
    assert (about_issue.part, about_issue.text) == ("issue/13/comments", "## Comments\n\nbob:\nOther.")


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (["title"], "# Oil the pumps"),
        (["description", "title"], "## Why\n\nThey squeak.\n\n# Oil the pumps"),
        (["title", "milestone.title", "labels", "user.login"], "# Oil the pumps\n\nv1.0\n\nbug\n\nada"),
        (["comments"], "## Comments\n\nbob:\nThanks!"),
    ],
)
def test_the_text_is_made_of_the_fields_that_are_named(texts, text):
    assert only(snapshot(), text=texts).text == text


def test_a_diff_is_added_on_demand():
    diff = "diff --git a/a.txt b/a.txt\nindex 1..2 100644\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\n"
    shown = "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b"
    parsed = only(snapshot(diff=diff), text=["title"], diffs=len(shown))
    assert parsed.text == f"# Oil the pumps\n\n## Changes\n\n```diff\n{shown}\n```"
    assert parsed.meta["files"] == ["a.txt"]
    short = only(snapshot(diff=diff), text=["title"], diffs=len(shown) - 1)
    assert (short.text, short.meta["diff"]) == ("# Oil the pumps", f"left out: {len(shown)} characters")
    assert "Changes" not in only(snapshot(diff=diff)).text
    assert "Changes" not in only(snapshot(diff=None), diffs=1000).text


def test_a_list_of_files_with_patches_is_a_diff():
    files = [
        {"filename": "a.txt", "status": "modified", "additions": 1, "patch": "@@ -1 +1 @@\n-a\n+b"},
        {"filename": "new.txt", "previous_filename": "old.txt", "status": "renamed"},
        {"filename": "photo.png", "status": "added"},
    ]
    parsed = only(snapshot(files=files), text=["title"], diffs=1000)
    assert "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+b\ndiff --git a/old.txt b/new.txt\nrename from" in parsed.text
    assert parsed.text.endswith("diff --git a/photo.png b/photo.png\n```")


def test_a_long_hunk_keeps_the_lines_that_are_spoken_of():
    hunk = "@@ -1,2 +1,400 @@\n" + "\n".join(f"+line {number}" for number in range(400))
    parsed = only(snapshot(review_comments=[remark(2, "Here?", diff_hunk=hunk)]), diffs=32)
    assert "### src/pumps.py, line 12\n\n```diff\n+line 397\n+line 398\n+line 399\n```" in parsed.text


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({}, "src/pumps.py, line 12"),
        ({"line": None}, "src/pumps.py, line 12"),
        ({"line": "14"}, "src/pumps.py, line 14"),
        ({"start_line": 10}, "src/pumps.py, lines 10-12"),
        ({"side": "LEFT", "line": 11}, "src/pumps.py, removed line 11"),
        ({"subject_type": "file"}, "src/pumps.py"),
        ({"line": None, "original_line": None}, "src/pumps.py, line 12"),
        ({"line": None, "original_line": None, "diff_hunk": ""}, "src/pumps.py"),
        ({"path": None}, "the change, line 12"),
    ],
)
def test_a_remark_says_where_it_belongs(changed, place):
    assert f"\n### {place}\n" in only(snapshot(review_comments=[remark(2, "Here?", **changed)])).text


def test_threads_and_comments_are_in_the_order_of_time():
    remarks = [
        remark(9, "Third.", reply_to=5),
        remark(7, "Second.", reply_to=5),
        remark(5, "First."),
        remark(3, "Zero."),
    ]
    text = only(
        {"pull_request": pull(), "review_comments": remarks, "comments": [comment("B", day=28), comment("A")]}
    ).text
    words = ["A", "B", "Zero.", "First.", "Second.", "Third."]
    assert sorted(words, key=lambda word: text.index(f":\n{word}")) == words


def test_replies_to_a_remark_that_is_gone_and_to_each_other_end():
    lost = [remark(3, "One.", reply_to=99), remark(4, "Two.", reply_to=99)]
    circle = [remark(5, "Three.", reply_to=6), remark(6, "Four.", reply_to=5)]
    text = only(snapshot(review_comments=[*lost, *circle])).text
    assert text.count("### src/pumps.py") in (2, 3)
    assert "bob:\nOne.\n\nbob:\nTwo." in text


def test_what_somebody_wrote_stays_below_its_place():
    said = [comment("# Loud\n\n```\nnever closed"), comment("<!-- hidden -->", day=28), comment("After", day=29)]
    text = only(snapshot(comments=said), text=["comments"]).text
    assert text == "## Comments\n\nbob:\n### Loud\n\n```\nnever closed\n```\n\nbob:\nAfter"


def test_who_approved_last_counts():
    verdicts = [review("APPROVED", "", "bob", 20), review("CHANGES_REQUESTED", "", "bob", 21)]
    verdicts += [review("APPROVED", "", "cy", 22), review("COMMENTED", "", "cy", 23), review("APPROVED", "", "x[bot]")]
    assert only(snapshot(reviews=verdicts)).meta["approvals"] == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (3, "not_a_request"),
        ("a", "not_a_request"),
        ({"a": 1}, "not_a_request"),
        ({"title": "v1.0", "number": 1, "html_url": f"{WEB}/milestone/1"}, "not_a_request"),
        (pull(title="", body=None), "no_text"),
        (pull(title=None, body="<!-- x -->"), "no_text"),
        ({"pull_request": {"title": None, "body": None}}, "no_text"),
    ],
)
def test_what_is_no_request_or_says_nothing_is_refused_with_the_reason(value, reason):
    with pytest.raises(SourceError) as refused:
        only(value)
    assert refused.value.reason == reason


def test_accounts_that_were_deleted_are_ghosts():
    parsed = only(snapshot(pull_request=pull(user=None), comments=[comment("Bye", None)], reviews=[]))
    assert parsed.author == "ghost"
    assert "ghost:\nBye" in parsed.text
    assert "ghost" not in parsed.meta["reviewers"]


def test_a_request_that_a_program_opened_says_so():
    assert only(pull(user=user("dependabot[bot]", "Bot"))).meta["bot"] is True


_WORDS = st.text(alphabet="abcdefgh `#~<!->\n\\[]*", min_size=1, max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["comments", "reviews", "review_comments"]), _WORDS), max_size=8))
def test_no_word_of_a_comment_is_lost(said):
    made = {"comments": comment, "reviews": lambda words: review("COMMENTED", words), "review_comments": None}
    value: dict[str, Any] = {"pull_request": pull(), "comments": [], "reviews": [], "review_comments": []}
    for number, (kind, words) in enumerate(said):
        words = words.replace("<!--", "").replace("-->", "")
        build = made[kind]
        value[kind].append(build(words) if build else remark(number, words))
        value["expected"] = value.get("expected", []) + words.replace("#", " ").split()
    text = only(value).text.replace("#", " ")
    assert all(word in text for word in value.get("expected", []))


_KEYS = [*snapshot(), *pull(), *remark(1, ""), "nodes", "node", "edges"]
_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=10)
_JSON = st.recursive(
    _LEAVES | st.sampled_from([f"{WEB}/pull/12", "2024-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.data())
def test_values_of_any_kind_in_any_place_are_borne(data):
    value = snapshot()
    inside = data.draw(st.sampled_from([value, value["pull_request"], *value["comments"], *value["review_comments"]]))
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
        json.dumps(only(value, text=["title", "labels", "user.login", "reviews"]).meta)
    except SourceError as error:
        assert error.reason in ("not_a_request", "no_text")


def test_a_file_that_is_nested_deeply_is_refused(tmp_path):
    with pytest.raises(SourceError) as refused:
        reading(tmp_path, '{"title": ' + "[" * 100_000)
    assert refused.value.reason in ("too_deep", "bad_json")
    found = reading(tmp_path, json.dumps(pull()) + "\n" + '{"a":' * 500 + "1" + "}" * 500, "a.jsonl")
    assert ([parsed.part for parsed in found.parsed], len(found.refused)) == (["pull/12"], 1)
