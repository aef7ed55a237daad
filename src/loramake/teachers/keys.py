"""Keys: from the environment, to the endpoint, and nowhere else."""

import os
from urllib.parse import urlsplit

from loramake.errors import TeacherError
from loramake.recipe.teacher import Teacher


def place_of(model: Teacher) -> str:
    """A model and its address, as messages show them: without user, password and query."""
    if model.url is None:
        return model.name
    parts = urlsplit(model.url)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return f"{model.name} at {shown}"


def secret_of(variable: str | None, *, where: str) -> str:
    """The key in an environment variable; "" when none is named. Raises TeacherError when it holds none."""
    if variable is None:
        return ""
    secret = os.environ.get(variable, "").strip()
    if not secret:
        raise TeacherError(
            f"the environment variable {variable} is not set; it should hold the endpoint's key",
            where=where,
            hint=f"export {variable}=…",
        )
    if not (secret.isascii() and secret.isprintable()):
        raise TeacherError(
            f"the environment variable {variable} holds characters that no key has",
            where=where,
            hint="copy the key again",
        )
    return secret
