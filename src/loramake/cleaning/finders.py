"""What finds what."""

from collections.abc import Callable, Iterable

from loramake.cleaning.emails import find_emails
from loramake.cleaning.found import Found
from loramake.cleaning.phones import find_phones
from loramake.cleaning.secrets import find_secrets

FINDERS: dict[str, Callable[[str], Iterable[Found]]] = {
    "password": find_secrets,
    "email": find_emails,
    "phone": find_phones,
}
