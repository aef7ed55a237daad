"""Passwords that their place gives away: in addresses, headers, SQL, tables and files of settings, and their hashes."""

import re
from base64 import b64decode
from collections.abc import Iterator

from loramake.cleaning.found import Found
from loramake.cleaning.guesses import is_mixed, is_random, is_reference, is_sample
from loramake.cleaning.words import Words

_QUOTED = r"""(?:"(?P<double>[^"\n]{1,200})"|'(?P<single>[^'\n]{1,200})')"""
_IDENTIFIED = r"(?i:identified\s{1,3}(?:with\s{1,3}\S{1,40}\s{1,3})?by\s{1,3}(?:password\s{1,3})?)" + _QUOTED
_BASE64 = "[A-Za-z0-9+/]"

# Each with the word without which it cannot match: looking for that costs next to nothing.
_FORMS = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("://", r"""://[^\s:/@"'<>?#]{0,128}:(?P<value>[^\s/"'<>]{1,256})@(?=[\w\[.-])"""),
        ("auth", rf"""auth\\?"\s{{0,3}}:\s{{0,3}}\\?"(?P<value>{_BASE64}{{8,2000}}={{0,2}})\\?\""""),  # Docker
        (
            "login",  # .netrc
            r"(?:machine\s{1,3}\S{1,100}|default)\s{1,40}login\s{1,3}\S{1,100}\s{1,40}password\s{1,3}"
            r"(?P<value>[^\s<>]{1,200})",
        ),
        ("SecureString", r"ConvertTo-SecureString\s{1,3}(?:-\w{1,20}\s{1,2}){0,3}" + _QUOTED),
        ("requirepass", r"""requirepass\s{1,4}["']?(?P<value>[^\s"'<>]{1,200})"""),
        ("masterauth", r"""masterauth\s{1,4}["']?(?P<value>[^\s"'<>]{1,200})"""),
        ("dentified", _IDENTIFIED),
        ("IDENTIFIED", _IDENTIFIED),
        ("PASSWORD", r"PASSWORD\s{1,3}" + _QUOTED),
        # crypt(5), and the same in PHC's format
        (
            "$",
            r"(?P<value>\$(?<![\w$].)(?:1|2[abxy]?|5|6|7|y|gy|apr1|sha1|md5|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]{0,12})"
            r"\$[\w./+=,$-]{20,300}(?<!\.))",
        ),
        ("pbkdf2_", r"(?P<value>pbkdf2_sha(?:1|256|512)\$[0-9]{1,9}\$[\w./+=$-]{20,200})"),  # Django
        ("SHA", rf"(?P<value>\{{S?SHA(?:256|512)?\}}{_BASE64}{{20,120}}={{0,2}})"),  # LDAP
    )
)
# RFC 9110, 11.6.2: a scheme and what it takes; what looks random is for the finder of entropy.
_AUTHORIZATION = re.compile(
    r"""(?<![A-Za-z:])[Aa](?:uthorization|UTHORIZATION)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?"""
    r"""(?:[A-Za-z]{3,12}\s{1,2})?+(?P<value>[^\s"'\\<>,;]{6,2000})"""
)
_BASIC = re.compile(rf"[Bb]asic\s{{1,2}}(?P<value>{_BASE64}{{8,2000}}={{0,2}})(?![\w-])")

_HEAD = re.compile(
    r"(?:password|passwort|passwd|kennwort|contraseña|mot de passe|wachtwoord|hasło|senha|пароль|密码|pass|pwd?)"
)
_WORDS = Words(word for word, _ in _FORMS)
_RULE = frozenset("|:- \t\r\n")


def find_logins(text: str) -> Iterator[Found]:
    """The passwords in `text` that need no name before them, but for those on command lines."""
    held = _WORDS.held(text)
    for word, pattern in _FORMS if held else ():
        for match in pattern.finditer(text) if word in held else ():
            group = match.lastgroup or "value"
            if not is_reference(match[group]) and not is_sample(match[group]):
                yield Found(*match.span(group), match[group])
    for match in _AUTHORIZATION.finditer(text) if "uthorization" in text or "UTHORIZATION" in text else ():
        value = match["value"]
        if is_mixed(value) and not is_random(value) and not is_reference(value):
            yield Found(*match.span("value"), value)
    for match in _BASIC.finditer(text) if "asic " in text else ():
        if _is_login(match["value"]):
            yield Found(*match.span("value"), match["value"])
    if "|--" in text or "| --" in text or "|:-" in text:
        yield from _columns(text)


def _is_login(value: str) -> bool:
    """Whether `value` is a name and a password as a header has them (RFC 7617)."""
    try:
        return b":" in b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        return False


def _columns(text: str) -> Iterator[Found]:
    """What stands in the columns of a pipe table whose heads say that they hold passwords."""
    columns: set[int] = set()
    position, before = 0, ""
    for line in text.splitlines(keepends=True):
        if "|" not in line:
            columns = set()
        elif "-" in line and _RULE.issuperset(line):
            heads = (cell.strip(" *`").lower() for cell in before.split("|"))
            columns = {number for number, head in enumerate(heads) if _HEAD.fullmatch(head)}
        elif columns:
            yield from _cells(line, position, columns)
        position, before = position + len(line), line


def _cells(line: str, position: int, columns: set[int]) -> Iterator[Found]:
    for number, cell in enumerate(line.split("|")):
        value = cell.strip(" \t\r\n`*")
        if number in columns and len(value) >= 3 and not (" " in value or is_reference(value) or is_sample(value)):
            start = position + cell.index(value)
            yield Found(start, start + len(value), value)
        position += len(cell) + 1
