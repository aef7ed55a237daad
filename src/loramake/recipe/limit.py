"""Limits: how fast a teacher is asked, and how much it may cost."""

from pydantic import Field

from loramake.recipe.spec import RUNTIME, Spec, Text

HOURS = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class Limit(Spec):
    """How fast the teacher is asked, and what it may cost. Nothing here changes a result."""

    in_flight: int = Field(
        64,
        ge=1,
        le=4096,
        description="Requests under way at once, at most; fewer while the endpoint says that it is asked too fast.",
        json_schema_extra=RUNTIME,
    )
    timeout: float = Field(120.0, gt=0, description="Seconds to wait for an answer.", json_schema_extra=RUNTIME)
    requests_per_minute: int | None = Field(
        None, ge=1, description="Requests begun in any minute, at most.", json_schema_extra=RUNTIME
    )
    tokens_per_minute: int | None = Field(
        None, ge=1, description="Tokens asked for and answered in any minute, at most.", json_schema_extra=RUNTIME
    )
    hours: Text | None = Field(
        None,
        pattern=HOURS,
        description="The hours in which requests begin, UTC, such as 16:30-00:30, when a provider is cheaper.",
        json_schema_extra=RUNTIME,
    )
    batch: bool = Field(
        False,
        description="Ask through the provider's batch interface: half the price, within a day.",
        json_schema_extra=RUNTIME,
    )
    spend_usd: float | None = Field(
        None,
        gt=0,
        description="What the calls of this recipe may cost, in US dollars, in all its runs together; what was paid "
        "for is kept.",
        json_schema_extra=RUNTIME,
    )
