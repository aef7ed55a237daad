"""Passwords: set under a name, said in words, or where a command, an address, a header or a table has them."""

import re
from collections.abc import Iterator

from loramake.cleaning.commands import find_in_commands
from loramake.cleaning.found import Found
from loramake.cleaning.guesses import has_symbol, is_metavariable, is_mixed, is_path, is_random, is_reference, is_sample
from loramake.cleaning.logins import find_logins
from loramake.cleaning.names import TELLING, names_password, names_secret
from loramake.cleaning.settings import Setting, settings

_PROSE = re.compile(r"\b(?:pass|key|secret|token|user|must|should|the|is not|please)")


def find_passwords(text: str) -> Iterator[Found]:
    """The passwords in `text`: without the quotes around them and the name before them.

    What is set under `secret`, `token` and the like is one if it does not look random, as a person makes it up. A
    password may be found more than once.
    """
    yield from find_logins(text)
    yield from find_in_commands(text)
    yield from _set(text)


def _set(text: str) -> Iterator[Found]:
    for setting in settings(text, TELLING):
        value = setting.value
        option = setting.name.startswith("-")
        if is_reference(value) or is_sample(value) or (option and is_metavariable(value)):
            continue
        if names_password(setting.name):
            found = _is_password(setting)
        else:
            found = names_secret(setting.name) and not is_random(value) and _is_made_up(setting)
        if found:
            yield Found(setting.start, setting.end, value)


def _is_password(setting: Setting) -> bool:
    """Whether what stands under the name of a password is one, rather than the next word."""
    value = setting.value
    mixed = is_mixed(value)
    if len(value) < 3:
        return False
    if setting.beside:
        capitals = value.lower() != value != value.upper()
        return mixed and capitals and len(value) >= 8 and "-" not in value and not is_path(value)
    if setting.quoted:
        words = value.count(" ")
        prose = words > 1 and _PROSE.search(value.lower())
        return not prose and (mixed or has_symbol(value) or (words < 4 and not setting.said))
    if is_path(value):
        return mixed and "/" not in value and not setting.said
    return mixed or has_symbol(value) or (setting.last and not setting.said)


def _is_made_up(setting: Setting) -> bool:
    """Whether what stands under the name of a secret is one that a person made up."""
    value = setting.value
    if setting.said or setting.beside or is_path(value) or len(value) < 6 or set(value) & set(" </"):
        return False
    if setting.name.endswith("secret") and (setting.quoted or setting.tight):
        return True
    return is_mixed(value) and (setting.quoted or setting.tight or (len(value) >= 8 and setting.last))
