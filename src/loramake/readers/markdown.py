"""Markdown: the text with its headings in one form and without comments, and its front matter in fields."""

import math
import re
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from loramake.errors import SourceError
from loramake.readers.dates import iso_date
from loramake.readers.decoding import decode
from loramake.readers.marks import first_heading, with_code
from loramake.readers.parsed import Parsed, Reading
from loramake.recipe.source import Source

READER = f"markdown (PyYAML {yaml.__version__})"
_YAML = re.compile(r"---[ \t]*\n(.{0,65536}?)^(?:---|\.\.\.)[ \t]*(?:\n+|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.{0,65536}?)^\+\+\+[ \t]*(?:\n+|\Z)", re.DOTALL | re.MULTILINE)
_BEGIN, _END = "<!--", "-->"
_CODE_OR_COMMENT = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:.*?\n)?? {0,3}(?P=fence)[`~]*[ \t]*$"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)"
    r"|(?P<comment><!--)",
    re.DOTALL | re.MULTILINE,
)
_LINE = re.compile(r"[ \t]*\n")
_UNDERLINE = re.compile(r" {0,3}(?:(=)=+|(-)--+)[ \t]*")
_NO_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(?:[-*+>|#]|\d{1,9}[.)][ \t]|`{3}|~{3}|<|\[[^\]]{1,100}\]:)")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_].{1,20})?")
_BROKEN = (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError)


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few of them can stand for billions of values."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def read(path: Path, source: Source) -> Reading:  # noqa: ARG001 - every reader is called alike
    """Read a .md file. Raises SourceError `empty`, `binary` or `no_text`."""
    fields, text = split_front_matter(decode(path.read_bytes()))
    text = _with_marked_headings(_without_comments(text))
    if not text.strip():
        raise SourceError("no_text", "nothing but white space")
    parsed = Parsed(
        text,
        section=_text(fields.pop("title", None)) or first_heading(text),
        author=_names(fields),
        language=_language(fields),
        date=_date(fields),
        meta=fields,
    )
    return Reading(READER, [parsed])


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter's values, fit for JSON, and the text after it; what is no mapping in YAML or TOML stays text."""
    found = _YAML.match(text) or _TOML.match(text)
    if not found:
        return {}, text
    try:
        values = tomllib.loads(found[1]) if found.re is _TOML else yaml.load(found[1], _Loader)
    except _BROKEN:
        return {}, text
    return (_json(values), text[found.end() :]) if isinstance(values, dict) else ({}, text)


def _without_comments(text: str) -> str:
    """`text` without HTML's comments, other than in code. One that never ends is text."""
    if _BEGIN not in text:
        return text
    kept: list[str] = []
    place = at = 0
    while found := _CODE_OR_COMMENT.search(text, at):
        at = found.end()
        if found["comment"]:
            end = text.find(_END, at)
            if end < 0:
                break
            kept.append(text[place : found.start()])
            place = end + len(_END)
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if (line := _LINE.match(text, place)) and not before.strip():
                place = line.end()  # nothing else stood on its lines
            at = place
    return "".join(kept) + text[place:]


def _with_marked_headings(text: str) -> str:
    """`text` with `#` in front of headings that are underlined."""
    lines: list[str] = []
    may_be_heading = False  # whether the last line is all of a paragraph so far
    for line, is_code in with_code(text.split("\n")):
        mark = None if is_code or not may_be_heading else _UNDERLINE.fullmatch(line)
        if mark:
            lines[-1] = f"{'#' if mark[1] else '##'} {lines[-1].strip()}"
        else:
            lines.append(line)
        begins = len(lines) < 2 or not lines[-2].strip() or lines[-2].startswith("#")
        may_be_heading = not (mark or is_code) and begins and bool(line.strip()) and not _NO_PARAGRAPH.match(line)
    return "\n".join(lines)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, set):
        return sorted(str(item) for item in value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)):
        return str(value)
    return value


def _text(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _names(fields: dict[str, Any]) -> str | None:
    """Those of the authors, taken out of `fields`."""
    for key in ("author", "authors"):
        given = fields.get(key)
        people = given if isinstance(given, list) else [given]
        names = [_text(person.get("name") if isinstance(person, dict) else person) for person in people]
        if any(names):
            del fields[key]
            return ", ".join(filter(None, names))
    return None


def _language(fields: dict[str, Any]) -> str | None:
    """The code of the language, taken out of `fields`; one that has no code of two letters stays there."""
    for key in ("language", "lang"):
        if isinstance(fields.get(key), str) and (found := _LANGUAGE.fullmatch(fields[key].strip())):
            del fields[key]
            return found[1].lower()
    return None


def _date(fields: dict[str, Any]) -> str | None:
    """The date, taken out of `fields`; one that nobody can read stays there."""
    written = iso_date(fields.get("date")) if isinstance(fields.get("date"), str) else None
    if written:
        del fields["date"]
    return written
