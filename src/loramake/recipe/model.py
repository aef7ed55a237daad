"""What a recipe may say: keys, types, defaults, units and help have their only home here and in `source`.

A key marked `runtime` says how to work, not what to make: it reaches its stage beside the slice and never changes a
key. A key marked `file` names a file of the project: a slice holds what the file says, not where it stands.
"""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from loramake.recipe.cleaning import Clean
from loramake.recipe.limit import Limit
from loramake.recipe.source import Source
from loramake.recipe.spec import RUNTIME, Name, Share, Spec, Text, Texts
from loramake.recipe.task import Task
from loramake.recipe.teacher import Teacher, teacher_of


class Chunking(Spec):
    """How documents are cut into passages."""

    by: Literal["heading", "sentence"] = Field(
        "heading", description="heading: a passage never reaches across a heading; sentence: headings do not matter."
    )
    size: int = Field(1200, ge=20, description="The hard maximum of a passage, in `unit`s.")
    overlap: int = Field(0, ge=0, description="How much of a passage is repeated in the next one, at most, in `unit`s.")
    unit: Literal["characters", "tokens"] = Field("characters", description="What `size` and `overlap` count.")
    tokenizer: Text | None = Field(
        None,
        description="tokens: the folder or hub name of the tokenizer that counts them.",
        json_schema_extra={"file": "model"},
    )

    @model_validator(mode="after")
    def _sizes(self) -> Self:
        if self.overlap * 2 > self.size:
            raise ValueError("overlap is more than half of size")
        if self.unit == "tokens" and self.tokenizer is None:
            raise ValueError("unit 'tokens' needs 'tokenizer': the folder or hub name of one")
        if self.unit == "characters" and self.tokenizer is not None:
            raise ValueError("'tokenizer' is of no use when unit is 'characters'")
        return self


class Synthesize(Spec):
    """How passages become examples."""

    model: Annotated[Teacher, BeforeValidator(teacher_of, json_schema_input_type=str | Teacher)] = Field(
        default_factory=lambda: Teacher(name="offline"),
        description="Who writes: `offline` (rules, no network); `deepseek/NAME`, `openai/NAME`, `gemini/NAME`, "
        "`anthropic/NAME`, `vllm/NAME`, `ollama/NAME`, `llama_cpp/FILE.gguf`; or a url and a name.",
    )
    tasks: dict[Name, Task] = Field(min_length=1, description="What is written, by the names of your choice.")
    temperature: float = Field(0.0, ge=0, le=2, description="Sampling temperature of the teacher.")
    max_tokens: int = Field(2048, ge=1, description="The longest answer, in tokens.")
    retries: int = Field(
        2, ge=0, le=10, description="How often an unusable answer is asked for again before quarantine."
    )
    on_error: Literal["fail", "quarantine"] = Field(
        "fail",
        description="What becomes of passages that bring no answer however often the endpoint is asked, while others "
        "do: fail: all others are done and kept, and the same command asks these again; quarantine: go on without "
        "them.",
    )
    unmasked: bool = Field(
        False,
        description="Send text that no `mask` step has seen to a model elsewhere.",
        json_schema_extra=RUNTIME,
    )
    limit: Limit = Field(default_factory=Limit, description="How fast the teacher is asked; never part of a key.")

    @model_validator(mode="after")
    def _rules_can_do_it(self) -> Self:
        if not self.model.offline:
            return self
        cannot = {"label": "score", "rewrite": "rewrite"}
        for name, task in self.tasks.items():
            if verb := cannot.get(task.kind, "work in stages" if task.stages else ""):
                raise ValueError(f"the offline teacher cannot {verb}, as task '{name}' wants it to: name a model")
        return self


class Split(Spec):
    """Shares of the source documents, which sum to 1."""

    train: Share = Field(0.8, description="The share to learn from.")
    validation: Share = Field(0.1, description="The share to watch while learning.")
    test: Share = Field(0.1, description="The share to judge by.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"the shares sum to {total:g}, not to 1")
        if not self.train:
            raise ValueError("'train' is 0: nothing would be left to learn from")
        return self


class Curate(Spec):
    """Which examples are learnt from, and which are kept to judge by."""

    deduplicate: Literal["exact", "none"] = Field("exact", description="Drop examples that say what another one says.")
    split: Split = Field(default_factory=Split, description="Shares of the source documents; one document never parts.")
    holdout: dict[Name, Texts] = Field(
        default_factory=dict, description="Further test sets, by name: sources that nothing is learnt from."
    )
    seed: int = Field(0, ge=0, description="Which documents fall into which split.")


class Pretrain(Spec):
    """A tiny llama from scratch on the recipe's own clean text, tokenizer included."""

    vocabulary: int = Field(2048, ge=300, le=65536, description="Tokens in the byte-level BPE vocabulary, at most.")
    hidden: int = Field(128, ge=16, description="Width of the model.")
    layers: int = Field(4, ge=1, description="Transformer blocks.")
    heads: int = Field(4, ge=1, description="Attention heads; they divide `hidden`.")
    kv_heads: int = Field(2, ge=1, description="Key and value heads; they divide `heads`.")
    intermediate: int = Field(384, ge=16, description="Width of the feed-forward layers.")
    context: int = Field(256, ge=32, description="Tokens in a training sequence.")
    steps: int = Field(900, ge=1, description="Optimizer steps.")
    batch: int = Field(4, ge=1, description="Sequences in a step.")
    learning_rate: float = Field(4e-3, gt=0, description="The peak of a cosine schedule.")
    reading: Share = Field(0.5, description="The share of sequences that practise reading made-up key-value records.")
    precision: Literal["float32", "bfloat16"] = Field(
        "float32", description="Type of the matrix products; weights are float32."
    )
    seed: int = Field(0, ge=0, description="Initial weights and order of the data.")

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        if self.hidden % self.heads or (self.hidden // self.heads) % 2:
            raise ValueError("'heads' must divide 'hidden' into an even number")
        if self.heads % self.kv_heads:
            raise ValueError("'kv_heads' must divide 'heads'")
        return self


class Lora(Spec):
    """The adapter's shape."""

    rank: int = Field(16, ge=1, le=1024, description="Rank of the update.")
    alpha: int = Field(32, ge=1, description="Scale: the update is multiplied by alpha / rank.")
    dropout: float = Field(0.0, ge=0, lt=1, description="Dropout on the adapter's input.")
    targets: Texts = Field(default_factory=lambda: ["all-linear"], description="Names of the layers, or all-linear.")
    rslora: bool = Field(False, description="Scale by alpha / sqrt(rank).")


class Train(Spec):
    """How the adapter learns."""

    base: Text | None = Field(
        None,
        description="The model to adapt: a hub name or a folder; the recipe's own `pretrain` otherwise.",
        json_schema_extra={"file": "model"},
    )
    revision: Text | None = Field(None, description="The hub revision of `base`.")
    method: Literal["sft"] = Field("sft", description="Supervised fine-tuning, on the assistant's tokens only.")
    quantize: Literal["none", "nf4", "int8"] = Field("none", description="Load the base in 4 or 8 bits (QLoRA).")
    lora: Lora = Field(default_factory=Lora, description="The adapter's shape.")
    learning_rate: float = Field(2e-4, gt=0, description="The peak of the schedule.")
    schedule: Literal["linear", "cosine", "constant"] = Field("linear", description="How the learning rate falls.")
    warmup_steps: int = Field(0, ge=0, description="Steps until the learning rate has reached its peak.")
    weight_decay: float = Field(0.0, ge=0, description="AdamW's weight decay.")
    epochs: float = Field(3.0, gt=0, description="Times that every example is seen; `steps` wins over it.")
    steps: int | None = Field(None, ge=1, description="Optimizer steps, whatever the number of examples.")
    batch: int = Field(8, ge=1, description="Examples in a forward pass.")
    accumulate: int = Field(1, ge=1, description="Forward passes in an optimizer step.")
    max_length: int = Field(1024, ge=16, description="Longer examples are dropped and counted (tokens).")
    log_every: int = Field(10, ge=1, description="Steps between two lines of metrics.jsonl.")
    evaluate_every: int = Field(50, ge=1, description="Steps between two looks at the validation split.")
    checkpoint_every: int = Field(50, ge=1, description="Steps between two checkpoints.", json_schema_extra=RUNTIME)
    precision: Literal["float32", "bfloat16"] = Field("float32", description="Type of the matrix products.")
    seed: int = Field(0, ge=0, description="The adapter's initial weights, dropout and order of the data.")


class Evaluate(Spec):
    """How base and adapter are judged on examples that nobody learnt from."""

    limit: int = Field(
        500, ge=1, description="Examples of each split that are answered, at most, evenly over the tasks."
    )
    max_new_tokens: int = Field(128, ge=1, description="The longest answer, in tokens.")
    samples: int = Field(10, ge=0, description="Answers shown side by side.")
    batch: int = Field(32, ge=1, description="Examples answered at once.")


GGUF_TYPES = ("f32", "f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q4_0")


class Export(Spec):
    """What leaves the store, each checked against the adapter."""

    merged: bool = Field(True, description="The base with the adapter merged into it, as safetensors.")
    precision: Literal["float32", "bfloat16", "float16"] = Field("float32", description="Type of the merged weights.")
    gguf: list[Literal["f32", "f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q4_0"]] = Field(
        default_factory=list, description="GGUF files of the merged model, by quantisation."
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if not self.merged and not self.gguf:
            raise ValueError("nothing is exported: 'merged' is false and 'gguf' empty")
        if len(set(self.gguf)) != len(self.gguf):
            raise ValueError("'gguf' names a type twice")
        return self


class Report(Spec):
    """The page about a build; it has no keys."""


class Recipe(Spec):
    """A recipe: what goes in, then verbs in the order of the job. A block left out is a stage left out."""

    about: str = Field("", description="What the recipe is for, in a sentence.", json_schema_extra=RUNTIME)
    sources: dict[Name, Source] = Field(
        min_length=1, description="Where documents come from, by the names of your choice."
    )
    clean: Clean | None = Field(None, description="Which documents are worth learning from.")
    chunk: Chunking | None = Field(None, description="How documents are cut into passages.")
    synthesize: Synthesize | None = Field(None, description="How passages become examples.")
    curate: Curate | None = Field(None, description="Which examples are learnt from, and which judged by.")
    pretrain: Pretrain | None = Field(None, description="A tiny base model from scratch.")
    train: Train | None = Field(None, description="How the adapter learns.")
    evaluate: Evaluate | None = Field(None, description="How base and adapter are judged.")
    export: Export | None = Field(None, description="What leaves the store.")

    @model_validator(mode="before")
    @classmethod
    def _mirrors(cls, value: Any) -> Any:
        """A repository at an address is read from the mirror that `loramake fetch` makes of it."""
        sources = value.get("sources") if isinstance(value, dict) else None
        if not isinstance(sources, dict):
            return value
        return {**value, "sources": {name: _mirrored(name, source) for name, source in sources.items()}}


def _mirrored(name: str, source: Any) -> Any:
    address = source.get("git") if isinstance(source, dict) else None
    if not isinstance(address, str) or "://" not in address or "fetch" in source:
        return source
    return {**source, "git": f"data/raw/{name}.git", "fetch": {"url": address}}
