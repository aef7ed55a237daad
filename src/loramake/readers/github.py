"""GitHub: pull requests and issues, as its APIs, its command line and its exports give them.

The shapes: https://docs.github.com/en/rest/pulls, .../issues, .../search; `gh pr list --json` and GraphQL, whose names
are in camelCase (https://docs.github.com/en/graphql/reference/objects); archives of a migration, where accounts and
requests are addresses (https://docs.github.com/en/migrations); and the snapshots that `loramake fetch` makes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers import diffs, exports, reviews
from loramake.readers.forge_values import (
    Object,
    address,
    date,
    field,
    is_bot,
    line,
    listed,
    name,
    names,
    number,
    objects,
    person,
    place,
    project,
    verbatim,
)
from loramake.readers.github_comments import Said, of_comments
from loramake.readers.parsed import Parsed, Stream
from loramake.readers.reviews import Request
from loramake.recipe.source import Source

READER = "github"
_WRAPPED = {"pull_request": "pull", "issue": "issue"}
_KINDS = {"pull_request": "pull", "issue": "issue", "discussion": "discussion"}
_OF_PULLS = ("merged_at", "base", "head", "base_ref_name", "head_ref_name", "is_draft", "diff_url", "merge_commit_sha")
_SAID = ("comments", "reviews", "review_comments", "review_threads", "diff", "files", "comment", "review")


def read(path: Path, source: Source) -> Stream:
    """Read pull requests and issues, one document each. Comments without them are a document for each request.

    A document's date is that of the merge, else of the closing, else of the creation. Comments of programs are left
    out and counted. Raises SourceError as `exports` does. An item that is bad is refused alone: `not_a_request`,
    `no_text`, `bad_json`, `too_deep` or `too_big`.
    """
    items = _gathered(exports.items_of(path, source.at, "items"))
    return exports.stream(READER, items, lambda item: _document(item, source), _name)


def _gathered(items: Iterator[exports.Item]) -> Iterator[exports.Item]:
    """The items, and at their end those comments that stand by themselves, by what they are about."""
    alone: dict[tuple[str, tuple[str, int]], Said] = {}
    for item, offset in items:
        if about := _comments_on(item):
            alone.setdefault(about, Said()).add(item)
        else:
            yield item, offset
    for (of, (kind, count)), said in alone.items():
        yield _Alone(of, f"{kind}/{count}/comments", count, said), None


def _comments_on(item: Any) -> tuple[str, tuple[str, int]] | None:
    """The project, and kind and number of what a comment is about that stands by itself; None if it is none."""
    if not isinstance(item, dict) or "title" in item or not isinstance(item.get("body"), str):
        return None
    for key in ("pull_request_url", "issue_url", "pull_request", "issue", "html_url"):
        if isinstance(item.get(key), str) and (found := place(item[key])):
            # The address of a comment on a pull request tells that it is one; that of its issue does not.
            return project(item[key]).lower(), place(address(item)) or found
    return None


class _Alone:
    """Comments on one request that are in a file without it."""

    def __init__(self, of: str, part: str, count: int, said: Said) -> None:
        self.of, self.part, self.count, self.said = of, part, count, said


def _name(item: Any) -> str:
    if isinstance(item, _Alone):
        return item.part
    core, kind = _core(item) if isinstance(item, dict) else ({}, "")
    return f"{kind}/{count}" if (count := _number(core)) is not None else ""


def _document(item: Any, source: Source) -> Parsed:
    """The document of one item. Raises SourceError `not_a_request` or `no_text`."""
    if isinstance(item, _Alone):
        about = {"number": item.count, "repository": item.of or None}
        return reviews.document(of_comments(Request(item.part, {}, meta=about), item.said), source.text, source.diffs)
    if not isinstance(item, dict):
        raise SourceError("not_a_request", f"{type(item).__name__} in place of an object")
    core, kind = _core(item)
    if not kind:
        raise SourceError("not_a_request", f"no pull request and no issue: {', '.join(map(str, item))[:100]}")
    said = Said.of(item if item is core else {**core, **{key: item[key] for key in _SAID if key in item}})
    return reviews.document(of_comments(_request(core, kind, item), said), source.text, source.diffs)


def _core(item: Object) -> tuple[Object, str]:
    """What says the most about a request, and its kind; "" if it is none."""
    for key, kind in _WRAPPED.items():
        inside = item.get(key)
        if isinstance(inside, dict) and "title" not in item and ("title" in inside or "body" in inside):
            return inside, kind if kind == "pull" else _kind(inside)
    return item, _kind(item)


def _kind(item: Object) -> str:
    declared, url = item.get("type"), address(item)
    found = place(url)
    if "title" not in item or "/milestone" in url or (isinstance(declared, str) and declared not in _KINDS):
        return ""
    if isinstance(declared, str):
        return _KINDS[declared]
    if isinstance(item.get("pull_request"), dict) or any(field(item, key) is not None for key in _OF_PULLS):
        return "pull"
    return found[0] if found else "issue" if number(item.get("number")) is not None else ""


def _number(item: Object) -> int | None:
    found = place(address(item))
    return own if (own := number(item.get("number"))) is not None else found[1] if found else None


def _request(core: Object, kind: str, item: Object) -> Request:
    """A request without what was said about it."""
    count, opener = _number(core), field(core, "user", "author")
    diff = verbatim(item.get("diff")) or diffs.joined(objects(item.get("files")))
    merged = field(core, "merged_at") or field(field(core, "pull_request"), "merged_at")
    return Request(
        part=f"{kind}/{count}" if count is not None else kind,
        item=core,
        title=line(core.get("title")),
        body=reviews.prose(field(core, "body")),
        author=person(opener) if opener is not None or {"user", "author"} & core.keys() else None,
        date=date(merged) or date(field(core, "closed_at")) or date(field(core, "created_at")),
        diff=diff,
        files=diffs.files_of(diff) or sorted(names([field(file, "path", "filename") for file in _files(item, core)])),
        meta=_meta(core, kind, count, merged),
    )


def _files(item: Object, core: Object) -> list[Object]:
    return objects(item.get("files")) or objects(core.get("files"))


def _meta(core: Object, kind: str, count: int | None, merged: Any) -> dict[str, Any]:
    state = line(field(core, "state")).lower() or ("closed" if field(core, "closed_at") else "open")
    is_merged = bool(merged) or state == "merged" or core.get("merged") is True
    of_pull = {
        "merged": is_merged,
        "base": _branch(core, "base"),
        "head": _branch(core, "head"),
        "draft": True if True in (core.get("draft"), core.get("isDraft")) else None,
        "additions": number(core.get("additions")),
        "deletions": number(core.get("deletions")),
        "changed_files": number(field(core, "changed_files")),
        "asked": names([person(asked) for asked in listed(field(core, "requested_reviewers", "review_requests"))]),
    }
    return {
        "number": count,
        "state": "merged" if is_merged else state,
        "reason": line(field(core, "state_reason")).lower(),
        **(of_pull if kind == "pull" else {}),
        "labels": names(core.get("labels")),
        "milestone": name(core.get("milestone")),
        "url": address(core),
        "repository": project(address(core)),
        "created": date(field(core, "created_at")),
        "bot": True if is_bot(field(core, "user", "author")) else None,
    }


def _branch(core: Object, which: str) -> str:
    return line(field(core, f"{which}_ref_name")) or line(
        field(core.get(which), "label" if which == "head" else "ref", "ref")
    )
