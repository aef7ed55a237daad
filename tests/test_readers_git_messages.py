import time

import pytest

from loramake.readers.git_messages import understood

ID = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("message", "title", "body", "meta"),
    [
        ("Oil the pumps", "Oil the pumps", "", {}),
        ("Oil\nthe pumps\n\n\nEvery night.\n", "Oil the pumps", "Every night.", {}),
        ("\n\r\n  Oil\r\n\r\nEvery night.\r\n", "Oil", "Every night.", {}),
        ("Oil the pumps (#12)", "Oil the pumps", "", {"pull": 12}),
        ("Backport of oil (#12) (#13)\n\nWhy", "Backport of oil (#12)", "Why", {"pull": 13}),
        ("gh-7: Oil (GH-12)", "gh-7: Oil", "", {"pull": 12}),
        ("Oil (!12)", "Oil", "", {"pull": 12}),
        ("Merged PR 12: Oil", "Oil", "", {"pull": 12}),
        ("Oil (fixes #12)", "Oil (fixes #12)", "", {}),
        ("Oil (#0)", "Oil (#0)", "", {}),
        ("Oil (#12345678901)", "Oil (#12345678901)", "", {}),
        ("(#12)", "(#12)", "", {}),
    ],
)
def test_a_message_has_a_title_and_a_body(message, title, body, meta):
    found = understood(message)
    assert (found.title, found.body, found.meta) == (title, body, meta)


@pytest.mark.parametrize(
    ("message", "title", "body", "meta"),
    [
        (
            "Merge pull request #7 from ada/pumps\n\nPumps run\n\nQuietly.",
            "Pumps run",
            "Quietly.",
            {"pull": 7, "head": "ada/pumps"},
        ),
        ("Merge pull request #7 from ada/x", "Merge pull request #7 from ada/x", "", {"pull": 7, "head": "ada/x"}),
        (
            "Merge branch 'pumps' into 'main'\n\nPumps run\n\nCloses #3\n\nSee merge request works/sub/pumps!7",
            "Pumps run",
            "Closes #3",
            {"pull": 7, "head": "pumps", "base": "main", "project": "works/sub/pumps"},
        ),
        (
            "Merge branch 'pumps' into 'main'\n\nPumps run\n\nSee merge request !7",
            "Pumps run",
            "",
            {"pull": 7, "head": "pumps", "base": "main"},
        ),
        ("Merged in pumps (pull request #7)\n\nPumps run", "Pumps run", "", {"pull": 7, "head": "pumps"}),
        (
            "Merge pull request #7 in WORKS/pumps from pumps to main\n\nPumps run",
            "Pumps run",
            "",
            {"pull": 7, "head": "pumps", "base": "main"},
        ),
        ("Auto merge of #7 - ada:pumps, r=bob\n\nPumps run", "Pumps run", "", {"pull": 7, "head": "ada:pumps"}),
        ("Merge branch 'pumps' into 'main'", "Merge branch 'pumps' into 'main'", "", {}),
    ],
)
def test_a_merged_request_has_its_own_title(message, title, body, meta):
    found = understood(message)
    assert (found.title, found.body, found.meta) == (title, body, meta)


def test_who_signed_off_is_beside_the_text():
    found = understood(
        "Oil the pumps\n\nEvery night.\nReviewed-by the crew: all fine\n\nFixes: #3\n"
        "Signed-off-by: Ada Quill <ada@example.org>\nco-authored-by: Bob <bob@example.org>\n"
        "Co-authored-by: <cy@example.org>\nReviewed-by: dan@example.org\nCc: Eve\nChange-Id: I0123"
    )
    assert found.body == "Every night.\nReviewed-by the crew: all fine\n\nFixes: #3"
    assert found.meta["trailers"] == {
        "signed-off-by": ["Ada Quill"],
        "co-authored-by": ["Bob", "cy"],
        "reviewed-by": ["dan"],
        "cc": ["Eve"],
        "change-id": ["I0123"],
    }


def test_what_machines_add_is_left_out():
    squashed = "Oil (#12)\n\n<!-- Say why -->\n* One\n\n* Two\n\n---------\n\nCo-authored-by: Bob <b@example.org>"
    assert understood(squashed).body == "* One\n\n* Two"
    merged = "Merge branch 'x'\n\n# Conflicts:\n#\ta.txt\n#\tb.txt\n"
    assert understood(merged).body == ""
    assert understood("Merge branch 'x'\n\nConflicts:\n\ta.txt\n\nTook ours.").body == "Took ours."


def test_what_is_taken_back_or_picked_is_named():
    found = understood(f'Revert "Oil" (#13)\n\nThis reverts commit {ID}.\n\nIt leaked.')
    assert found.body == f"This reverts commit {ID}.\n\nIt leaked."
    assert found.meta == {"pull": 13, "reverts": [ID]}
    assert understood("Revert oil\n\nReverts works/pumps#12").meta == {"reverts_pull": 12}
    assert understood(f"Oil\n\n(cherry picked from commit {ID})").meta == {"cherry_picked": [ID]}


@pytest.mark.parametrize(
    "piece", ["(", "\n\n", "Conflicts:\n\t", "<!--", "<", "```\n", "`", " ", "#", "Cc: <", "-----\n"]
)
def test_no_message_takes_long(piece):
    start = time.process_time()
    understood(f"Oil\n\n{piece * (300_000 // len(piece))}x")
    understood(piece * (300_000 // len(piece)))
    assert time.process_time() - start < 5
