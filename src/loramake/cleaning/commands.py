"""Passwords on command lines: `mysql -p…`, `curl -u name:…`, `net use … /user:name …`, `echo … | sudo -S`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loramake.cleaning.found import Found
from loramake.cleaning.guesses import is_reference, is_sample
from loramake.cleaning.words import Words

# A value: quoted, or up to a space or what ends a command.
_VALUE = r"""(?:\\?"(?P<double>[^"\n]{1,200}?)\\?"|'(?P<single>[^'\n]{1,200})'|(?P<bare>[^\s"'<>|;]{1,200}))"""
_AFTER_NAME = r"""["']?[^\s:"'<>]{1,100}:(?P<value>[^\s"'<>]{1,200})"""
_GAP = r"(?:[ =]\s{0,2}|[\"'],\s?)"
_LONGEST_LINE = 1000


class _Command(NamedTuple):
    """A command, a word that its line holds, and the option that takes a password."""

    word: str
    name: re.Pattern[str]
    option: re.Pattern[str]


def _command(word: str, names: str, options: str, value: str = _GAP + _VALUE) -> _Command:
    return _Command(word, re.compile(rf"\b(?:{names})\b"), re.compile(rf"(?<=[\s\"'])(?:{options}){value}"))


_COMMANDS = (
    _command("curl", "curl", "-[a-zA-Z]{0,4}[uU]|--(?:proxy-)?user", r"[ =]?\s{0,2}" + _AFTER_NAME),
    _command("http -", "https?", "-a|--auth", "[ =]" + _AFTER_NAME),
    _command("mysql", r"mysql\w{0,8}", "-p", r"""(?!,)["']?(?P<value>[^\s"'<>-][^\s"'<>]{0,200})"""),
    _command("mariadb", r"mariadb(?:-\w{1,10})?", "-p", r"""(?!,)["']?(?P<value>[^\s"'<>-][^\s"'<>]{0,200})"""),
    _command("sshpass", "sshpass", "-p", r"\s{0,2}" + _VALUE),
    _command(" login", "(?:docker|podman|registry|oc|az|skopeo|crane|nerdctl) login", "-p"),
    _command("twine", "twine", "-p"),
    _command("openssl", "openssl", r"-pass(?:in|out)?|-k", "[ =]pass:" + _VALUE),
    _command("redis-cli", "redis-cli", "-a|--pass"),
    _command("ldap", r"ldap\w{3,9}", "-w"),
    _command("sqlcmd", "sqlcmd", "-P", r"\s{0,2}" + _VALUE),
    _command("bcp ", "bcp", "-P", r"\s{0,2}" + _VALUE),
    _command("mongo", r"mongo\w{0,7}", "-p"),
    _command(
        " -U", "smbclient|rpcclient|smbget|net|winexe", "-U|--user", r"""[ =]\s{0,2}["']?[^\s%"'<>]{1,100}%""" + _VALUE
    ),
    _command("ipmitool", "ipmitool", "-P"),
    _command("mosquitto_", "mosquitto_(?:pub|sub)", "-P"),
    _command(" -pw ", "plink|pscp|psftp|putty", "-pw"),
    _command("rdesktop", "rdesktop", "-p"),
    _command("freerdp", r"\w{0,4}freerdp", "/p:", _VALUE),
    _command("sexec", "[Pp]s[Ee]xec(?:64)?", "-p"),
    _command("zip -", "zip|unzip", "-P"),
    _command("7z", "7za?", "-p", _VALUE),
)

# What is no option: each with the word without which it cannot match.
_FORMS = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        ("htpasswd -", r"\bhtpasswd\s-(?!\w{0,5}n)\w{0,5}b\w{0,5}\s\S{1,100}\s\S{1,100}\s" + _VALUE),
        ("net use", r"\bnet use[^\n]{1,100}/user:\S{1,100}\s{1,2}" + _VALUE),
        ("net use", r"\bnet use\s{1,2}(?:\S{1,20}:\s{1,2})?\\\\[^\s/]{1,100}\s{1,2}(?![/*])" + _VALUE),
        ("net user", r"\bnet user\s{1,2}[^\s/]{1,100}\s{1,2}(?![/*])(?P<value>[^\s\"']{3,100})"),
        ("chpasswd", r"""\becho ["']?[\w.-]{1,64}:(?P<value>[^\s"'<>]{1,200})["']?\s?\|\s?(?:sudo )?chpasswd"""),
        ("sudo -S", r"\becho (?:-\w )?" + _VALUE + r"\s?\|\s?sudo -S"),
        ("--stdin", r"\becho (?:-\w )?" + _VALUE + r"\s?\|\s?(?:sudo )?passwd --stdin"),
    )
)
_WORDS = Words([*(command.word for command in _COMMANDS), *(word for word, _ in _FORMS)])


def find_in_commands(text: str) -> Iterator[Found]:
    """The passwords on the command lines in `text`."""
    held = _WORDS.held(text)
    for command in _COMMANDS if held else ():
        for match in _options(text, command) if command.word in held else ():
            yield from _found(match)
    for word, pattern in _FORMS if held else ():
        for match in pattern.finditer(text) if word in held else ():
            yield from _found(match)


def _options(text: str, command: _Command) -> Iterator[re.Match[str]]:
    """The first option of each command, up to the end of its line or the next such command."""
    name = command.name.search(text)
    while name:
        following = command.name.search(text, name.end())
        stop = min(_end_of_line(text, name.end()), following.start() if following else len(text))
        place = command.option.search(text, name.end(), stop)
        match = place and command.option.match(text, place.start())
        if match:
            yield match
        name = following


def _end_of_line(text: str, position: int) -> int:
    """Where the line ends; one that ends with a backslash goes on."""
    limit = min(len(text), position + _LONGEST_LINE)
    end = text.find("\n", position, limit)
    while end > 0 and text[end - 1] == "\\":
        end = text.find("\n", end + 1, limit)
    return limit if end < 0 else end


def _found(match: re.Match[str]) -> Iterator[Found]:
    group = match.lastgroup or "value"
    if not is_reference(match[group]) and not is_sample(match[group]):
        yield Found(*match.span(group), match[group])
