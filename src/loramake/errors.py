"""Every error that a user can meet. The tree:

LoramakeError
├── RecipeError      the recipe, or what it names, is wrong; nothing was built
├── PlanError        what was asked for cannot be planned
├── SourceError      a file that cannot be read
├── FetchError       a live service that cannot be asked, or refuses
├── TeacherError     a model that cannot be asked, or refuses
├── TrainingError    a model that cannot be trained, merged or exported
├── DataError        records that are not what a stage needs, or none at all
└── StoreError       a result that is missing, damaged or held by somebody else
"""

from dataclasses import dataclass
from typing import Any


class LoramakeError(Exception):
    """What happened, where, and what to do: at most three lines.

    `what` is one sentence without a full stop; `where` names a file, a key or a record;
    `hint` says what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__("\n  ".join(line for line in (what, where, hint) if line))

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process borders whole, whatever their constructors take."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(kind: type[LoramakeError], args: tuple[Any, ...], state: dict[str, Any]) -> LoramakeError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a recipe, with its place. `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    path: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: "
        path = f"{self.path}: " if self.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{place}{path}{self.what}{hint}"


class RecipeError(LoramakeError):
    """A recipe that cannot be compiled: all its problems at once, a line each."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        Exception.__init__(self, "\n".join(str(problem) for problem in self.problems))
        self.what, self.where, self.hint = str(self), "", ""


class PlanError(LoramakeError):
    """What was asked for cannot be planned."""

    exit_code = 2


class SourceError(LoramakeError):
    """A file that cannot be read. `reason` is the short name that it is counted under."""

    def __init__(self, reason: str, what: str, *, where: str = "", hint: str = "") -> None:
        self.reason = reason
        super().__init__(what, where=where, hint=hint)


class FetchError(LoramakeError):
    """A live service that cannot be asked, refuses, or gives what is no answer."""


class TeacherError(LoramakeError):
    """A model that cannot be asked: no key, no route, no right."""


class TrainingError(LoramakeError):
    """A model that cannot be trained, merged or exported as the recipe says."""


class DataError(LoramakeError):
    """Records that are not what a stage needs, or none at all."""


class StoreError(LoramakeError):
    """A result that is missing, damaged or held by somebody else."""
