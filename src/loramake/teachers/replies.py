"""What an endpoint sends back: a chat completion, read without trusting it."""

import json
from typing import Any

from loramake.teachers.calls import Answer

SHORTEST_SECRET = 4
SHORTEST_SECRET_IN_PROSE = 16


def read_reply(reply: Any, *, secret: str) -> Answer:
    """The Answer in a chat completion. Raises ValueError when it is none.

    An endpoint that repeats the key in its answer does not bring it into a file.
    """
    if isinstance(reply, str):
        reply = json.loads(reply)
    try:
        choice = reply["choices"][0]
        content, reason = choice["message"].get("content"), choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ValueError(f"no choices in {json.dumps(reply)[:200]}") from None
    usage = reply.get("usage")
    return Answer(
        content=without(_text(content), secret, shortest=SHORTEST_SECRET_IN_PROSE),
        finish_reason=str(reason or "stop"),
        usage=usage if isinstance(usage, dict) else None,
    )


def _text(content: Any) -> str:
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    # Half of a surrogate pair could be neither sent back nor written down.
    return str(content or "").encode("utf-8", "replace").decode("utf-8")


def without(text: str, secret: str, *, shortest: int = SHORTEST_SECRET) -> str:
    """`text` with asterisks in place of `secret`; a secret shorter than `shortest` may be any word, and stays."""
    return text.replace(secret, "***") if len(secret) >= shortest and secret != "none" else text
