"""Globs: `*`, `?`, `[a-z]`, `**` for any number of folders and `{a,b}`; none of them finds hidden names by itself."""

import re
from functools import cache

ARCHIVES = re.compile(r".+\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz|zst))", re.IGNORECASE)
_WILD = re.compile(r"[*?\[]")
_PIECES = re.compile(r"(\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\])")
_CLASS = re.compile(r"\[!?\]?[^\]/]*\]")
_AS_REGEX = {"**/": r"(?:(?!\.)[^/]+/)*", "**": r"(?:(?!\.)[^/]+/)*(?!\.)[^/]+", "*": "[^/]*", "?": "[^/]"}


def expand_braces(pattern: str) -> list[str]:
    """`a.{md,pdf}` as `a.md` and `a.pdf`; braces may stand in braces."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    before, after = pattern[: match.start()], pattern[match.end() :]
    return [full for choice in match[1].split(",") for full in expand_braces(before + choice + after)]


def is_wild(pattern: str) -> bool:
    """Whether `pattern` may name more than one path."""
    return _WILD.search(pattern) is not None


def literal_head(pattern: str) -> str:
    """The folder that everything which `pattern` finds stands in: `docs/a` of `docs/a/*/b.md`."""
    parts = pattern.split("/")
    wild = next((number for number, part in enumerate(parts) if is_wild(part)), len(parts) - 1)
    return "/".join(parts[:wild]) or ("/" if pattern.startswith("/") else "")


def depth(pattern: str) -> int | None:
    """How many folders deep below its literal head `pattern` reaches; None if there is no end."""
    if "**" in pattern:
        return None
    return pattern.count("/") - literal_head(pattern).count("/") - bool(literal_head(pattern).strip("/"))


@cache
def as_regex(pattern: str) -> re.Pattern[str]:
    """A regular expression for the paths that `pattern` finds."""
    return re.compile("".join(_parts(pattern)))


def _parts(pattern: str) -> list[str]:
    out, at_start = [], True
    for piece in _PIECES.split(pattern):
        if not piece:
            continue
        if at_start and piece in ("*", "?"):
            out.append(r"(?!\.)")
        if piece in _AS_REGEX:
            out.append(_AS_REGEX[piece])
        elif _CLASS.fullmatch(piece):
            out.append("[" + ("^" if piece[1] == "!" else "") + piece.lstrip("[!").replace("\\", r"\\"))
        else:
            out.append(re.escape(piece))
        at_start = piece.endswith("/")
    return out


def split_archive(pattern: str) -> tuple[str, str] | None:
    """A glob that reaches into archives, as the archives' and their members': `a.zip/**/*.md`; None for any other."""
    parts = pattern.split("/")
    for number, part in enumerate(parts[:-1], 1):
        if ARCHIVES.fullmatch(part):
            return "/".join(parts[:number]), "/".join(parts[number:])
    return None
