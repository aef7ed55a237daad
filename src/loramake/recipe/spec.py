"""What every block of a recipe is made of.

A key marked `runtime` says how to work, not what to make: it reaches its stage beside the slice and never changes a
key. A key marked `file` names a file of the project: a slice holds what the file says, not where it stands.
"""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

RUNTIME: dict[str, Any] = {"runtime": True}
FILE_TEXT: dict[str, Any] = {"file": "text"}
FILE_JSON: dict[str, Any] = {"file": "json"}
FILE_ROWS: dict[str, Any] = {"file": "rows"}
FILE_BYTES: dict[str, Any] = {"file": "bytes"}


class Spec(BaseModel):
    """A block of a recipe: typed, frozen, and without a key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Texts = Annotated[list[Text], BeforeValidator(_listed, json_schema_input_type=Text | list[Text]), Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
