"""White space: one space between words, one empty line between paragraphs."""

import re

from loramake.cleaning.markdown import fences

_RUN = re.compile(r"[ \t]+")
_EMPTY_LINES = re.compile(r"\n\n\n+")  # begins with letters: quicker to search for than a repeat


def collapse(text: str) -> str:
    """`text` with single spaces inside its lines and at most one empty line between paragraphs.

    Leading spaces stay (a tab there counts four), since lists and code are written with them; fenced blocks stay as
    they are; page breaks stay. Empty lines at the beginning and the end go.
    """
    parts: list[str] = []
    position = 0
    for start, end in fences(text):
        parts += [_plain(text[position:start]), text[start:end]]
        position = end
    parts.append(_plain(text[position:]))
    return "".join(parts).rstrip(" \t\n").lstrip("\n")


def _plain(text: str) -> str:
    """The same for text without fenced blocks, which begins and ends at a line's edge."""
    pages = (
        "\n".join(
            [_line(line) if "  " in line or "\t" in line or line[-1:] == " " else line for line in page.split("\n")]
        )
        for page in text.split("\f")
    )
    return _EMPTY_LINES.sub("\n\n", "\f".join(pages))


def _line(line: str) -> str:
    line = line.rstrip(" \t")
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)].replace("\t", "    ")
    return indent + (_RUN.sub(" ", body) if "  " in body or "\t" in body else body)
