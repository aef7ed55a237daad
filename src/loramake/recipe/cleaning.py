"""Clean: which documents are worth learning from, and in what form."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from loramake.recipe.spec import RUNTIME, Share, Spec, Text, Texts

PERSONAL = ("email", "phone", "iban", "card", "national_id", "ip")
SECRETS = ("password", "key", "jwt", "private_key", "entropy")
MASKS = (*PERSONAL, *SECRETS)
MASK_GROUPS = {"personal": PERSONAL, "secret": SECRETS, "all": MASKS}

Condition = str | int | float | bool | list[str | int | float | bool]


class Keep(Spec):
    """Which documents are worth learning from, as they stand after the steps before this one."""

    min_chars: int = Field(20, ge=0, description="Shorter documents are dropped as too_short (characters).")
    max_chars: int = Field(5_000_000, ge=1, description="Longer documents are dropped as too_long (characters).")
    min_words: int | None = Field(None, ge=1, description="Documents of fewer words are dropped as too_few_words.")
    languages: Texts | None = Field(
        None, description="ISO 639-1 codes; documents known to be in another language are dropped as other_language."
    )
    max_symbols: Share | None = Field(
        None, description="The largest share of characters that are no letters, digits or white space: many_symbols."
    )
    max_digits: Share | None = Field(None, description="The largest share of characters that are digits: many_digits.")
    max_repeated_lines: Share | None = Field(
        None, description="The largest share of lines that repeat an earlier one: repeated_lines."
    )
    max_repeated_words: Share | None = Field(
        None, description="The largest share of five-word runs that repeat an earlier one: repeated_words."
    )
    where: dict[Text, Condition] | None = Field(
        None,
        description="Conditions on fields: a value, a list of values, or a comparison such as `>= 3` or `!= draft`; "
        "documents that do not meet them are dropped as not_where.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_chars > self.max_chars:
            raise ValueError("min_chars is larger than max_chars")
        return self


class Prefilter(Spec):
    """A cheap gate before paid calls: words and patterns in the beginning of a document."""

    any: Texts | None = Field(None, description="At least one of these words or phrases, in any case: no_keyword.")
    all: Texts | None = Field(None, description="Every one of these: no_keyword.")
    none: Texts | None = Field(None, description="Not one of these: unwanted_keyword.")
    matches: Texts | None = Field(None, description="A regular expression that must be found: no_match.")
    within: int | None = Field(None, ge=1, description="Look only at so many characters from the beginning.")
    seconds: float = Field(
        1.0, gt=0, description="A pattern that takes longer on one document is named and stops the build (seconds)."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.any or self.all or self.none or self.matches):
            raise ValueError("needs at least one of any, all, none, matches")
        for pattern in self.matches or ():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern}' is no regular expression: {error}") from None
        return self


class Near(Spec):
    """Near-duplicates: documents that share most of their runs of five words."""

    near: float = Field(
        0.8, ge=0.5, le=1, description="The Jaccard similarity of two documents from which the second is dropped."
    )


class Decontaminate(Spec):
    """What must not be learnt, because somebody will be judged by it."""

    against: Texts = Field(description="The sources that hold the evaluation set; their own documents stay.")
    words: int = Field(13, ge=3, le=50, description="How many words in a row count as the same passage.")
    share: Share = Field(
        0.0, description="The share of a document's runs that may be the same; more is dropped as contaminated."
    )


class Mask(Spec):
    """What becomes a placeholder."""

    rules: list[Text] = Field(description=f"Any of {', '.join(MASKS)}; or a group: {', '.join(MASK_GROUPS)}.")
    allow: Texts | None = Field(None, description="Values that stay, as globs: `*@example.org`, `10.0.*`.")

    @model_validator(mode="before")
    @classmethod
    def _expanded(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("rules"), list | str):
            return value
        named = [value["rules"]] if isinstance(value["rules"], str) else value["rules"]
        unknown = [name for name in named if name not in (*MASKS, *MASK_GROUPS)]
        if unknown:
            raise ValueError(f"no rule '{unknown[0]}'; known are {', '.join((*MASKS, *MASK_GROUPS))}")
        wanted = {rule for name in named for rule in MASK_GROUPS.get(name, (name,))}
        return {**value, "rules": [rule for rule in MASKS if rule in wanted]}


def _mask(value: Any) -> Any:
    return {"rules": value} if isinstance(value, str | list) else value


def _deduplicate(value: Any) -> Any:
    return {"near": value} if isinstance(value, float) else value


class Step(Spec):
    """One step of cleaning: a mapping with one key."""

    html: Literal["strip"] | None = Field(None, description="Turn what HTML there is in the text into plain text.")
    unicode: Literal["nfc", "nfkc"] | None = Field(
        None,
        description="Normalise, mend text that was decoded wrongly (mojibake), and remove control, zero-width and "
        "bidirectional characters.",
    )
    whitespace: Literal["collapse"] | None = Field(
        None, description="One space between words, one empty line between paragraphs; code keeps its indentation."
    )
    boilerplate: Literal["strip"] | None = Field(
        None, description="Drop lines that say nothing of the matter: navigation, cookie notices, legal footers."
    )
    mask: Annotated[Mask, BeforeValidator(_mask, json_schema_input_type=Mask | str | list[str])] | None = Field(
        None, description="Replace these by placeholders that stay the same within a document; `all` is every one."
    )
    keep: Keep | None = Field(None, description="Drop documents that are too short, too long, or not worth it.")
    prefilter: Prefilter | None = Field(None, description="Drop documents that do not speak of the matter at all.")
    deduplicate: (
        Annotated[
            Literal["exact"] | Near,
            BeforeValidator(_deduplicate, json_schema_input_type=Literal["exact"] | Near),
        ]
        | None
    ) = Field(None, description="exact: drop documents whose text another one has; { near: 0.8 }: those nearly so.")
    decontaminate: Decontaminate | None = Field(
        None, description="Drop documents that share passages with an evaluation set."
    )

    @property
    def kind(self) -> str:
        """Which step this is."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def near(self) -> float | None:
        """The threshold of a step that drops near-duplicates."""
        return self.deduplicate.near if isinstance(self.deduplicate, Near) else None

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        named = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError(
                f"a step has exactly one of {', '.join(type(self).model_fields)}; this one has {len(named)}"
            )
        return self


def _steps(*steps: dict[str, Any]) -> list[Step]:
    return [Step.model_validate(step) for step in steps]


_TEXT: tuple[dict[str, Any], ...] = ({"html": "strip"}, {"unicode": "nfc"}, {"whitespace": "collapse"})
_ALL: dict[str, Any] = {"mask": "all"}
_EXACT: dict[str, Any] = {"deduplicate": "exact"}
_NEAR: dict[str, Any] = {"deduplicate": {"near": 0.8}}

PRESETS: dict[str, list[Step]] = {
    "standard": _steps(*_TEXT, _ALL, {"keep": {}}, _EXACT),
    "documentation": _steps(
        *_TEXT, {"boilerplate": "strip"}, _ALL, {"keep": {"min_chars": 100, "max_repeated_lines": 0.7}}, _EXACT, _NEAR
    ),
    "tickets": _steps(*_TEXT, _ALL, {"keep": {"min_chars": 40, "min_words": 5}}, _EXACT, _NEAR),
    "code-review": _steps({"unicode": "nfc"}, {"whitespace": "collapse"}, _ALL, {"keep": {"min_chars": 40}}, _EXACT),
    "web": _steps(
        *_TEXT,
        {"boilerplate": "strip"},
        _ALL,
        {
            "keep": {
                "min_chars": 300,
                "min_words": 50,
                "max_symbols": 0.25,
                "max_digits": 0.25,
                "max_repeated_lines": 0.3,
                "max_repeated_words": 0.3,
            }
        },
        _EXACT,
        _NEAR,
    ),
}


class Clean(Spec):
    """Which documents are worth learning from, and in what form."""

    engine: Literal["auto", "python", "spark"] = Field(
        "auto",
        description="What runs the steps; the bytes are the same either way. auto is Spark when `master` names one, or "
        "on Linux with Java for inputs above `spark_above`, and Python otherwise.",
        json_schema_extra=RUNTIME,
    )
    master: Text | None = Field(
        None,
        description="spark: the master, such as `local[*]`, `spark://host:7077`, `yarn` or `k8s://...`.",
        json_schema_extra=RUNTIME,
    )
    spark_above: int = Field(
        1_000_000_000,
        ge=0,
        description="auto: the size of the documents that Spark is for (bytes).",
        json_schema_extra=RUNTIME,
    )
    preset: Literal["standard", "documentation", "tickets", "code-review", "web"] | None = Field(
        None,
        description="A list of steps that suits such documents; `steps` run after it. The standard one otherwise.",
    )
    steps: list[Step] = Field(
        default_factory=lambda: PRESETS["standard"], description="The steps, in the order in which they run."
    )

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, value: Any) -> Any:
        """The steps of the preset, then those that are written: a slice holds steps alone."""
        if (
            not isinstance(value, dict)
            or value.get("preset") not in PRESETS
            or not isinstance(value.get("steps", []), list)
        ):
            return value
        return {**value, "steps": [*PRESETS[value["preset"]], *value.get("steps", [])], "preset": None}
