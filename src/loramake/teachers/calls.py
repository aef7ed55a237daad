"""What a teacher is asked, and what it says: one interface for rules and for models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

ECHO = 2000
UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `finish_reason` is the endpoint's word for why it ended (`stop`, `length`, …).

    `refused` holds the endpoint's reason when it would not take this one request, or what is in the way when the finish
    reason is `UNREACHABLE`: no try of this one brought an answer, while others had theirs. Both have no content.
    """

    content: str
    finish_reason: str = "stop"
    usage: Mapping[str, Any] | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. A model is sent `messages`; rules work from the passage itself.

    `text`, `section` and `meta` are the passage's, `pairs` the number of pairs wanted at most (qa), `schema` the
    JSON Schema of the answer, and `attempt` counts from 0: the same request asked again is another call. `stage` names
    the stage of a chained extraction that asks.
    """

    kind: Literal["qa", "extract", "label", "rewrite"]
    text: str
    section: str | None
    meta: Mapping[str, Any]
    pairs: int
    messages: list[dict[str, str]]
    schema: dict[str, Any]
    attempt: int = 0
    stage: str = ""

    def again(self, first: "Call", answer: Answer, reason: str) -> "Call":
        """The next attempt: `first`'s messages, the unusable answer, and what is wrong with it."""
        said = [{"role": "assistant", "content": answer.content[:ECHO]}] if answer.content.strip() else []
        wrong = (
            f"That answer cannot be used ({reason}). Answer again: one JSON object that satisfies the schema, "
            "complete, and nothing else."
        )
        messages = [*first.messages, *said, {"role": "user", "content": wrong}]
        return replace(first, messages=messages, attempt=self.attempt + 1)


class Teacher(Protocol):
    """Whoever writes examples."""

    def answer(self, call: Call) -> Answer:
        """The answer to one call. Raises TeacherError when nobody can be asked."""
        ...

    def knows(self, call: Call) -> bool:
        """Whether the answer is at hand, so that nobody need be asked."""
        ...
