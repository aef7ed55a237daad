"""Issues of Jira: answers of its REST API (versions 2 and 3), and its CSV export."""

from pathlib import Path
from typing import Any

from loramake.errors import SourceError
from loramake.readers import exports, jira_csv
from loramake.readers.jira_issue import Issue
from loramake.readers.jira_text import text_of
from loramake.readers.parsed import Parsed, Stream
from loramake.recipe.source import Source

READER = "jira"
_TEXT = ["summary", "description", "comments"]


def read(path: Path, source: Source) -> Stream:
    """Read issues, one document each: .csv, or JSON in every shape that the API gives.

    An issue's date is that of its last change, or else of its creation. Raises SourceError as `exports` and `jira_csv`
    do. An issue that is bad is refused alone: `not_an_issue`, `no_text`, `bad_json`, `bad_row`, `too_deep` or
    `too_big`.
    """
    is_table = path.suffix.lower() == ".csv"
    items = jira_csv.items_of(path) if is_table else exports.items_of(path, source.at, "issues")
    return exports.stream(READER, items, lambda item: _document(item, source.text or _TEXT), _name)


def _name(item: Any) -> str:
    if isinstance(item, Issue):
        return item.key
    return item["key"] if isinstance(item, dict) and isinstance(item.get("key"), str) else ""


def _document(item: Any, texts: list[str]) -> Parsed:
    """The document of one issue. Raises SourceError `not_an_issue`, `no_text` or `too_deep`."""
    issue = item if isinstance(item, Issue) else Issue.of(item)
    text = text_of(issue, texts)
    if not text:
        raise SourceError("no_text", f"nothing in {', '.join(texts)}")
    return Parsed(
        text,
        part=issue.key,
        section=": ".join(filter(None, [issue.key, issue.said("summary")])),
        author=issue.person("reporter") or issue.person("creator"),
        date=issue.date("updated") or issue.date("created"),
        meta=issue.meta(),
    )
