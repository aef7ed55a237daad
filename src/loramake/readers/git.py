"""git: the commits of a working tree, a bare repository or a bundle, oldest first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any

from loramake.errors import DataError, SourceError
from loramake.readers.diffs import left_out
from loramake.readers.git_history import Change, Changes, Commit, commits_of
from loramake.readers.git_messages import understood
from loramake.readers.git_repository import opened
from loramake.readers.marks import fenced, plain
from loramake.readers.parsed import Parsed, Refused, Stream
from loramake.recipe.source import Source

READER = "git"


def read(path: Path, source: Source) -> Stream:
    """Read the commits that `source.branch` (or HEAD) leads to, from the day `source.since` on, by the author's date.

    `source.branch` may be a branch, a tag or a commit's id. The merge of a pull or merge request is its title and
    description, compared with its first parent; other merges have no files and no diff, as in `git log`. A commit
    without a message is refused alone, `no_text`, or `too_big` for one of more than 16 MiB.

    Raises SourceError `empty`, `not_a_bundle`, `damaged`, `no_branch` or `no_commits`; DataError if the repository
    lacks what would make the answer the same everywhere.
    """
    parts = _parts(path, source)
    first = next(parts, None)
    if first is None:
        raise SourceError("no_commits", f"none since {source.since}")
    return Stream(READER, chain([first], parts))


def _parts(path: Path, source: Source) -> Iterator[Parsed | Refused]:
    since = _day(source.since)
    with opened(path, source.branch) as repository, Changes(repository, source.diffs) as changes:
        for commit in commits_of(repository):
            if since is None or (commit.seconds is not None and commit.seconds >= since):
                yield _document(commit, changes)


def _day(since: str | None) -> float | None:
    """The beginning of a day in UTC, in seconds since 1970."""
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC).timestamp() if since else None
    except ValueError:
        raise DataError(f"'{since}' is no date", where="sources: since", hint="write it as 2024-01-31") from None


def _document(commit: Commit, changes: Changes) -> Parsed | Refused:
    if commit.message is None:
        return Refused(commit.id, "too_big: a message of more than 16 MiB")
    message = understood(commit.message)
    is_merge, is_request = len(commit.parents) > 1, "pull" in message.meta
    body = message.body if is_request else plain(message.body)  # requests are written in Markdown
    text = f"{plain(message.title)}\n\n{body}".strip()
    if not text:
        return Refused(commit.id, "no_text: the commit has no message")
    change = changes.of(commit.id, commit.parents[0] if is_merge and is_request else "")
    meta: dict[str, Any] = {"commit": commit.id, "merge": is_merge, **message.meta}
    meta |= {"files": change.files, "changed_files": change.count}
    if change.diff is None:
        meta["diff"] = left_out(change.size)
    return Parsed(
        _with_diff(text, change),
        part=commit.id,
        author=commit.author or None,
        date=commit.when.isoformat() if commit.when else None,
        meta=meta,
    )


def _with_diff(text: str, change: Change) -> str:
    diff = fenced(change.diff.rstrip("\n"), "diff") if change.diff else ""
    return f"{text}\n\n{diff}".rstrip()
