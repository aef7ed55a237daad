"""GitLab: merge requests and issues, as its API and its exports give them.

The shapes: https://docs.gitlab.com/api/merge_requests, .../issues, .../discussions and .../notes; GraphQL, whose names
are in camelCase (https://docs.gitlab.com/api/graphql/reference); the .ndjson files in the export of a project
(https://docs.gitlab.com/user/project/settings/import_export); and the snapshots that `loramake fetch` makes.
"""

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
)
from loramake.readers.gitlab_notes import of_discussions
from loramake.readers.parsed import Parsed, Stream
from loramake.readers.reviews import Request
from loramake.recipe.source import Source

READER = "gitlab"
_WRAPPED = {"merge_request": "merge_request", "mergeRequest": "merge_request", "issue": "issue"}
_OF_MERGES = ("source_branch", "target_branch", "merge_status", "merged_at")


def read(path: Path, source: Source) -> Stream:
    """Read merge requests and issues, one document each.

    A document's date is that of the merge, else of the closing, else of the creation. What GitLab itself notes, and
    comments of programs, are left out and counted. Raises SourceError as `exports` does. An item that is bad is refused
    alone: `not_a_request`, `no_text`, `bad_json`, `too_deep` or `too_big`.
    """
    items = exports.items_of(path, source.at, "items")
    return exports.stream(READER, items, lambda item: _document(item, source), _name)


def _name(item: Any) -> str:
    core, kind = _core(item) if isinstance(item, dict) else ({}, "")
    return f"{kind}/{count}" if (count := number(core.get("iid"))) is not None else ""


def _document(item: Any, source: Source) -> Parsed:
    """The document of one item. Raises SourceError `not_a_request` or `no_text`."""
    if not isinstance(item, dict):
        raise SourceError("not_a_request", f"{type(item).__name__} in place of an object")
    core, kind = _core(item)
    if not kind:
        raise SourceError("not_a_request", f"no merge request and no issue: {', '.join(map(str, item))[:100]}")
    changes = _changes(item) or _changes(core)
    discussions = listed(item.get("discussions")) or listed(core.get("discussions"))
    notes = listed(item.get("notes")) or listed(core.get("notes"))
    request = of_discussions(_request(core, kind, changes), discussions or notes, changes)
    return reviews.document(request, source.text, source.diffs)


def _core(item: Object) -> tuple[Object, str]:
    """What says the most about a request, and its kind; "" if it is none."""
    for key, kind in _WRAPPED.items():
        if isinstance(item.get(key), dict) and "title" not in item:
            return item[key], kind
    if "title" not in item or number(item.get("iid")) is None or "/milestones/" in address(item):
        return item, ""
    if any(field(item, key) is not None for key in _OF_MERGES):
        return item, "merge_request"
    found = place(address(item))
    return item, "merge_request" if found and found[0] == "merge_request" else "issue"


def _changes(item: Object) -> list[Object]:
    """The files that were changed, with their diffs."""
    changes = item.get("changes")
    if isinstance(changes, dict):
        changes = changes.get("changes")
    return (
        objects(changes)
        or objects(item.get("diffs"))
        or objects(field(item.get("merge_request_diff"), "merge_request_diff_files"))
    )


def _request(core: Object, kind: str, changes: list[Object]) -> Request:
    """A request without what was said about it."""
    count, author = number(core.get("iid")), core.get("author")
    merged = field(core, "merged_at") or field(core.get("metrics"), "merged_at")
    changed = sorted({line(field(file, "new_path", "old_path")) for file in changes} - {""})
    return Request(
        part=f"{kind}/{count}" if count is not None else kind,
        item=core,
        title=line(core.get("title")),
        body=reviews.prose(core.get("description")),
        author=person(author) if "author" in core else None,
        date=date(merged) or date(field(core, "closed_at")) or date(field(core, "created_at")),
        diff=diffs.joined(changes),
        files=changed,
        meta=_meta(core, kind, count, merged),
    )


def _meta(core: Object, kind: str, count: int | None, merged: Any) -> dict[str, Any]:
    state, url = line(core.get("state")).lower().replace("opened", "open"), address(core)
    full = line(field(core.get("references"), "full"))
    is_merged = bool(merged) or state == "merged"
    of_merge = {
        "merged": is_merged,
        "base": line(field(core, "target_branch")),
        "head": line(field(core, "source_branch")),
        "draft": True if True in (core.get("draft"), core.get("work_in_progress")) else None,
        "changed_files": number(core.get("changes_count")),
        "asked": [person(asked) for asked in listed(core.get("reviewers"))],
        "approved": [person(field(one, "user") or one) for one in listed(field(core, "approved_by"))],
    }
    labels = [field(link, "label") for link in objects(core.get("label_links"))]
    return {
        "number": count,
        "state": "merged" if is_merged else state,
        **(of_merge if kind == "merge_request" else {}),
        "labels": names(core.get("labels")) or names(labels),
        "milestone": name(core.get("milestone")),
        "url": url,
        "repository": project(url) or full.partition("!")[0].partition("#")[0],
        "created": date(field(core, "created_at")),
        "bot": True if is_bot(core.get("author")) else None,
    }
