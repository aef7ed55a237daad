"""Every key of a recipe is read: changing it changes the slices that it should, or, where it is documented so, none."""

import json
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest

from loramake.plan import open_project
from loramake.recipe.load import holder, load_recipe
from loramake.recipe.model import Recipe
from loramake.recipe.spec import Spec
from loramake.slices import slices_of
from loramake.stage import STAGES

BASE: dict[str, Any] = {
    "sources": {
        "docs": {"files": "docs/*.md"},
        "rows": {"records": "rows.json", "text": ["a"]},
        "commits": {"git": "repo"},
        "issues": {"jira": "rows.json", "fetch": {"url": "https://a.example"}},
    },
    "clean": {"steps": [{"html": "strip"}, {"unicode": "nfc"}, {"mask": ["email"]}, {"keep": {}}]},
    "chunk": {},
    "synthesize": {
        "model": {"name": "m", "url": "http://localhost:1/v1"},
        "tasks": {
            "ask": {"kind": "qa"},
            "fill": {"kind": "extract", "schema": "schema.json"},
            "copy": {"kind": "direct", "answer": ["b"]},
            "rate": {"kind": "label", "dimensions": {"depth": {"about": "How deep?", "weight": 1.0}}},
            "chain": {
                "kind": "extract",
                "stages": {
                    "parts": {"prompt": "prompt.md", "schema": "schema.json"},
                    "pins": {"prompt": "prompt.md", "schema": "schema.json", "each": "parts.items"},
                },
            },
        },
    },
    "curate": {},
    "pretrain": {},
    "train": {},
    "evaluate": {},
    "export": {},
}

# A value other than the default for every key, in the recipe above; a dict stands for several keys that only make sense
# together.
CHANGES: dict[str, Any] = {
    "about": "new",
    "sources.docs.files": "docs/a.md",
    "sources.docs.exclude": "docs/b.md",
    "sources.rows.records": ["rows.json", "more.json"],
    "sources.rows.at": "list",
    "sources.rows.text": ["a", "b"],
    "sources.rows.id": "b",
    "sources.rows.author": "b",
    "sources.rows.date": "b",
    "sources.commits.git": "other",
    "sources.commits.since": "2024-01-01",
    "sources.commits.branch": "side",
    "sources.commits.diffs": 1000,
    **{
        f"sources.docs.{kind}": {"sources.docs": {kind: "more.json"}}
        for kind in ("github", "gitlab", "jira", "confluence", "mineru")
    },
    "sources.docs.pdf": "fast",
    "sources.rows.conversations": {"sources.rows": {"records": "rows.json", "conversations": "auto"}},
    "sources.docs.consent": "they were asked",
    "sources.docs.limit.seconds": 5.0,
    "sources.docs.limit.memory_mb": 500,
    "sources.docs.limit.pages": 5,
    "sources.docs.limit.output_mb": 5,
    "sources.issues.fetch.url": "https://b.example",
    "sources.issues.fetch.query": "project = A",
    "sources.issues.fetch.spaces": ["A"],
    "sources.issues.fetch.repository": "a/b",
    "sources.issues.fetch.user": "ACCOUNT",
    "sources.issues.fetch.key": "TOKEN",
    "sources.docs.language": "en",
    "sources.docs.licence": "MIT",
    "sources.docs.on_error": "fail",
    "clean.steps.0.html": {"clean.steps.0": {"whitespace": "collapse"}},
    "clean.steps.0.whitespace": {"clean.steps.0": {"whitespace": "collapse"}},
    "clean.steps.1.unicode": "nfkc",
    "clean.engine": "python",
    "clean.master": "local[2]",
    "clean.spark_above": 5,
    "clean.preset": {"clean": {"preset": "tickets"}},
    "clean.steps.2.mask.rules": {"clean.steps.2.mask": ["email", "ip"]},
    "clean.steps.2.mask.allow": {"clean.steps.2.mask": {"rules": ["email"], "allow": ["*@example.org"]}},
    **{
        f"clean.steps.3.keep.{key}": value
        for key, value in {
            "min_words": 3,
            "languages": ["en"],
            "max_symbols": 0.5,
            "max_digits": 0.5,
            "max_repeated_lines": 0.5,
            "max_repeated_words": 0.5,
        }.items()
    },
    "clean.steps.3.keep.where": {"clean.steps.3.keep": {"where": {"status": "Done"}}},
    **{
        f"clean.steps.0.prefilter.{key}": {"clean.steps.0": {"prefilter": {"any": "b", key: value}}}
        for key, value in {"any": "a", "all": "a", "none": "a", "matches": "a", "within": 9, "seconds": 2.0}.items()
    },
    "clean.steps.0.boilerplate": {"clean.steps.0": {"boilerplate": "strip"}},
    "clean.steps.0.deduplicate.near": {"clean.steps.0": {"deduplicate": {"near": 0.7}}},
    **{
        f"clean.steps.0.decontaminate.{key}": {"clean.steps.0": {"decontaminate": {"against": "rows", key: value}}}
        for key, value in {"against": "docs", "words": 9, "share": 0.5}.items()
    },
    "clean.steps.3.keep.min_chars": 7,
    "clean.steps.3.keep.max_chars": 700,
    "clean.steps.0.deduplicate": {"clean.steps.0": {"deduplicate": "exact"}},
    "chunk.by": "sentence",
    "chunk.size": 999,
    "chunk.overlap": 9,
    "chunk.unit": {"chunk.unit": "tokens", "chunk.tokenizer": "some/model"},
    "chunk.tokenizer": {"chunk.unit": "tokens", "chunk.tokenizer": "another/model"},
    "synthesize.model.name": "n",
    "synthesize.model.url": "http://localhost:2/v1",
    "synthesize.model.key": "MY_KEY",
    "synthesize.model.answers": "text",
    "synthesize.model.protocol": "anthropic",
    "synthesize.model.file": {"synthesize.model": {"file": "prompt.md"}},
    "synthesize.tasks.ask.kind": {"synthesize.tasks.ask": {"kind": "direct", "answer": "b"}},
    "synthesize.tasks.ask.from": "docs",
    "synthesize.tasks.ask.prompt": "prompt.md",
    "synthesize.tasks.copy.student": "prompt.md",
    "synthesize.tasks.fill.schema": "other.json",
    "synthesize.tasks.copy.answer": "b",
    "synthesize.tasks.ask.pairs": 5,
    "synthesize.tasks.ask.style": "why",
    "synthesize.tasks.ask.examples": "shots.jsonl",
    "synthesize.tasks.ask.budget.size": {"synthesize.tasks.ask.budget": 500},
    "synthesize.tasks.ask.budget.unit": {"synthesize.tasks.ask.budget": {"size": 500, "unit": "characters"}},
    "synthesize.tasks.ask.budget.tokenizer": {"synthesize.tasks.ask.budget": {"size": 500, "tokenizer": "a/model"}},
    "synthesize.tasks.ask.keywords": {"synthesize.tasks.ask": {"kind": "qa", "budget": 500, "keywords": "pin"}},
    "synthesize.tasks.rate.reasoning": False,
    "synthesize.tasks.rate.tiers": {"synthesize.tasks.rate.tiers": {"good": 3, "bad": 1}},
    "synthesize.tasks.rate.dimensions.depth.about": "How far?",
    "synthesize.tasks.rate.dimensions.depth.weight": {
        "synthesize.tasks.rate.dimensions": {
            "depth": {"about": "How deep?", "weight": 0.5},
            "use": {"about": "Of use?", "weight": 0.5},
        }
    },
    "synthesize.tasks.rate.dimensions.depth.least": 0,
    "synthesize.tasks.rate.dimensions.depth.most": 9,
    "synthesize.tasks.chain.stages.pins.each": "parts.pieces",
    "synthesize.tasks.chain.stages.pins.after": "parts",
    "synthesize.tasks.chain.stages.pins.prompt": "docs/a.md",
    "synthesize.tasks.chain.stages.pins.schema": "other.json",
    "synthesize.tasks.chain.stages.pins.student": "prompt.md",
    "synthesize.tasks.chain.stages.pins.examples": "shots.jsonl",
    "synthesize.tasks.chain.stages.pins.most": 9,
    "synthesize.tasks.chain.stages.pins.sections.keywords": {
        "synthesize.tasks.chain.stages.pins.sections": {"keywords": "pin"}
    },
    "synthesize.tasks.chain.stages.pins.sections.ask": {
        "synthesize.tasks.chain.stages.pins.sections": {"keywords": "pin", "ask": False}
    },
    "synthesize.tasks.chain.stages.pins.budget.size": {"synthesize.tasks.chain.stages.pins.budget": 500},
    **{
        f"synthesize.tasks.chain.stages.pins.budget.{key}": {
            "synthesize.tasks.chain.stages.pins.budget": {"size": 500, key: value}
        }
        for key, value in {"unit": "characters", "tokenizer": "a/model"}.items()
    },
    "synthesize.temperature": 0.5,
    "synthesize.max_tokens": 99,
    "synthesize.retries": 5,
    "synthesize.on_error": "quarantine",
    "synthesize.unmasked": True,
    "synthesize.limit.in_flight": 2,
    "synthesize.limit.timeout": 3.5,
    "synthesize.limit.requests_per_minute": 60,
    "synthesize.limit.tokens_per_minute": 60_000,
    "synthesize.limit.hours": "16:30-00:30",
    "synthesize.limit.batch": True,
    "synthesize.limit.spend_usd": 5.0,
    "curate.deduplicate": "none",
    "curate.split.train": {"curate.split": {"train": 0.7, "validation": 0.2, "test": 0.1}},
    "curate.split.validation": {"curate.split": {"train": 0.8, "validation": 0.2, "test": 0.0}},
    "curate.split.test": {"curate.split": {"train": 0.8, "validation": 0.0, "test": 0.2}},
    "curate.holdout": {"curate.holdout": {"extra": ["rows"]}},
    "curate.seed": 1,
    "pretrain.vocabulary": 500,
    "pretrain.hidden": 64,
    "pretrain.layers": 2,
    "pretrain.heads": 8,
    "pretrain.kv_heads": 4,
    "pretrain.intermediate": 99,
    "pretrain.context": 99,
    "pretrain.steps": 99,
    "pretrain.batch": 9,
    "pretrain.learning_rate": 0.1,
    "pretrain.reading": 0.1,
    "pretrain.precision": "bfloat16",
    "pretrain.seed": 1,
    "train.base": {"pretrain": None, "train.base": "some/model"},
    "train.revision": "abc",
    "train.quantize": "nf4",
    "train.lora.rank": 3,
    "train.lora.alpha": 3,
    "train.lora.dropout": 0.3,
    "train.lora.targets": "q_proj",
    "train.lora.rslora": True,
    "train.learning_rate": 0.3,
    "train.schedule": "cosine",
    "train.warmup_steps": 3,
    "train.weight_decay": 0.3,
    "train.epochs": 1.5,
    "train.steps": 33,
    "train.batch": 3,
    "train.accumulate": 3,
    "train.max_length": 333,
    "train.log_every": 3,
    "train.evaluate_every": 3,
    "train.checkpoint_every": 3,
    "train.precision": "bfloat16",
    "train.seed": 3,
    "evaluate.limit": 3,
    "evaluate.max_new_tokens": 3,
    "evaluate.samples": 3,
    "evaluate.batch": 3,
    "export.merged": {"export": {"merged": False, "gguf": ["f16"]}},
    "export.precision": "float16",
    "export.gguf": ["f16"],
}
NO_EFFECT = {
    "about",
    "clean.engine",
    "clean.master",
    "clean.spark_above",
    "synthesize.model.key",
    "synthesize.unmasked",
    *(f"synthesize.limit.{key}" for key in ("in_flight", "timeout", "requests_per_minute", "tokens_per_minute")),
    *(f"synthesize.limit.{key}" for key in ("hours", "batch", "spend_usd")),
    "train.checkpoint_every",
    *(f"sources.issues.fetch.{key}" for key in ("url", "query", "spaces", "repository", "user", "key")),
}
# There is one method so far, so nothing else can be said.
ONE_VALUE = {"train.method"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name in ("docs/a.md", "docs/b.md", "prompt.md"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(f"# {name}\n")
    (root / "shots.jsonl").write_text('{"text": "a", "answer": []}\n')
    for name in ("rows.json", "more.json", "schema.json", "other.json"):
        (root / name).write_text(json.dumps({"title": name}))
    for name in ("repo", "other"):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        for command in (
            ["init", "-q", "-b", "main", name],
            [*identity, "-C", name, "commit", "-qm", name, "--allow-empty"],
        ):
            subprocess.run(["git", *command], cwd=root, check=True)
        subprocess.run(["git", "-C", name, "branch", "side"], cwd=root, check=True)
    return root


def put(value: Any, path: str, new: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        value = value[int(part)] if isinstance(value, list) else value.setdefault(part, {})
    if isinstance(value, list):
        value[int(last)] = new
    elif new is None:
        value.pop(last)
    else:
        value[last] = new


def slices(root: Path, changes: dict[str, Any]) -> dict[str, Any]:
    recipe = json.loads(json.dumps(BASE))
    for path, new in changes.items():
        put(recipe, path, new)
    (root / "recipe.yaml").write_text(json.dumps(recipe))
    (variant,) = load_recipe(root / "recipe.yaml", root)
    point = slices_of(variant, "recipe", open_project(root))
    return {stage: {**slice_, "upstream": None} for stage, slice_ in point.slices.items()} | {"keys": point.keys}


@pytest.mark.parametrize("path", CHANGES)
def test_a_key_changes_its_own_slice_and_the_keys_that_follow(root: Path, path: str):
    change = CHANGES[path] if isinstance(CHANGES[path], dict) else {path: CHANGES[path]}
    before, after = slices(root, {}), slices(root, change)
    touched = {stage for stage in STAGES if before.get(stage) != after.get(stage)}
    stage = path.split(".")[0]
    expected = set() if path in NO_EFFECT else {stage} | ({"pretrain"} if "pretrain" in change else set())
    assert touched == expected
    rekeyed = {stage for stage in STAGES if before["keys"].get(stage) != after["keys"].get(stage)}
    assert rekeyed == {name for name in STAGES if touched & {name, *above(name)}}


def above(stage: str) -> set[str]:
    """All stages that a stage builds on."""
    direct = STAGES[stage].upstream
    return set(direct).union(*(above(up) for up in direct))


def keys(spec: type[Spec], path: str = "") -> set[str]:
    """Every key that the model knows, with * for a name of the user's or a number."""
    found = set()
    for name, field in spec.model_fields.items():
        here = f"{path}.{field.alias or name}".lstrip(".")
        inner = holder(field.annotation)
        many = inner is not None and not isinstance(inner, type)
        inner = holder(get_args(inner)[-1]) if many else inner
        found |= keys(inner, f"{here}.*" if many else here) if isinstance(inner, type) else {here}
    return found


def starred(path: str) -> str:
    parts = path.split(".")
    holders = {("sources",), ("clean", "steps"), ("synthesize", "tasks")}
    return ".".join(
        "*" if tuple(parts[:place]) in holders or (place > 3 and parts[place - 1] in ("stages", "dimensions")) else part
        for place, part in enumerate(parts)
    )


def test_no_key_is_forgotten():
    assert keys(Recipe) - ONE_VALUE - {starred(path) for path in CHANGES} == set()


def test_runtime_keys_are_those_documented_without_effect(root: Path):
    (variant,) = load_recipe(root / "recipe.yaml", root)
    point = slices_of(variant, "recipe", open_project(root))
    said = json.dumps(point.slices)
    # A teacher, training and a dimension have such keys, too.
    shared = {"sources.issues.fetch.url", "synthesize.limit.batch", "about"}
    assert not any(f'"{path.rpartition(".")[2]}"' in said for path in NO_EFFECT - shared)
    assert point.settings["sources"] == {"read": {"issues": {"fetch": {"url": "https://a.example"}}}}
    assert point.settings["synthesize"] == {
        "unmasked": False,
        "limit": {"in_flight": 64, "timeout": 120.0, "batch": False},
    }


def test_a_local_model_counts_by_its_files(root: Path):
    (root / "model").mkdir()
    (root / "model/weights").write_text("one")
    change = {"pretrain": None, "train.base": "model"}
    before = slices(root, change)["keys"]["train"]
    (root / "model/weights").write_text("two and more")
    assert slices(root, change)["keys"]["train"] != before
