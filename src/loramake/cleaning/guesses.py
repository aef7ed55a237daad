"""What a value is by its looks: a reference to a secret, a sample in a manual, a word, or something random."""

import re
from itertools import pairwise

_REFERENCE = re.compile(
    r"\$\{?[A-Za-z_]\w*\}?|\$[{(].*|\$env:\w+|\$[A-Z_]+.*|#\{.*|%\(\w+\)s|%[A-Za-z_]\w*%?|@\w+@|!\w+"
    r"|<[^<>]*>|\{.*\}|\[.*\]|\(.*\)|(?:env|file|vault|op|ssm|secret|sops)://?.*"
    r"|[*.xX#•●?_…-]+|x{3,}.*|.*(?:xxxx|\*\*\*\*|\.\.\.|…).*"
)
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]{0,19}_[0-9]{1,6}>")
_SAMPLE = re.compile(
    r"(?:my|your|the|some|new|old|an?|enter|insert|put|change|replace|example|sample|dummy|fake|todo|fixme|redacted"
    r"|placeholder)(?:[ _.-].*|(?:it|me|this|here)?|(?:pass|secret|token|key|pw|api).*)"
    r"|.*(?:_here|-here|goes.here|placeholder|changeme|change.me|redacted|replace.?me|example.?key)"
)
_WORDS = frozenset(
    str.split(
        "a added an and any are as async at await bar base64 basic baz be bearer bool boolean but by bytes case changed"
        " char const correct credentials default deprecated digest disabled does empty enabled encrypted erforderlich"
        " expired failed false falsch field file fixed foo foobar for from get go has hash hashed here hidden how id if"
        " in incorrect incorrecta incorrecte input int integer invalid is it its key leer length let login masked"
        " matches may min missing must name never new nil no none not null number obbligatoria object obligatoria"
        " obligatorio of off ok on only option optional or out pass passed passphrase password passwd passwort please"
        " private prompt protected public pwd read redacted removed requis required reset return secret see self set"
        " should static stored str string strong test text than that the then this to token too true type undefined"
        " ungültig unknown unset use used user username valid value var varchar via void was weak what when where which"
        " will with wrong wymagane yes you your"
    )
)
_METAVARIABLE = re.compile(r"[A-Z_]{2,}(?:\\f.)?")
_PATH = re.compile(
    r"(?:\.{0,2}/|~/|[A-Za-z]:\\|file:|https?:)[\w./\\:-]*$|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?:\[|$)"
    r"|[A-Za-z_][\w.]*\[-?[0-9]{0,3}\]?(?:\.\w+)*$"
)
_EDGES = "._-!?:,;"
_SYMBOLS = frozenset("!@#$%^&*+=~")

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_RUN = re.compile("[A-Za-z0-9]+")
_CAPITALS_INSIDE = re.compile("[a-z][A-Z]|[A-Z][a-z](?=[A-Z])")


def is_reference(value: str) -> bool:
    """Whether `value` only says where a secret is, or stands for one: `${X}`, `<your key>`, `****`, a placeholder."""
    return bool(_REFERENCE.fullmatch(value) or _PLACEHOLDER.search(value))


def is_sample(value: str) -> bool:
    """Whether `value` is a word of manuals and types: `string`, `required|min:8`, `your_api_key`."""
    lowered = value.lower()
    first = re.split(r"[|,:\[()]", lowered, maxsplit=1)[0]
    return lowered.strip(_EDGES) in _WORDS or first in _WORDS or bool(_SAMPLE.fullmatch(lowered))


def is_metavariable(value: str) -> bool:
    """Whether `value` stands for one in the manual of a command: `--password=PASSWORD`."""
    return bool(_METAVARIABLE.fullmatch(value))


def is_path(value: str) -> bool:
    """Whether `value` is a path, an address or a dotted name."""
    return bool(_PATH.match(value))


def is_mixed(value: str) -> bool:
    """Whether there are both digits and letters."""
    return any(character.isdigit() for character in value) and any(character.isalpha() for character in value)


def has_symbol(value: str) -> bool:
    """Whether there are signs inside `value` that prose has not, or only digits, and many."""
    return (value.isdigit() and len(value) > 5) or not _SYMBOLS.isdisjoint(value.rstrip(".,;:!?"))


def is_random(value: str) -> bool:
    """Whether `value` looks drawn by a machine: long, of digits and letters that change places all the time."""
    if len(value) < 16 or _UUID.fullmatch(value):
        return len(value) >= 16
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    signs = len(value) - digits - letters
    if " " in value or signs > len(value) // 5:  # as in the salts of WordPress
        return len(value) >= 32 and min(digits, letters) >= 3 and signs >= 8
    runs = [run for run in _RUN.findall(value) if is_mixed(run) or _CAPITALS_INSIDE.search(run)]
    longest = max(map(len, runs), default=0)
    restless = sum(_class(a) != _class(b) for a, b in pairwise(value)) * 10 >= len(value) * 4
    if digits >= 2:
        return longest >= 20 or (longest >= 8 and restless)
    return longest >= 16 and restless


def _class(character: str) -> int:
    return 0 if character.isdigit() else 1 if character.islower() else 2 if character.isupper() else 3
