"""The text of an issue of Jira: the parts that a source names, one below another."""

from collections.abc import Callable, Iterable
from typing import Any

from loramake.readers import adf, jira_markup, rich_text
from loramake.readers.answers import Object, date_of, mapping, objects, short
from loramake.readers.jira_issue import Issue
from loramake.readers.marks import heading, plain

_LONGEST_LINE = 200
_LONGEST_CHANGE = 120
_ALIASES = {
    "type": "issuetype",
    "fix_versions": "fixVersions",
    "resolved": "resolutiondate",
    "due": "duedate",
}


def text_of(issue: Issue, names: list[str]) -> str:
    """The parts `names` of an issue; "" if none of them says anything. Raises SourceError `too_deep`."""
    below = 1 if "summary" in names and issue.said("summary") else 0
    blocks: list[str] = []
    for name in names:
        if name == "summary":
            blocks += rich_text.heading(1, issue.said("summary"))
        elif name == "description":
            inner = any(block.startswith("## ") for block in blocks)
            said = _rich(issue.fields.get("description"))
            blocks += _headed("Description", said) if inner else rich_text.demoted(said, below)
        elif part := _PARTS.get(name):
            blocks += _headed(part[0], part[1](issue))
        else:
            blocks += _field(issue, name)
    return "\n\n".join(blocks)


def _rich(value: Any) -> list[str]:
    """The blocks of a text: ADF, wiki markup, or what a value says in short."""
    if adf.is_document(value):
        return adf.blocks_of(value)
    return jira_markup.blocks_of(value) if isinstance(value, str) else rich_text.paragraph(short(value))


def _headed(title: str, blocks: list[str]) -> list[str]:
    return [heading(2, title), *rich_text.demoted(blocks, 2)] if blocks else []


def _field(issue: Issue, name: str) -> list[str]:
    """Any field, by its id or by the name that people know it by: a line, or a section if it is longer."""
    name = _ALIASES.get(name, name.removeprefix("fields."))
    known = {said.lower(): identifier for identifier, said in issue.names.items()}
    name = name if name in issue.fields else known.get(name.lower(), name)
    title = issue.names.get(name) or (name if name in issue.custom else _spaced(name))
    if name == "key":
        return [plain(f"{title}: {issue.key}")]
    if name == "parent":
        blocks = [_line(mapping(issue.fields.get("parent")))] if issue.said("parent") else []
    else:
        blocks = _rich(issue.fields.get(name))
    if len(blocks) == 1 and "\n" not in blocks[0] and len(blocks[0]) <= _LONGEST_LINE:
        return [f"{title}: {blocks[0]}"]
    return _headed(title, blocks)


def _spaced(name: str) -> str:
    """`fixVersions` -> `Fix versions`."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words[:1].upper() + words[1:]


def _line(other: Object) -> str:
    """Another issue, with its summary and status as far as they are given."""
    fields = mapping(other.get("fields"))
    summary, status = short(fields.get("summary")), short(fields.get("status"))
    return " ".join(
        "".join([short(other.get("key")), f": {summary}" if summary else "", f" ({status})" if status else ""]).split()
    )


def _said_by(person: Any, when: Any, blocks: list[str], more: str = "") -> list[str]:
    """What somebody wrote, below a line that says who and when."""
    name, date = short(person), (date_of(when) or short(when))[:10]
    who = f"**{name}**" if name else "**Comment**"
    return [f"{', '.join(filter(None, [who, date, more]))}:", *rich_text.demoted(blocks, 2)] if blocks else []


def _comments(issue: Issue) -> list[str]:
    found = issue.inside("comment", "comments")
    return _joined(_said_by(one.get("author"), one.get("created"), _rich(one.get("body"))) for one in found)


def _worklogs(issue: Issue) -> list[str]:
    out = []
    for one in issue.inside("worklog", "worklogs"):
        spent = short(one.get("timeSpent"))
        blocks = _rich(one.get("comment")) or ([f"{spent} of work"] if spent else [])
        out.append(_said_by(one.get("author"), one.get("started"), blocks, spent))
    return _joined(out)


def _changelog(issue: Issue) -> list[str]:
    items = []
    for history in sorted(issue.histories, key=lambda history: date_of(history.get("created")) or ""):
        changes = "; ".join(_change(item) for item in objects(history.get("items")))
        when = (date_of(history.get("created")) or "")[:10]
        items.append(
            ("-", [f"{', '.join(filter(None, [when, short(history.get('author'))]))}: {changes}"] if changes else [])
        )
    return rich_text.listed(items)


def _change(item: Object) -> str:
    before, after = short(item.get("fromString")), short(item.get("toString"))
    if "\n" in before + after or max(len(before), len(after)) > _LONGEST_CHANGE:
        return f"{short(item.get('field'))} edited"
    return f"{short(item.get('field'))}: {before or 'none'} → {after or 'none'}"


def _links(issue: Issue) -> list[str]:
    return rich_text.listed(("-", [f"{kind} {_line(other)}".strip()]) for kind, other in issue.links)


def _subtasks(issue: Issue) -> list[str]:
    return rich_text.listed(("-", [_line(other)]) for other in objects(issue.fields.get("subtasks")))


def _attachments(issue: Issue) -> list[str]:
    names = (short(one.get("filename")) for one in objects(issue.fields.get("attachment")))
    return rich_text.listed(("-", [name]) for name in names if name)


def _joined(parts: Iterable[list[str]]) -> list[str]:
    return [block for part in parts for block in part]


_COMMENTS = ("Comments", _comments)
_LINKS = ("Links", _links)
_WORKLOGS = ("Work log", _worklogs)
_ATTACHMENTS = ("Attachments", _attachments)
_PARTS: dict[str, tuple[str, Callable[[Issue], list[str]]]] = {
    "comments": _COMMENTS,
    "comment": _COMMENTS,
    "changelog": ("Changes", _changelog),
    "links": _LINKS,
    "issuelinks": _LINKS,
    "subtasks": ("Subtasks", _subtasks),
    "worklogs": _WORKLOGS,
    "worklog": _WORKLOGS,
    "attachments": _ATTACHMENTS,
    "attachment": _ATTACHMENTS,
}
