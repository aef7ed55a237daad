"""What all kinds of task have in common."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from loramake.records import Chunk
from loramake.teachers.calls import Call
from loramake.teachers.prompts import Messages


@dataclass(frozen=True, slots=True)
class Sample:
    """A conversation to learn from, with the scores that a teacher gave, if it gave any."""

    messages: Messages
    scores: Mapping[str, float] = field(default_factory=dict)


# Yields what is to be asked, and is sent the usable answer to it.
Work = Generator[Call, dict[str, Any], list[Sample]]


class UnfitError(Exception):
    """Answers that can be used one by one, but not together; its text is the reason, short name first."""


class Kind(Protocol):
    """What a task does with a passage, or with a whole document where `whole` is true."""

    whole: bool

    def why_not(self, chunk: Chunk) -> str:
        """Why a passage is passed over, or ""."""
        ...

    def work(self, chunk: Chunk) -> Work:
        """Ask, and return the samples that come out of it. Raises UnfitError when none can."""
        ...


def conversation(user: str, assistant: str) -> Messages:
    """One question and its answer, as chat messages."""
    return [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
