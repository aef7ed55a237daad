"""Secrets: tokens, private keys, and whatever stands where a password, key or token is set."""

import re
from collections.abc import Iterator

from loramake.cleaning.found import Found
from loramake.cleaning.tokens import find_private_keys, find_tokens

# A name, what may follow it, and what sets it; in lower case. `key` counts in compounds only.
_SETS = (
    r"""\\?["'\])*]{0,3}[ \t]{0,3}(?:(?:=>|:=|==?|:)[ \t]{0,4}|>|["']?\s{1,3}value\s{0,2}=\s{0,2})"""
    r"""|\\?["']?\s{0,3}\n[ \t]{0,40}"?value"?:\s{1,3}|["'`]?(?P<says>\s{1,2}(?:is:?\s{1,2})?)"""
)
_NAMED = re.compile(
    r"(?P<name>p(?:ass(?:w(?:or[dt]|d)?|phrase)?|wd?)|key|token|secret|kennwort|contraseña|credentials?|jwt|_auth)"
    r"[0-9]{0,2}(?:[_-](?:value|string|b(?:ase)?64|dev|prod|live|test))?(?![\w-])"
    rf"(?P<sets>{_SETS})(?=[^\s])"
)
_STRONG = re.compile(
    r"(?:passw\w*|passphrase|kennwort|contraseña|(?:[^a-z]|^|db|user|my)(?:pass|pwd?)"
    r"|(?:api|access|account|auth|client|encryption|master|private|secret|shared|signing)[ _.-]?(?:access)?[ _.-]?"
    r"(?:key|token|secret)|_auth)$"
)
_WEAK = frozenset(("token", "secret", "credential", "credentials", "jwt"))
_LONGEST_NAME = 32
_LAST_WORD = re.compile(r"\S*$")
_VALUE = re.compile(
    r"""(?:[bru]{0,2}(?:\\"(?P<escaped>[^"\n]{1,1000})\\"|"(?P<double>(?:[^"\\\n]|\\.){1,1000})\""""
    r"""|'(?P<single>(?:[^'\\\n]|\\.){1,1000})')"""
    r"""|`(?P<tick>[^`\n]{1,1000})`|(?P<bare>[^\s"'`<>]{1,1000}))"""
)
_REST = re.compile(r"""[^\s"'`<>]*""")
_NEXT_FIELD = re.compile(r"[,;&](?=\s?[\w.-]{1,64}=)|\\[nrt\"']|[.,:;&)}\]]+$")
_REFERENCE = re.compile(r"\$\{?\w+\}?|\$\(.*|<[^<>]*>|\{.*\}|\[.*\]|%\(\w+\)s|%\w+%?|[*.xX_-]+")
_EXPRESSION = re.compile(
    r"[<\[{(]|\$[({]|%[({]|[\w.]{1,64}\(|(?:self|this|os|args?|config|settings|env|process|request|options)[.\[]"
)
_PATH = re.compile(r"(?:\.{0,2}/|~/|file:)[\w./-]*$|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\[|$)")
_NO_SECRET = frozenset(
    str.split(
        "a an and any bool boolean bytes char changed correct disabled empty enabled encrypted expired false"
        " field file for from go hidden here id if in incorrect input int integer invalid is it key masked"
        " matches missing must never new nil no none not null number object of off ok on option optional or"
        " password passwd passphrase pass pwd prompt read redacted required reset secret see set should str"
        " string text that the this to token true type undefined unknown unset user valid value varchar via"
        " when which with wrong yes you your"
    )
)

_URL = re.compile(r"""://[^\s:/@"'<>?#]{0,128}:(?P<value>[^\s/"'<>]{1,256})@(?=[\w\[.-])""")
_HEADER = re.compile(
    r"""[Aa](?:uthorization|UTHORIZATION)\\?["']?\s{0,2}[:=]\s{0,2}\\?["']?"""
    r"""(?:(?:Bearer|Basic|Token|Digest|ApiKey|bearer|basic|token)\s{1,2})?+(?P<value>[^\s"'\\<>,]{6,2000})"""
)
_BEARER = re.compile(r"\b[Bb]earer\s{1,2}(?P<value>(?=[\w.~+/-]{0,60}[0-9])[\w.~+/-]{12,2000}=*)")
_CURL = re.compile(
    r"""\bcurl\s(?:\\\n|[^\n]){0,300}?(?<=\s)(?:-[a-zA-Z]{0,4}[uU]|--(?:proxy-)?user)[ =]?\s{0,2}["']?"""
    r"""[^\s:"'<>]{1,100}:(?P<value>[^\s"'<>]{1,200})"""
)
_MYSQL = re.compile(
    r"""\b(?:mysql\w{0,8}|mariadb\w{0,8})\s[^\n]{0,300}?(?<=\s)-p["']?(?P<value>[^\s"'<>-][^\s"'<>]{0,200})"""
)
_SSHPASS = re.compile(r"""\bsshpass\s{1,2}-p\s{0,2}["']?(?P<value>[^\s"'<>]{1,200})""")
_LOGIN = re.compile(r"\blogin\s{1,3}\S{1,100}\s{1,40}password\s{1,3}(?P<value>[^\s<>]{1,200})")
_DOCKER = re.compile(r"""\\?"auth\\?"\s{0,3}:\s{0,3}\\?"(?P<value>[A-Za-z0-9+/]{8,}={0,2})\\?\"""")

# The word without which a pattern cannot match: looking for it costs next to nothing.
_FORMS = (
    ("://", _URL),
    ("uthorization", _HEADER),
    ("UTHORIZATION", _HEADER),
    ("earer ", _BEARER),
    ("curl", _CURL),
    (" -p", _MYSQL),
    ("sshpass", _SSHPASS),
    ("login", _LOGIN),
    ("auth", _DOCKER),
)


def find_secrets(text: str) -> Iterator[Found]:
    """The secrets in `text`: only the secret itself, not the name or the address beside it."""
    yield from find_private_keys(text)
    yield from find_tokens(text)
    for word, pattern in _FORMS:
        if word in text:
            yield from _in_form(text, pattern)
    yield from _assigned(text)


def _in_form(text: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    """What stands where a command, a header or an address has its password."""
    for match in pattern.finditer(text):
        value = match["value"]
        if not _REFERENCE.fullmatch(value):
            yield Found(*match.span("value"), value)


def _assigned(text: str) -> Iterator[Found]:
    """What is set under a name such as `password`, in shell, YAML, JSON, XML, code or prose."""
    position = 0
    for named in _NAMED.finditer(text.replace("\u0130", "I").lower()):  # of the letters, only that one gets longer
        if named.start() < position or _EXPRESSION.match(text, named.end()):
            continue
        strong = bool(_STRONG.search(named.string, max(0, named.start() - _LONGEST_NAME), named.end("name")))
        loose, tight = named["says"] is not None, named["sets"] == "="
        if not (strong or named["name"] in _WEAK) or (loose and not _may_say(named)):
            continue
        value = _VALUE.match(text, named.end())
        kind = (value and value.lastgroup) or ""
        if not value or (kind == "tick" and not loose):
            continue
        start, end = value.span(kind)
        if kind == "bare":
            end = _end_of_bare(text, start, end)
        position, quoted = end, kind != "bare"
        variable = tight and text[slice(*named.span("name"))].isupper()
        strong = strong or variable or (named["name"] == "secret" and (quoted or tight))
        if _is_secret(text[start:end], quoted=quoted, strong=strong, ends=tight or (not loose and _ends(text, end))):
            yield Found(start, end, text[start:end])


def _may_say(named: re.Match[str]) -> bool:
    """Whether words may set what is named: `the password is …`, or an option, `--password …`."""
    word = _LAST_WORD.search(named.string, max(0, named.start() - _LONGEST_NAME), named.start())
    return bool(word and word[0].startswith("--")) or "is" in named["says"]


def _end_of_bare(text: str, start: int, end: int) -> int:
    """Where an unquoted value ends: at the next field, before punctuation, or at a space."""
    cut = _NEXT_FIELD.search(text, start, end)
    if cut:
        return cut.start()
    rest = _REST.match(text, end)
    return rest.end() if rest else end


def _ends(text: str, position: int) -> bool:
    """Whether nothing but a comment or punctuation follows on the line."""
    rest = text[position : position + 3].lstrip(" \t,;)}]\"'")
    return not rest or rest[0] in "\n\f#<&|\\"


def _is_secret(word: str, *, quoted: bool, strong: bool, ends: bool) -> bool:
    """Whether `word` is a secret rather than a word, a reference or a name."""
    if _REFERENCE.fullmatch(word) or word.lower().strip("._-!?:") in _NO_SECRET:
        return False
    mixed = any(character.isdigit() for character in word) and any(character.isalpha() for character in word)
    if not strong:
        return not set(word) & {" ", "<"} and len(word) >= (6 if quoted else 8) and (mixed or len(word) >= 32)
    if quoted:
        return len(word) >= 3 and (mixed or word.count(" ") < 3)
    if _PATH.match(word):
        return mixed and "/" not in word
    return len(word) >= 3 and (mixed or ends or _has_symbol(word))


def _has_symbol(word: str) -> bool:
    """Whether there are digits, or signs inside a word, that prose has not."""
    return (word.isdigit() and len(word) > 5) or any(sign in word.rstrip(".,;:!?") for sign in "!@#$%^&*+=~")
