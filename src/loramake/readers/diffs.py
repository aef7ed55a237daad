"""Unified diffs: as blocks of bounded length, and the hunks that a review speaks of.

The format: https://git-scm.com/docs/diff-format and https://www.gnu.org/software/diffutils/manual/ (Unified Format).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from loramake.readers.marks import fenced

_HUNK = re.compile(r"@@ -(\d{1,9})(?:,\d+)? \+(\d{1,9})(?:,\d+)? @@")
_NAMES = re.compile(
    r'^(?:(?:---|\+\+\+) "?[ab]/|rename (?:from|to) )([^\t\n]+)'
    r"|^Binary files (?:a/(.+?)|/dev/null) and (?:b/(.+)|/dev/null) differ$",
    re.MULTILINE,
)


def block(diff: str, most: int) -> tuple[str, str]:
    """A diff of at most `most` characters in a fence and "", or "" and what is said in place of a longer one."""
    text = "".join(without_ids(diff.replace("\r\n", "\n").splitlines(keepends=True))).strip("\n")
    if len(text) > most:
        return "", left_out(len(text))
    return (fenced(text, "diff") if text else ""), ""


def left_out(size: int) -> str:
    """What is said in place of a diff that is too long."""
    return f"left out: {size} characters"


def without_ids(pieces: Iterable[str]) -> Iterator[str]:
    """A diff, by lines or pieces of them, without those that name the files by ids, and without form feeds."""
    for piece, is_head in _with_heads(pieces):
        if not (is_head and piece.startswith("index ")):
            yield piece.replace("\f", " ")


def _with_heads(pieces: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Lines, or pieces of them, and whether they are lines above the first hunk of a file."""
    is_start, is_head = True, True
    for piece in pieces:
        if is_start:
            is_head = piece.startswith("diff ") or (is_head and not piece.startswith("@@"))
        yield piece, is_head and is_start
        is_start = piece.endswith("\n")


def files_of(diff: str) -> list[str]:
    """The names of the files that a diff is of, sorted."""
    heads = "".join(line for line, is_head in _with_heads(diff.splitlines(keepends=True)) if is_head)
    return sorted({name.strip('"') for found in _NAMES.findall(heads) for name in found if name})


def tail(hunk: str, most: int) -> str:
    """The last lines of a hunk, of `most` characters at most, in a fence; "" if there are none."""
    lines = hunk.replace("\r\n", "\n").replace("\f", " ").strip("\n").split("\n")
    kept: list[str] = []
    while lines and (most := most - len(lines[-1]) - bool(kept)) >= 0:
        kept.append(lines.pop())
    return fenced("\n".join(reversed(kept)), "diff") if any(kept) else ""


def hunk_at(diff: str, old: int | None, new: int | None) -> str:
    """The hunk of a file's diff that has line `new` after the change, or line `old` before it, up to there; else ""."""
    hunk: list[str] = []
    for line, before, after in _numbered(diff):
        if before is after is None:
            hunk = []
        hunk.append(line)
        if (new is not None and after == new) or (new is None and old is not None and before == old):
            return "\n".join(hunk)
    return ""


def last_line(hunk: str) -> int | None:
    """The number, after the change, of the last line of a hunk; before it if that line was removed."""
    number = None
    for _, before, after in _numbered(hunk):
        number = after if after is not None else before
    return number


def _numbered(diff: str) -> Iterator[tuple[str, int | None, int | None]]:
    """The lines of all hunks with their numbers before and after, where they have one."""
    before = after = 0
    is_hunk = False
    for line in diff.replace("\r\n", "\n").split("\n"):
        if found := _HUNK.match(line):
            before, after, is_hunk = int(found[1]), int(found[2]), True
            yield line, None, None
        elif is_hunk and line[:1] in (" ", "-", "+", ""):
            yield line, before if line[:1] != "+" else None, after if line[:1] != "-" else None
            before, after = before + (line[:1] != "+"), after + (line[:1] != "-")
        elif not line.startswith("\\"):
            is_hunk = False


def joined(files: Iterable[dict[str, Any]]) -> str:
    """The diff of several files that the APIs of GitHub (`filename`, `patch`) or GitLab (`new_path`, `diff`) list."""
    return "\n".join(filter(None, map(of_file, files)))


def of_file(file: dict[str, Any]) -> str:
    """One of the files of `joined`. One that is too large is named, and so is a binary one."""
    new = _text(file, "new_path", "filename")
    old = _text(file, "old_path", "previous_filename") or new
    hunks = _text(file, "diff", "patch", "utf8_diff").strip("\n")
    if not new:
        return ""
    is_new = file.get("new_file") is True or file.get("status") == "added"
    is_gone = file.get("deleted_file") is True or file.get("status") == "removed"
    lines = [f"diff --git a/{old} b/{new}"]
    lines += [f"rename from {old}", f"rename to {new}"] if old != new else []
    if hunks.startswith("@@"):
        lines += ["--- /dev/null" if is_new else f"--- a/{old}", "+++ /dev/null" if is_gone else f"+++ b/{new}"]
    elif not hunks and file.get("too_large") is True:
        lines.append("too large to be shown")
    return "\n".join([*lines, *([hunks] if hunks else [])])


def _text(file: dict[str, Any], *names: str) -> str:
    found = (file.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "").replace("\r\n", "\n")
