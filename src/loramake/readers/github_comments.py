"""What was said about a pull request or an issue of GitHub: comments, reviews, and threads at places of the change."""

from dataclasses import dataclass, field, replace
from typing import Any

from loramake.readers import diffs
from loramake.readers.forge_values import GHOST, Object, is_bot, line, moment, number, objects, person, text, verbatim
from loramake.readers.forge_values import field as value_of
from loramake.readers.reviews import Comment, Request, Thread, in_order, prose

_VERDICTS = {
    "approved": "approved",
    "changes_requested": "changes requested",
    "dismissed": "dismissed",
    "40": "approved",  # in archives of a migration
    "30": "changes requested",
}
_MOST_REPLIES = 10_000  # that are followed to where a thread begins


@dataclass(slots=True)
class Said:
    """Comments as the service gives them: on the request, of reviews, and at places of the change."""

    comments: list[Object] = field(default_factory=list)
    reviews: list[Object] = field(default_factory=list)
    at_places: list[Object] = field(default_factory=list)

    @classmethod
    def of(cls, item: Object) -> "Said":
        """All that stands in an item."""
        said = cls()
        for comment in [*objects(item.get("comments")), *objects([item.get("comment")])]:
            said.add(comment)
            said.comments += objects(comment.get("replies"))
        said.at_places += objects(item.get("review_comments"))
        for review in [*objects(item.get("reviews")), *objects([item.get("review")])]:
            said.reviews.append(review)
            said.at_places += objects(review.get("comments"))
        for thread in objects(value_of(item, "review_threads")):
            said.at_places += [_in_thread(comment, thread) for comment in objects(thread.get("comments"))]
        return said

    def add(self, comment: Object) -> None:
        """A comment that may be of any kind."""
        if value_of(comment, "diff_hunk") is not None or (text(comment.get("path")) and "position" in comment):
            self.at_places.append(comment)
        elif comment.get("type") == "pull_request_review" or value_of(comment, "submitted_at") is not None:
            self.reviews.append(comment)
        else:
            self.comments.append(comment)


def _in_thread(comment: Object, thread: Object) -> Object:
    """A comment of GraphQL with what its thread says for all."""
    shared = {key: thread[key] for key in ("path", "line", "startLine", "diffSide") if thread.get(key) is not None}
    return {**shared, **{key: value for key, value in comment.items() if value is not None}, "thread": thread.get("id")}


def of_comments(request: Request, said: Said) -> Request:
    """`request` with what was said about it. Comments of programs are left out and counted in `meta`."""
    everything = [*said.comments, *said.reviews, *said.at_places]
    comments, spoken = _comments(said.comments), _comments(said.reviews)
    threads = _threads([item for item in said.at_places if not is_bot(_author(item))])
    reviewers = {person(_author(item)) for item in [*said.reviews, *said.at_places] if not is_bot(_author(item))}
    meta = dict(request.meta)
    meta["reviewers"] = sorted((reviewers | set(meta.pop("asked", []))) - {request.author, GHOST})
    meta["approvals"] = _approvals(said.reviews) if said.reviews else None
    meta["comments"] = len(comments) + len(spoken) + sum(len(thread.comments) for thread in threads)
    meta["bot_comments"] = sum(is_bot(_author(item)) and bool(_words(item)) for item in everything) or None
    return replace(request, comments=comments, reviews=spoken, threads=threads, meta=meta)


def _comments(items: list[Object]) -> list[Comment]:
    found = [_comment(item) for item in items if not is_bot(_author(item))]
    return in_order([comment for comment in found if comment.text])


def _comment(item: Object) -> Comment:
    when = moment(value_of(item, "submitted_at", "created_at"))
    verdict = _VERDICTS.get(line(item.get("state")).lower(), "") if "state" in item else ""
    return Comment(person(_author(item)), _words(item), when, verdict)


def _words(item: Object) -> str:
    return prose(value_of(item, "body"))


def _author(item: Object) -> Any:
    return value_of(item, "user", "author")


def _approvals(items: list[Object]) -> int:
    """How many people's last word was to approve; programs do not count."""
    verdicts: dict[str, str] = {}
    people = [item for item in items if not is_bot(_author(item))]
    for item in sorted(people, key=lambda item: moment(value_of(item, "submitted_at", "created_at")) or 0.0):
        if said := _VERDICTS.get(line(item.get("state")).lower()):
            verdicts[person(_author(item))] = said
    return list(verdicts.values()).count("approved")


def _threads(items: list[Object]) -> list[Thread]:
    """Comments at places of the change, by what they reply to; threads and their comments in the order of time."""
    parents = {key: _replies_to(item) for item in items if (key := _key(item))}
    threads: dict[str, list[Object]] = {}
    for position, item in enumerate(items):
        threads.setdefault(_beginning(item, parents) or f"alone {position}", []).append(item)
    found = [(thread, in_order([_comment(item) for item in thread])) for thread in threads.values()]
    made = [Thread(_place(thread[0]), _hunk(thread), said) for thread, said in found]
    spoken = [replace(one, comments=[said for said in one.comments if said.text]) for one in made]
    spoken = [one for one in spoken if one.comments]
    if any(one.comments[0].when is None for one in spoken):
        return spoken
    return sorted(spoken, key=lambda one: one.comments[0].when or 0.0)


def _key(item: Object) -> str:
    return line(item.get("id")) or line(item.get("url"))


def _replies_to(item: Object) -> str:
    replied = value_of(item, "in_reply_to_id", "in_reply_to", "reply_to")
    return _key(replied) if isinstance(replied, dict) else line(replied)


def _beginning(item: Object, parents: dict[str, str]) -> str:
    """The key of the first comment of a thread, or of the thread itself; the first may be gone."""
    if thread := line(value_of(item, "thread", "pull_request_review_thread")):
        return f"thread {thread}"
    key, seen = _key(item), set[str]()
    parent = _replies_to(item)
    while parent and parent not in seen and len(seen) < _MOST_REPLIES:
        seen.add(parent)
        key, parent = parent, parents.get(parent, "")
    return key


def _hunk(thread: list[Object]) -> str:
    return next((hunk for item in thread if (hunk := verbatim(value_of(item, "diff_hunk")))), "")


def _place(item: Object) -> str:
    path = line(item.get("path")) or "the change"
    last = number(value_of(item, "line", "original_line")) or diffs.last_line(verbatim(value_of(item, "diff_hunk")))
    if last is None or line(value_of(item, "subject_type")).lower() == "file":
        return path
    first = number(value_of(item, "start_line", "original_start_line"))
    removed = "removed " if line(value_of(item, "side", "diff_side")).upper() == "LEFT" else ""
    return f"{path}, {removed}{f'lines {first}-{last}' if first and first < last else f'line {last}'}"
