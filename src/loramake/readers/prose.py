"""Markdown as people write it on code forges: without the comments of templates, its headings where they belong."""

import re

_CODE = (
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?P<ticks>`{1,3})(?!`)[^\n]{1,500}?(?P=ticks))"
)
_COMMENTS = re.compile(rf"{_CODE}|<!--.*?-->", re.DOTALL | re.MULTILINE)
_HEADINGS = re.compile(rf"{_CODE}|^ {{0,3}}(?P<marks>#{{1,6}})(?=[ \t]+\S)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_END = "-->"
_DEEPEST = 6


def without_comments(text: str) -> str:
    """`text` without comments of HTML, those in code aside; one that never ends is none."""
    last = text.rfind(_END) + len(_END)
    if "<!--" not in text[:last]:
        return text
    kept, done = list[str](), 0
    for found in _COMMENTS.finditer(text, 0, last):  # no further: each that does not end would be looked for anew
        kept += [text[done : found.start()], found["code"] or ""]
        done = found.end()
    return _GAP.sub("\n\n", "".join([*kept, text[done:]])).strip()


def below(level: int, text: str) -> str:
    """`text` whose headings all rank below `level`, as they do among themselves; no deeper than the sixth."""
    found = [len(mark["marks"]) for mark in _HEADINGS.finditer(text) if mark["marks"]]
    deeper = level + 1 - min(found, default=_DEEPEST)
    if deeper <= 0:
        return text
    return _HEADINGS.sub(lambda mark: mark["code"] or "#" * min(_DEEPEST, len(mark["marks"]) + deeper), text)


def closed(text: str) -> str:
    """`text` whose last fence is closed, so that whatever follows is no code."""
    fence = ""
    for line in text.split("\n"):
        if not (mark := _FENCE.match(line)):
            continue
        if not fence:
            fence = mark[1] if "`" not in mark[2] or mark[1][0] == "~" else ""
        elif mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
    return f"{text}\n{fence}" if fence else text
