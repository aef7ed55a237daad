"""What the reader says about a long and odd history, beside what git itself says."""

import os
import re
import subprocess
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from loramake.readers.git import read
from loramake.readers.git_history import _change, _person, _unquoted, _when
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source
from make_repository import COMMITS, make_repository

_SECONDS_AT = re.compile(r"\d+ [+-]\d+")
DAY = "2017-10-01"


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("history") / "long.git")


@pytest.fixture(scope="module")
def whole(long: Path) -> Reading:
    return reading(long)


def reading(folder: Path, branch: str = "main", **options: object) -> Reading:
    return read(folder, Source(git=".", branch=branch, **options)).whole()


def git(folder: Path, *arguments: str) -> str:
    """What git prints, of bytes that are no UTF-8, too."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout.decode("utf-8", "replace")


def count(folder: Path, *arguments: str) -> int:
    return int(git(folder, "rev-list", "--count", *arguments))


def logged(folder: Path, field: str, branch: str = "main") -> dict[str, str]:
    """A field of every commit, by its id."""
    lines = git(folder, "log", "--date=raw", f"--format=%H%x09{field}", branch).splitlines()
    return dict(line.split("\t", 1) for line in lines)


def test_every_commit_is_a_document_or_refused_with_its_reason(long, whole):
    assert len(whole.parsed) + len(whole.refused) == count(long, "main") >= COMMITS - 10
    assert [refused.reason.split(":")[0] for refused in whole.refused] == ["no_text"] * 2
    messages = logged(long, "%s")
    assert {refused.part for refused in whole.refused} == {commit for commit, said in messages.items() if not said}


@pytest.mark.parametrize("branch", ["v1", "light", "open/0", "topic/3"])
def test_another_branch_or_tag_has_its_own_commits(long, branch):
    other = reading(long, branch)
    assert len(other.parsed) + len(other.refused) == count(long, branch)


def test_parents_come_before_their_children(long, whole):
    place = {parsed.part: number for number, parsed in enumerate(whole.parsed)}
    for commit, parents in logged(long, "%P").items():
        assert all(place[parent] < place[commit] for parent in parents.split() if parent in place and commit in place)


def test_merges_are_those_of_git(long, whole):
    merges = {parsed.part for parsed in whole.parsed if parsed.meta["merge"]}
    assert merges == set(git(long, "rev-list", "--merges", "main").split())


def test_requests_are_those_whose_subjects_say_so(long, whole):
    squash, merge = re.compile(r".*\((?:#|!|GH-)(\d+)\)"), re.compile(r"Merge pull request #(\d+) .*")
    wanted = Counter[int]()
    for commit, subject in logged(long, "%s").items():
        said = git(long, "log", "-1", "--format=%b", commit) if subject.startswith("Merge branch 'topic") else ""
        bitbucket = re.fullmatch(r"Merged in \S+ \(pull request #(\d+)\)", subject)
        gitlab = re.search(r"See merge request \S+!(\d+)", said)
        if found := bitbucket or gitlab or squash.fullmatch(subject) or merge.fullmatch(subject):
            wanted[int(found[1])] += 1
    assert Counter(parsed.meta["pull"] for parsed in whole.parsed if "pull" in parsed.meta) == wanted
    assert wanted.total() > 1000
    assert set(wanted) == set(range(1, wanted.total() + 1))


def test_authors_are_those_of_git(long, whole):
    names = logged(long, "%an")
    for parsed in whole.parsed:
        assert (parsed.author or "") == names[parsed.part].strip()
    assert len({parsed.author for parsed in whole.parsed}) == 7


def test_dates_are_those_of_git_where_it_can_read_them(long, whole):
    unread = 0
    for commit, date in logged(long, "%ad").items():
        parsed = next((parsed for parsed in whole.parsed if parsed.part == commit), None)
        if parsed is None:
            continue
        if not _SECONDS_AT.fullmatch(date) or parsed.date is None:
            unread += 1
            assert parsed.date is None or parsed.date.startswith("1969-")
        else:
            assert datetime.fromisoformat(parsed.date).timestamp() == int(date.split()[0])
    assert 0 < unread < 60


def test_since_counts_by_the_date_of_the_author(long):
    """`git log --since` goes by the committer's date; the author's is the one that a document bears."""
    since = int(datetime.fromisoformat(f"{DAY}T00:00:00+00:00").timestamp())
    written = [int(date) for date in logged(long, "%at").values() if date]
    assert len(reading(long, since=DAY).parsed) == sum(date >= since for date in written) > 1000


@pytest.mark.parametrize("diffs", [None, 1000])
def test_changed_files_are_those_of_git(long, diffs):
    """Of ordinary commits with their parent, of merged requests with their first one, of other merges none."""
    listed = git(long, "log", "-z", "--root", "--format=%x01%H", "--name-only", "--no-renames", "main")
    wanted = dict(_named(entry) for entry in listed.split("\x01")[1:])
    firsts = git(long, "log", "-z", "--merges", "--first-parent", "-m", "--format=%x01%H", "--name-only", "main")
    wanted_of_merges = dict(_named(entry) for entry in firsts.split("\x01")[1:])
    for parsed in reading(long, diffs=diffs).parsed:
        is_merged_request = parsed.meta["merge"] and "pull" in parsed.meta
        names = (wanted_of_merges if is_merged_request else wanted)[parsed.part]
        assert (parsed.meta["files"], parsed.meta["changed_files"]) == (sorted(names), len(names))


def _named(entry: str) -> tuple[str, list[str]]:
    commit, *names = entry.replace("\n", "\0", 1).split("\0") if "\n" in entry[:42] else entry.split("\0")
    return commit, [name.removeprefix("\n") if not number else name for number, name in enumerate(filter(None, names))]


def test_diffs_are_those_of_git(long, whole):
    """Every twentieth is compared, without the lines that name files by their ids."""
    for parsed in reading(long, diffs=10**6).parsed[::20]:
        if parsed.meta["merge"]:
            continue
        shown = git(long, "diff-tree", "-p", "-M", "--root", "--no-commit-id", parsed.part).replace("\f", " ")
        shown = re.sub(r"(?m)^index [0-9a-f]+\.\.[0-9a-f]+.*\n", "", shown)
        assert parsed.text.partition("```diff\n")[2].removesuffix("\n```") == shown.rstrip("\n")


def test_the_same_repository_is_made_and_read_again(long, whole, tmp_path):
    again = make_repository(tmp_path / "again.git")
    assert git(again, "rev-parse", "main") == git(long, "rev-parse", "main")
    assert reading(again) == whole


def test_messages_in_any_encoding_are_read(whole):
    texts = [parsed.text for parsed in whole.parsed[:11] if isinstance(parsed, Parsed)]
    for text in ("Grüße aus Köln", "Привет из Москвы", "Grüße ohne Angabe, über die Öfen", "late subject\n\nbody"):
        assert text in texts
    assert "carriage\n\nreturns" in texts
    assert "#!/bin/sh \\# no heading".replace("\\", "") in texts
    assert any(text.startswith("broken ") for text in texts)


@pytest.mark.parametrize(
    ("line", "person"),
    [
        (b"Ada Quill <ada@example.org> 1700000000 +0100", (b"Ada Quill", 1_700_000_000, "+0100")),
        (b"Ada <a> <b> 1700000000 -0730", (b"Ada", 1_700_000_000, "-0730")),
        (b"<ada@example.org> -1 +0000", (b"", -1, "+0000")),
        (b"Ada <ada@example.org> 17", (b"Ada", 17, "")),
        (b"Ada <ada@example.org>", (b"Ada", None, "")),
        (b"Ada", (b"Ada", None, "")),
        (b"", (b"", None, "")),
    ],
)
def test_a_person_has_a_name_and_a_date(line, person):
    assert _person(line) == person


def test_a_line_that_is_no_person_ends_soon():
    assert _person(b"Ada <ada@example.org> " + b"1" * 10**6)[0] == b"Ada"
    assert _person(b"<" * 10**6)[0] == b""


@pytest.mark.parametrize(
    ("seconds", "offset", "date"),
    [
        (1_700_000_000, "+0100", "2023-11-14T23:13:20+01:00"),
        (1_700_000_000, "-0730", "2023-11-14T14:43:20-07:30"),
        (1_700_000_000, "+9999", "2023-11-14T22:13:20+00:00"),
        (-1, "+0000", "1969-12-31T23:59:59+00:00"),
        (253_402_300_799, "+0100", "9999-12-31T23:59:59+00:00"),
        (99_999_999_999_999, "+0000", None),
        (10**4000, "+0000", None),
    ],
)
def test_a_date_has_its_zone_where_there_is_one(seconds, offset, date):
    found = _when(seconds, offset)
    assert (found and found.isoformat()) == date


@pytest.mark.parametrize("offset", ["", "+", "-", "+1", "+00000000000000000000000000", "+2400", "-9959"])
def test_a_zone_that_there_is_not_changes_no_moment(offset):
    assert _when(1_700_000_000, offset).timestamp() == 1_700_000_000


@pytest.mark.parametrize(
    ("quoted", "name"),
    [(b"a b", "a b"), (b'"a\\tb\\n\\"\\\\"', 'a\tb\n"\\'), (b'"\\303\\251"', "é"), (b"\xff", "\ufffd"), (b'"', '"')],
)
def test_a_name_in_quotes_is_unquoted(quoted, name):
    assert _unquoted(quoted) == name


def test_a_change_of_very_many_files_keeps_the_first_names():
    lines = (b":100644 100644 a b M\t%06d\n" % number for number in range(30_000, 0, -1))
    change = _change(lines, 0)
    assert (change.count, change.files[0], len(change.files)) == (30_000, "000001", 50)


def test_a_very_long_line_is_counted_and_not_kept():
    pieces = iter([b":100644 100644 a b M\tx\n", b"\n", b"+" + "é".encode() * 9, b"index 1..2\n", b"+"])
    assert _change(pieces, 10).size == 22
