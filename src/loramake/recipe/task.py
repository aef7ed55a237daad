"""Tasks: what is written about passages."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from loramake.recipe.spec import FILE_JSON, FILE_ROWS, FILE_TEXT, Name, Share, Spec, Text, Texts

KindName = Literal["qa", "extract", "label", "rewrite", "direct"]
Style = Literal["plain", "howto", "why", "compare", "brief"]

# The keys of a task that some kinds alone have a use for, and those that a kind cannot do without.
_BELONGS: dict[str, tuple[str, ...]] = {
    "prompt": ("qa", "extract", "label", "rewrite"),
    "student": ("extract", "label", "rewrite", "direct"),
    "schema": ("extract",),
    "stages": ("extract",),
    "answer": ("direct",),
    "pairs": ("qa",),
    "style": ("qa",),
    "dimensions": ("label",),
    "tiers": ("label",),
    "reasoning": ("label",),
    "budget": ("qa", "extract", "label", "rewrite"),
    "keywords": ("qa", "extract", "label", "rewrite"),
    "examples": ("qa", "extract", "label", "rewrite"),
}
_NEEDS: dict[str, tuple[str, ...]] = {"label": ("dimensions",), "rewrite": ("prompt",)}


class Budget(Spec):
    """How long a passage may be; a longer one is cut between sentences, and what matters most is kept."""

    size: int = Field(ge=16, description="The most of a passage that is read, in `unit`s.")
    unit: Literal["tokens", "characters"] = Field(
        "tokens", description="What `size` counts. A token is four characters, unless a tokenizer counts."
    )
    tokenizer: Text | None = Field(
        None,
        description="tokens: the folder or hub name of the tokenizer that counts them.",
        json_schema_extra={"file": "model"},
    )

    @model_validator(mode="after")
    def _tokenizer_counts_tokens(self) -> Self:
        if self.tokenizer is not None and self.unit == "characters":
            raise ValueError("'tokenizer' is of no use when unit is 'characters'")
        return self


def _sized(value: Any) -> Any:
    return {"size": value} if isinstance(value, int) and not isinstance(value, bool) else value


Budgeted = Annotated[Budget | None, BeforeValidator(_sized, json_schema_input_type=int | Budget | None)]


class Dimension(Spec):
    """One thing that is scored, and what it weighs in the whole."""

    about: Text = Field(description="What the score says, in words that the model can judge by.")
    weight: Share = Field(description="The share in the overall score; all of them sum to 1.")
    least: int = Field(1, description="The lowest score.")
    most: int = Field(5, description="The highest score.")

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.least >= self.most:
            raise ValueError(f"'least' ({self.least}) must be below 'most' ({self.most})")
        return self


class Sections(Spec):
    """Which sections of a document a stage reads."""

    keywords: Texts = Field(description="Words in the headings and table captions of the sections to read.")
    ask: bool = Field(
        True, description="Ask the model which sections matter when no heading has a keyword; else all are read."
    )


class Extraction(Spec):
    """One stage of a chained extraction."""

    each: Text | None = Field(
        None,
        description="Run once for each item of an earlier stage's list, such as components.items; the prompt sees it "
        "as `item`, and what earlier stages found as `results`.",
        pattern=r"^[a-z][a-z0-9_-]*(\.[^.]+)+$",
    )
    after: Texts | None = Field(None, description="Further stages whose results the prompt sees in `results`.")
    prompt: Text = Field(description="The file of the stage's prompt, a Jinja template.", json_schema_extra=FILE_TEXT)
    schema_: dict[str, Any] | Text = Field(
        alias="schema", description="The file of the answer's JSON Schema.", json_schema_extra=FILE_JSON
    )
    student: Text | None = Field(
        None,
        description="The file of what the student is asked, a Jinja template; what the teacher was asked otherwise.",
        json_schema_extra=FILE_TEXT,
    )
    sections: Sections | None = Field(None, description="Which sections of the document are read; all otherwise.")
    budget: Budgeted = Field(None, description="How much of these sections is read, in tokens.")
    examples: list[dict[str, Any]] | Text | None = Field(
        None,
        description="A file of worked examples, as a task has it; they may have item, above and results, too.",
        json_schema_extra=FILE_ROWS,
    )
    most: int = Field(100, ge=1, description="each: of how many items a document may have, at most.")

    @property
    def above(self) -> list[str]:
        """The stages that this one builds on, that of its items first."""
        first = [self.each.partition(".")[0]] if self.each else []
        return list(dict.fromkeys([*first, *(self.after or [])]))


class Task(Spec):
    """One kind of example."""

    kind: KindName = Field(
        "qa",
        description="qa: the model writes questions and answers about a passage; extract: it fills `schema` from one, "
        "or `stages` from a whole document; label: it scores `dimensions`; rewrite: it puts a passage into another "
        "form; direct: no model is asked; the fields of a record are the answer, or the record is a conversation.",
    )
    sources: Texts | None = Field(
        None, alias="from", description="The sources that the task reads; all of them otherwise."
    )
    prompt: Text | None = Field(
        None,
        description="qa, extract, label, rewrite: the file of the teacher's prompt, a Jinja template.",
        json_schema_extra=FILE_TEXT,
    )
    student: Text | None = Field(
        None,
        description="extract, label, rewrite, direct: the file of what the student is asked, a Jinja template. Without "
        "it, a student of label is asked exactly what the teacher was, and others are given the passage.",
        json_schema_extra=FILE_TEXT,
    )
    schema_: dict[str, Any] | Text | None = Field(
        None,
        alias="schema",
        description="extract: the file of the answer's JSON Schema; answers have their keys in alphabetical order.",
        json_schema_extra=FILE_JSON,
    )
    stages: dict[Name, Extraction] | None = Field(
        None, min_length=1, description="extract: stages that feed each other, in place of `schema`, by name."
    )
    answer: Text | list[Text] | None = Field(
        None,
        description="direct: the field that is the answer, or a list of fields that become a JSON object; without it, "
        "records of a source with `conversations` are taken as they stand.",
    )
    pairs: int = Field(3, ge=1, le=50, description="qa: how many pairs are asked for, at most, for each passage.")
    style: Style = Field(
        "plain",
        description="qa: what the built-in prompt asks for: facts (plain), how something is done, why something is so, "
        "how things differ, or facts with answers of a few words (brief).",
    )
    dimensions: dict[Name, Dimension] | None = Field(
        None, min_length=1, description="label: what is scored, by name; the weights sum to 1."
    )
    tiers: dict[Name, float] | None = Field(
        None,
        min_length=1,
        description="label: names for overall scores, each with the lowest score that earns it. The overall score is "
        "the sum of weight times score, to two places.",
    )
    reasoning: bool = Field(
        True, description="label: whether the student's answer holds the reasoning that the teacher gives first."
    )
    budget: Budgeted = Field(
        None, description="How much of a passage is read, in tokens; by the teacher and the student alike."
    )
    keywords: Texts | None = Field(
        None, description="Words that mark the paragraphs to keep when a passage is cut to its `budget`."
    )
    examples: list[dict[str, Any]] | Text | None = Field(
        None,
        description="A file of worked examples for the teacher, as JSON lines or a YAML list: each has `text` and "
        "`answer`, and may have section, path and meta.",
        json_schema_extra=FILE_ROWS,
    )

    @model_validator(mode="after")
    def _kind_has_what_it_needs(self) -> Self:
        given = {
            (about.alias or name): getattr(self, name)
            for name, about in type(self).model_fields.items()
            if getattr(self, name) != about.default
        }
        for key in given:
            if self.kind not in _BELONGS.get(key, (self.kind,)):
                raise ValueError(f"'{key}' is of no use to a task of kind {self.kind}")
        for key in _NEEDS.get(self.kind, ()):
            if key not in given:
                raise ValueError(f"a task of kind {self.kind} needs '{key}'")
        if self.kind == "direct" and self.student is not None and self.answer is None:
            raise ValueError("a task of kind direct needs 'answer'")
        if self.style != "plain" and self.prompt is not None:
            raise ValueError("'style' changes the built-in prompt, and this task has its own")
        if self.keywords is not None and self.budget is None:
            raise ValueError("'keywords' are of no use without 'budget'")
        return self

    @model_validator(mode="after")
    def _schema_or_stages(self) -> Self:
        if self.kind != "extract":
            return self
        if (self.schema_ is None) == (self.stages is None):
            what = "needs" if self.schema_ is None else "has both"
            raise ValueError(f"a task of kind extract {what} 'schema', or 'stages' in its place")
        if self.stages is not None:
            aside = ("prompt", "student", "budget", "keywords", "examples")
            if used := next((key for key in aside if getattr(self, key) is not None), None):
                raise ValueError(f"'{used}' is of no use beside 'stages': each stage has its own")
            in_order(self.stages)
        return self

    @model_validator(mode="after")
    def _rubric(self) -> Self:
        if self.dimensions is None:
            return self
        total = math.fsum(dimension.weight for dimension in self.dimensions.values())
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"the weights of the dimensions sum to {total:g}, not to 1")
        if self.tiers is not None:
            _check_tiers(self.tiers, self.dimensions)
        return self


def _check_tiers(tiers: Mapping[str, float], dimensions: Mapping[str, Dimension]) -> None:
    """Raise ValueError unless every overall score has exactly one tier, and every tier a score."""
    least, most = (
        round(math.fsum(dimension.weight * getattr(dimension, end) for dimension in dimensions.values()), 2)
        for end in ("least", "most")
    )
    lowest = min(tiers, key=lambda name: tiers[name])
    if tiers[lowest] > least:
        raise ValueError(f"no tier for scores below {tiers[lowest]:g}: the lowest tier must begin at {least:g} or less")
    beyond = next((name for name, begins in tiers.items() if begins > most), None)
    if beyond is not None:
        raise ValueError(f"no score earns the tier '{beyond}': the highest overall score is {most:g}")
    if len(set(tiers.values())) < len(tiers):
        raise ValueError("two tiers begin at the same score")
    if any(begins <= least for name, begins in tiers.items() if name != lowest):
        raise ValueError(f"no score earns the tier '{lowest}': another one begins at {least:g} or less, too")


def in_order(stages: Mapping[str, Extraction]) -> list[str]:
    """The names of stages, each after those that it builds on, ties by name. Raises ValueError when there is none."""
    order: list[str] = []
    for name, stage in stages.items():
        if unknown := next((above for above in stage.above if above not in stages), None):
            raise ValueError(f"stage '{name}' builds on '{unknown}', which is no stage")
    while len(order) < len(stages):
        ready = sorted(name for name in stages if name not in order and set(stages[name].above) <= set(order))
        if not ready:
            raise ValueError(f"the stages go in a circle: {', '.join(sorted(set(stages) - set(order)))}")
        order.append(ready[0])
    return order
