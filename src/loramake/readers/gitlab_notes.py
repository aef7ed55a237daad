"""What was said about a merge request or an issue of GitLab: comments, and threads at places of the change."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from loramake.errors import SourceError
from loramake.readers import diffs
from loramake.readers.forge_values import GHOST, Object, field, is_bot, line, moment, number, objects, person
from loramake.readers.json_values import loads
from loramake.readers.reviews import Comment, Request, Thread, in_order, prose

_VERDICTS = {  # as GitLab notes them
    "approved this merge request": True,
    "unapproved this merge request": False,
    "requested changes": False,
}
_LINE_CODE = re.compile(r"[0-9a-f]+_(\d{1,9})_(\d{1,9})")


def of_discussions(request: Request, discussions: Sequence[Any], changes: Sequence[Object]) -> Request:
    """`request` with what was said about it: `discussions` are threads of notes, or single notes.

    What GitLab itself notes, and comments of programs, are left out and counted in `meta`. `changes` are the files
    that were changed, with their diffs.
    """
    grouped = _grouped(discussions)
    notes = [note for group in grouped for note in group]
    threads = [Thread("", "", _said(group)) for group in grouped]
    at_places = [_at_place(thread, group, changes) for thread, group in zip(threads, grouped, strict=True)]
    spoken = _by_time([thread for thread in at_places if thread.comments])
    meta = dict(request.meta)
    approved = _approving(notes) | set(meta.pop("approved", []))
    reviewers = {comment.author for thread in spoken if thread.place for comment in thread.comments}
    meta["reviewers"] = sorted((reviewers | approved | set(meta.pop("asked", []))) - {request.author, GHOST})
    meta["approvals"] = len(approved) or None
    meta["comments"] = sum(len(thread.comments) for thread in spoken)
    meta["system_notes"] = sum(_is_system(note) for note in notes) or None
    meta["bot_comments"] = sum(_is_from_bot(note) and bool(_words(note)) for note in notes) or None
    meta["unresolved"] = sum(any(map(_is_open, group)) for group in grouped) or None
    return replace(
        request,
        comments=[comment for thread in spoken if not thread.place for comment in thread.comments],
        threads=[thread for thread in spoken if thread.place],
        meta=meta,
    )


def _grouped(discussions: Sequence[Any]) -> list[list[Object]]:
    """Notes by the thread that they are in: a discussion has its own; others say which, or have the same place."""
    groups: dict[str, list[Object]] = {}
    for count, found in enumerate(objects(list(discussions))):
        if "notes" in found:
            groups[f"discussion {count}"] = objects(found["notes"])
            continue
        thread = line(field(found, "discussion_id")) or (_place(_position(found)) if _position(found) else "")
        groups.setdefault(thread or f"note {count}", []).append(found)
    return list(groups.values())


def _said(notes: list[Object]) -> list[Comment]:
    """What people say in a thread."""
    kept = [note for note in notes if not _is_system(note) and not _is_from_bot(note)]
    made = [Comment(person(note.get("author")), _words(note), moment(field(note, "created_at"))) for note in kept]
    return in_order([comment for comment in made if comment.text])


def _at_place(thread: Thread, notes: list[Object], changes: Sequence[Object]) -> Thread:
    """`thread` with the place of the change that it is about, if it is about one."""
    position = next((position for note in notes if (position := _position(note))), None)
    return thread if position is None else replace(thread, place=_place(position), hunk=_hunk(position, changes))


def _by_time(threads: list[Thread]) -> list[Thread]:
    """Threads by the time of their first comments, if all have one."""
    if any(thread.comments[0].when is None for thread in threads):
        return threads
    return sorted(threads, key=lambda thread: thread.comments[0].when or 0.0)


def _words(note: Object) -> str:
    return prose(field(note, "body", "note"))


def _is_system(note: Object) -> bool:
    return note.get("system") is True


def _is_from_bot(note: Object) -> bool:
    return not _is_system(note) and is_bot(note.get("author"))


def _is_open(note: Object) -> bool:
    return note.get("resolvable") is True and note.get("resolved") is not True


def _approving(notes: list[Object]) -> set[str]:
    """Who approved, and did not take it back."""
    verdicts: dict[str, bool] = {}
    system = [note for note in notes if _is_system(note)]
    for note in sorted(system, key=lambda note: moment(field(note, "created_at")) or 0.0):
        said = line(field(note, "body", "note")).lower()
        if said in _VERDICTS:
            verdicts[person(note.get("author"))] = _VERDICTS[said]
    return {name for name, is_approved in verdicts.items() if is_approved}


def _position(note: Object) -> Object | None:
    """The place of the change that a note is about; in exports it is JSON in a text."""
    position = note.get("position")
    if isinstance(position, str):
        try:
            position = loads(position)
        except SourceError:
            return None
    return position if isinstance(position, dict) and field(position, "new_path", "old_path", "file_path") else None


def _place(position: Object | None) -> str:
    path = line(field(position, "new_path", "old_path", "file_path"))
    new, old = number(field(position, "new_line")), number(field(position, "old_line"))
    last = new if new is not None else old
    if last is None:
        return path
    start = field(field(position, "line_range"), "start")
    code = _LINE_CODE.fullmatch(line(field(start, "line_code")))
    first = number(field(start, "new_line" if new is not None else "old_line"))
    if first is None and code:
        first = int(code[2 if new is not None else 1])
    removed = "" if new is not None else "removed "
    return f"{path}, {removed}{f'lines {first}-{last}' if first and first < last else f'line {last}'}"


def _hunk(position: Object, changes: Sequence[Object]) -> str:
    """The hunk of the change that has the place, as long as the file has not been changed again."""
    old, new = number(field(position, "old_line")), number(field(position, "new_line"))
    paths = {line(field(position, name)) for name in ("new_path", "old_path", "file_path")} - {""}
    for file in changes:
        if {line(field(file, "new_path")), line(field(file, "old_path"))} & paths:
            return diffs.hunk_at(diffs.of_file(file), old, new)
    return ""
