"""The stages: what each reads and makes, and where its result lives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loramake.recipe.cleaning import Clean
from loramake.recipe.model import (
    Chunking,
    Curate,
    Evaluate,
    Export,
    Pretrain,
    Report,
    Synthesize,
    Train,
)
from loramake.recipe.source import Sources
from loramake.recipe.spec import Spec

BUILD = Path("build")


@dataclass(frozen=True)
class Stage:
    """What a stage reads and makes.

    `version` is bumped by hand when the same spec must give a new result. `inputs` maps a parameter of the stage's
    function to `<stage>/<output>`, `outputs` to a file or (with a slash at its end) a folder under the stage's own.
    `caches` maps a parameter to a folder under build/cache/ that outlives the key; `{key}` in it makes the folder the
    key's own.
    """

    version: int
    spec: type[Spec]
    upstream: tuple[str, ...]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    caches: Mapping[str, str] = field(default_factory=dict)
    volatile: tuple[str, ...] = ()


STAGES: dict[str, Stage] = {
    "sources": Stage(
        version=2,
        spec=Sources,
        upstream=(),
        inputs={"contents": "plan/contents"},
        outputs={"documents": "documents.jsonl", "dropped": "dropped.jsonl"},
        caches={"parsed": "parsed", "places": "places"},
    ),
    "clean": Stage(
        version=4,
        spec=Clean,
        upstream=("sources",),
        inputs={"documents": "sources/documents.jsonl", "unread": "sources/dropped.jsonl"},
        outputs={"train": "train/", "dropped": "dropped.jsonl", "samples": "samples.jsonl"},
    ),
    "chunk": Stage(
        version=2,
        spec=Chunking,
        upstream=("clean",),
        inputs={"documents": "clean/train"},
        outputs={"chunks": "chunks.jsonl"},
    ),
    "synthesize": Stage(
        version=1,
        spec=Synthesize,
        upstream=("chunk",),
        inputs={"chunks": "chunk/chunks.jsonl"},
        outputs={"examples": "examples.jsonl", "quarantined": "quarantined.jsonl"},
        caches={"calls": "calls"},
    ),
    "curate": Stage(
        version=1,
        spec=Curate,
        upstream=("synthesize",),
        inputs={"examples": "synthesize/examples.jsonl"},
        outputs={"splits": "splits/", "dropped": "dropped.jsonl"},
    ),
    "pretrain": Stage(
        version=1,
        spec=Pretrain,
        upstream=("clean",),
        inputs={"documents": "clean/train"},
        outputs={"base": "base/", "metrics": "metrics.jsonl"},
        caches={"checkpoints": "checkpoints/{key}"},
    ),
    "train": Stage(
        version=1,
        spec=Train,
        upstream=("curate", "pretrain"),
        inputs={"splits": "curate/splits", "base": "pretrain/base"},
        outputs={"adapter": "adapter/", "metrics": "metrics.jsonl"},
        caches={"checkpoints": "checkpoints/{key}"},
    ),
    "evaluate": Stage(
        version=1,
        spec=Evaluate,
        upstream=("curate", "pretrain", "train"),
        inputs={"splits": "curate/splits", "base": "pretrain/base", "adapter": "train/adapter"},
        outputs={"metrics": "metrics.json", "samples": "samples.jsonl"},
    ),
    "export": Stage(
        version=1,
        spec=Export,
        upstream=("curate", "pretrain", "train"),
        inputs={"splits": "curate/splits", "base": "pretrain/base", "adapter": "train/adapter"},
        outputs={"merged": "merged/", "gguf": "gguf/", "parity": "parity.json"},
    ),
    "report": Stage(
        version=1,
        spec=Report,
        upstream=(
            "sources",
            "clean",
            "chunk",
            "synthesize",
            "curate",
            "pretrain",
            "train",
            "evaluate",
            "export",
        ),
        inputs={"stages": "*"},
        outputs={"page": "report.html", "card": "README.md", "receipts": "receipts.json"},
        volatile=("report.html",),
    ),
}
