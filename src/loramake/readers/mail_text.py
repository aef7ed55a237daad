"""The text of an e-mail: lines as they were meant, without signatures and seals, and the blocks of its HTML."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from loramake.errors import SourceError
from loramake.readers.html_blocks import blocks_of

_LONGEST_HTML = 2**22  # characters; a tree takes some fifty times as much memory
_LEVELS = re.compile(r">*")
_HTML_SIGNATURE = re.compile(r"gmail_signature(?:_prefix)?|moz-signature")
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>")


def without(text: str, begin: str, end: str) -> tuple[str, bool]:
    """`text` without what stands between two marks, and whether there was any."""
    first, *others = text.split(begin)
    return first + "".join(other.partition(end)[2] for other in others), bool(others)


def unsigned(lines: list[str]) -> list[str]:
    """The lines without a signature. What is quoted below one stays, with the line that says who said it."""
    begin = next((place for place, line in enumerate(lines) if line == "-- "), len(lines))
    quoted = next((place for place in range(begin, len(lines)) if lines[place].startswith(">")), len(lines))
    said = quoted - 1
    while begin < said < len(lines) - 1 and not lines[said].strip():
        said -= 1
    if quoted < len(lines) and begin < said and lines[said].rstrip().endswith(":"):
        quoted = said
    return lines[:begin] + ([""] if quoted < len(lines) else []) + lines[quoted:]


def unwrapped(lines: list[str], *, spaced: bool) -> Iterator[str]:
    """The paragraphs of format=flowed (RFC 3676, section 4): a line that ends with a space goes on with the next."""
    held: list[str] = []
    depth = 0
    for line in lines:
        level = len(_LEVELS.match(line)[0])  # type: ignore[index]
        text = line[level:].removeprefix(" ")
        if held and level != depth:
            yield "> " * depth + "".join(held)
            held = []
        depth = level
        if text.endswith(" ") and text != "-- ":
            held.append(text if spaced else text[:-1])
            continue
        yield "> " * depth + "".join([*held, text])
        held = []
    if held:
        yield "> " * depth + "".join(held)


def html_blocks(markup: str) -> list[str]:
    """The blocks of an HTML text, without signatures, what is hidden, and tables that only lay it out."""
    if len(markup) > _LONGEST_HTML:
        raise SourceError("too_big", f"more than {_LONGEST_HTML >> 20} MiB of HTML in one text")
    soup = BeautifulSoup(f"<html>{_XML_DECLARATION.sub('', markup, count=1)}</html>", "lxml")
    for tag in [*soup.find_all(class_=_HTML_SIGNATURE), *soup.find_all(style=_HIDDEN)]:
        tag.extract()
    for table in soup.find_all("table"):
        if not table.find("table") and all(_cells(row) < 2 for row in table.find_all("tr")):
            table["role"] = "presentation"
    return blocks_of(soup)


def _cells(row: Tag) -> int:
    return sum(bool(cell.get_text().strip()) for cell in row.find_all(["td", "th"], recursive=False))
