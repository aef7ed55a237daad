"""What a commit's message says: title, body, the request that was merged, who signed it off, what it takes back."""

import re
from dataclasses import dataclass, field
from typing import Any

from loramake.readers.prose import without_comments

_NUMBER = r"(?P<pull>[1-9]\d{0,8})"
_BRANCH = r"(?P<head>\S{1,250})"
_MERGES = [  # what services write when they merge a request; its title stands in the body
    re.compile(rf"Merge pull request #{_NUMBER} in \S+ from {_BRANCH} to (?P<base>\S+)"),  # Bitbucket Data Center
    re.compile(rf"Merge pull request #{_NUMBER} from {_BRANCH}"),  # GitHub, Gitea
    re.compile(rf"Merged in {_BRANCH} \(pull request #{_NUMBER}\)"),  # Bitbucket
    re.compile(rf"Auto merge of #{_NUMBER} - {_BRANCH}, r=\S+"),  # bors
]
_GITLAB = re.compile(r"Merge branch '(?P<head>[^']{1,250})' into '(?P<base>[^']{1,250})'")
_SEE = re.compile(r"^See merge request (\S{0,500})!([1-9]\d{0,8})[ \t]*$", re.MULTILINE)
_SQUASHES = [
    re.compile(rf"(?P<title>.*\S)[ \t]*\((?:#|!|GH-){_NUMBER}\)", re.IGNORECASE),
    re.compile(rf"Merged PR {_NUMBER}: (?P<title>.*\S)"),  # Azure DevOps
]
_CONFLICTS = re.compile(r"^#?[ \t]*Conflicts:[ \t]*\n(?:#?[ \t]+\S.*(?:\n|\Z))+", re.MULTILINE)
_RULE = re.compile(r"\n-{5,}[ \t]*\Z")
_WHO = "signed-off|co-authored|co-developed|reviewed|acked|tested|reported|suggested|approved|helped|requested"
_TRAILER = re.compile(
    rf"(?P<key>(?:{_WHO})-by|cc|change-id|reviewed-on|git-svn-id)[ \t]*:[ \t]+(?P<value>\S.{{0,998}})", re.IGNORECASE
)
_PICKED = re.compile(r"\(cherry[ -]picked from commit (?P<commit>[0-9a-f]{7,64})\)")
_ADDRESS = re.compile(r"[ \t]*<([^<>@]*)@?[^<>]*>.*|(?<!\S)([^\s@]+)@\S+")
_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_REVERTS_PULL = re.compile(r"^Reverts (?:[\w./-]{0,200})[#!]([1-9]\d{0,8})\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Message:
    """A message taken apart.

    `meta` has what applies of `pull` (the request's number), `head` and `base` (branches), `project`, `reverts` and
    `cherry_picked` (ids of commits), `reverts_pull` (a request's number), `trailers` (names by kind).
    """

    title: str
    body: str
    meta: dict[str, Any] = field(default_factory=dict)


def understood(message: str) -> Message:
    """Take a message apart; who signed off, and what machines add, is left out of the body."""
    subject, body = _parted(message.replace("\r\n", "\n").replace("\f", " "))
    body, meta = _without_trailers(without_comments(_CONFLICTS.sub("", body)))
    request = _request(subject, body)
    if request is None:
        title = subject
    else:
        title, body, about = request
        meta = about | meta
    if reverted := _REVERTS.findall(body):
        meta["reverts"] = reverted
    if found := _REVERTS_PULL.search(body):
        meta["reverts_pull"] = int(found[1])
    return Message(title, _RULE.sub("", f"\n{body}").strip(), meta)


def _parted(message: str) -> tuple[str, str]:
    """The first paragraph, on one line, and the rest."""
    lines = message.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines))
    subject = " ".join(line.strip() for line in lines[start:end])
    return subject, "\n".join(line.rstrip() for line in lines[end:]).strip("\n")


def _request(subject: str, body: str) -> tuple[str, str, dict[str, Any]] | None:
    """Title, description and facts of the request that was merged or squashed; None if it was none."""
    seen = _SEE.search(body)
    if seen and (found := _GITLAB.fullmatch(subject)):
        about = {"pull": int(seen[2]), **found.groupdict(), **({"project": seen[1]} if seen[1] else {})}
        return *_titled(subject, _SEE.sub("", body).strip()), about
    for pattern in _MERGES:
        if found := pattern.fullmatch(subject):
            return *_titled(subject, body), found.groupdict() | {"pull": int(found["pull"])}
    for pattern in _SQUASHES:
        if found := pattern.fullmatch(subject):
            return found["title"], body, {"pull": int(found["pull"])}
    return None


def _titled(subject: str, body: str) -> tuple[str, str]:
    """Title and description in the body of a merge; its subject is the title if there is no other."""
    title, rest = _parted(body)
    return (title, rest) if title else (subject, "")


def _without_trailers(body: str) -> tuple[str, dict[str, Any]]:
    """The body without lines that say who had a hand in it, and those by their kind, without addresses."""
    kept: list[str] = []
    trailers: dict[str, list[str]] = {}
    picked: list[str] = []
    for line in body.split("\n"):
        if found := _TRAILER.fullmatch(line):
            value = _ADDRESS.sub(_local, found["value"]).strip()
            trailers.setdefault(found["key"].lower(), []).append(value)
        elif found := _PICKED.fullmatch(line):
            picked.append(found["commit"])
        else:
            kept.append(line)
    meta: dict[str, Any] = {"trailers": trailers} if trailers else {}
    return "\n".join(kept).strip("\n"), meta | ({"cherry_picked": picked} if picked else {})


def _local(address: re.Match[str]) -> str:
    """What stands for an address: nothing beside a name, else its part before the `@`."""
    return (address[1] or address[2] or "") if not address.start() else ""
