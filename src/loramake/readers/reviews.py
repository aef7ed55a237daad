"""Requests and issues, with what was said about them, as documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loramake.errors import SourceError
from loramake.readers import diffs
from loramake.readers.forge_values import Object, listed, name, text
from loramake.readers.marks import heading, plain
from loramake.readers.parsed import Parsed
from loramake.readers.prose import below, closed, without_comments
from loramake.readers.records import field_of

TEXT = ["title", "body", "comments", "reviews"]
_ALIASES = {"description": "body", "notes": "comments", "discussions": "comments", "review_comments": "reviews"}
_HUNK = 1000  # characters of a hunk that a review speaks of, where `diffs` says nothing
_MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said. `when` is in seconds since 1970; `verdict` is that of a review."""

    author: str
    text: str
    when: float | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said about a place in the change, whose diff up to there is `hunk`."""

    place: str
    hunk: str
    comments: list[Comment]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to change something, or an issue: `item` is what the service says of it."""

    part: str
    item: Object
    title: str = ""
    body: str = ""
    author: str | None = None
    date: str | None = None
    comments: list[Comment] = field(default_factory=list)
    reviews: list[Comment] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    diff: str = ""
    files: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)


def document(request: Request, texts: Sequence[str] | None, most: int | None) -> Parsed:
    """The document of a request, made of the fields `texts`, and its diff if that has `most` characters at most.

    Raises SourceError `no_text`.
    """
    wanted = texts or TEXT
    blocks = [found for named in wanted if (found := _block(request, _ALIASES.get(named, named), most or _HUNK))]
    if not blocks:
        raise SourceError("no_text", f"nothing in {', '.join(wanted)}")
    meta: dict[str, Any] = {**request.meta, "files": request.files[:_MOST_FILES]}
    meta.setdefault("changed_files", len(request.files) or None)
    if most and request.diff:
        changes, meta["diff"] = diffs.block(request.diff, most)
        blocks += [f"## Changes\n\n{changes}"] if changes else []
    return Parsed(
        "\n\n".join(blocks),
        part=request.part,
        section=request.title or None,
        author=request.author,
        date=request.date,
        meta={key: value for key, value in meta.items() if value not in (None, "", [])},
    )


def in_order(comments: Sequence[Comment]) -> list[Comment]:
    """Comments by their time, if all have one."""
    if any(comment.when is None for comment in comments):
        return list(comments)
    return sorted(comments, key=lambda comment: comment.when or 0.0)


def prose(value: Any) -> str:
    """What somebody wrote, in Markdown: without the comments of a template, every fence closed."""
    return closed(without_comments(text(value)))


def _block(request: Request, named: str, most: int) -> str:
    if render := _RENDERED.get(named):
        return render(request, most)
    value = field_of(request.item, named)
    return below(1, "\n".join(prose(item) or name(item) for item in (listed(value) or [value]) if item is not None))


def _title(request: Request, _most: int) -> str:
    return heading(1, request.title) if request.title else ""


def _body(request: Request, _most: int) -> str:
    return below(1, request.body)


def _comments(request: Request, _most: int) -> str:
    said = [_said(comment, 2) for comment in request.comments]
    return "\n\n".join(["## Comments", *said]) if said else ""


def _reviews(request: Request, most: int) -> str:
    said = [_said(comment, 2) for comment in request.reviews]
    for thread in request.threads:
        said += [heading(3, thread.place), diffs.tail(thread.hunk, most)]
        said += [_said(comment, 3) for comment in thread.comments]
    return "\n\n".join(["## Reviews", *filter(None, said)]) if said else ""


def _said(comment: Comment, level: int) -> str:
    verdict = f" ({comment.verdict})" if comment.verdict else ""
    return f"{plain(comment.author)}{verdict}:\n{below(level, comment.text)}"


_RENDERED: dict[str, Callable[[Request, int], str]] = {
    "title": _title,
    "body": _body,
    "comments": _comments,
    "reviews": _reviews,
}
