"""The promise of the whole tool as a table: after an edit, which stages run; and after it is undone, that none does."""

import os
import shutil
from pathlib import Path

import pytest

from conftest import Project

ALL = {"sources", "clean", "chunk", "synthesize", "curate", "pretrain", "train", "evaluate", "export", "report"}
FROM_SYNTHESIZE = {"synthesize", "curate", "train", "evaluate", "export", "report"}
FROM_CURATE = FROM_SYNTHESIZE - {"synthesize"}
FROM_TRAIN = {"train", "evaluate", "export", "report"}
RECIPE = "recipes/small.yaml"


def replaced(old: str, new: str, file: str = RECIPE):
    return lambda project: project.edit(file, old, new)


def keys_in_another_order(project: Project) -> None:
    head, _, rest = project.read(RECIPE).partition("pretrain:")
    project.write(RECIPE, f"pretrain:{rest}{head}")


def everything_touched(project: Project) -> None:
    for path in project.root.rglob("*"):
        if path.is_file():
            os.utime(path)


def snakemakes_memory_lost(project: Project) -> None:
    shutil.rmtree(project.root / ".snakemake")


def rule_text_changed(project: Project) -> None:
    project.edit("rules/clean.smk", "mem_mb=2000", "mem_mb=3000")


def file_added(project: Project) -> None:
    project.write(
        "docs/oars.md", "# Oars\n\nOars are counted by the mate every Monday, and again on the Friday after.\n"
    )


def file_removed(project: Project) -> None:
    (project.root / "docs/pumps.md").unlink()


def file_renamed(project: Project) -> None:
    (project.root / "docs/pumps.md").rename(project.root / "docs/bilge.md")


def prompt_moved(project: Project) -> None:
    project.write("prompts/other.md", project.read("prompts/qa.md"))
    project.edit(RECIPE, "prompts/qa.md", "prompts/other.md")


TABLE = [
    ("a comment", replaced("clean: {}", "# tidy\nclean: {}  # tidier"), set()),
    ("about", replaced("A small recipe", "The same recipe"), set()),
    ("keys in another order", keys_in_another_order, set()),
    ("a default written out", replaced("chunk: { size: 400 }", "chunk: { size: 400, by: heading, overlap: 0 }"), set()),
    ("a number spelt otherwise", replaced("train: 0.6", "train: 6.0e-1"), set()),
    ("a touch of everything", everything_touched, set()),
    (".snakemake removed", snakemakes_memory_lost, set()),
    ("a rule's text", rule_text_changed, set()),
    ("an engine", replaced("clean: {}", "clean: { engine: python }"), set()),
    ("requests in flight", replaced("model: offline", "model: offline\n  limit: { in_flight: 3 }"), set()),
    ("how often to save", replaced("checkpoint_every: 4", "checkpoint_every: 5"), set()),
    ("a prompt that moved", prompt_moved, set()),
    ("a LoRA key", replaced("rank: 4", "rank: 8"), FROM_TRAIN),
    ("a learning rate", replaced("train: { lora", "train: { learning_rate: 1e-3, lora"), FROM_TRAIN),
    ("a clean key", replaced("clean: {}", "clean: { steps: [{ keep: { min_chars: 30 } }] }"), ALL - {"sources"}),
    ("a chunk key", replaced("size: 400", "size: 300"), {"chunk", *FROM_SYNTHESIZE}),
    ("a prompt's text", replaced("Write at most", "Write no more than", "prompts/qa.md"), FROM_SYNTHESIZE),
    ("a split", replaced("train: 0.6, validation: 0.2", "train: 0.5, validation: 0.3"), FROM_CURATE),
    ("a pretraining key", replaced("steps: 30", "steps: 40"), {"pretrain", *FROM_TRAIN}),
    ("an evaluation key", replaced("limit: 6", "limit: 5"), {"evaluate", "report"}),
    ("the export list", replaced("gguf: [f16]", "gguf: [f16, q8_0]"), {"export", "report"}),
    ("a source file edited", replaced("blue book", "red book", "docs/sails.md"), ALL),
    ("a source file added", file_added, ALL),
    ("a source file removed", file_removed, ALL),
    ("a source file renamed", file_renamed, ALL),
    ("a record edited", replaced("Bring 3 bolts", "Bring 9 bolts", "orders.jsonl"), ALL),
    ("a block left out", replaced("export: { merged: true, gguf: [f16] }", ""), {"report"}),
]


@pytest.fixture(scope="module")
def shared(built_once: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One copy of the built project for all rows: every edit is undone, and that is a part of the test."""
    root = tmp_path_factory.mktemp("edits") / "project"
    shutil.copytree(built_once.root, root, symlinks=True)
    return Project(root)


def sources_of(project: Project) -> dict[Path, bytes]:
    folders = ("recipes", "docs", "prompts", "rules", "orders.jsonl")
    files = [
        path for name in folders for path in [project.root / name, *(project.root / name).rglob("*")] if path.is_file()
    ]
    return {path: path.read_bytes() for path in files}


def restore(project: Project, before: dict[Path, bytes]) -> None:
    for path in sources_of(project).keys() - before.keys():
        path.unlink()
    for path, data in before.items():
        path.write_bytes(data)


@pytest.mark.parametrize(("name", "edit", "stages"), TABLE, ids=[name for name, _, _ in TABLE])
def test_an_edit_builds_only_what_it_touches_and_undone_nothing(shared: Project, name, edit, stages):
    before = sources_of(shared)
    edit(shared)
    try:
        assert shared.stages_to_run("small") == sorted(stages), name
    finally:
        restore(shared, before)
    assert shared.stages_to_run("small") == []


def test_a_build_that_is_there_publishes_nothing_again(shared: Project):
    assert "Nothing to be done" in shared.snakemake("small").stderr


def test_a_copy_of_the_project_builds_nothing(built: Project):
    assert built.stages_to_run("small") == []


def test_recipes_with_a_common_upstream_share_it(shared: Project):
    other = shared.write("recipes/other.yaml", "from: small.yaml\ntrain: { seed: 7 }\n")
    try:
        assert shared.stages_to_run("other") == sorted(FROM_TRAIN)
    finally:
        other.unlink()


def test_a_sweep_of_four_trains_four_adapters_on_one_corpus(shared: Project):
    text = "from: small.yaml\nvary: { train.lora.rank: [4, 8], train.learning_rate: [2e-4, 1e-3] }\n"
    sweep = shared.write("recipes/sweep.yaml", text)
    try:
        # One of the four is the small recipe itself, which is built.
        assert shared.stages_to_run("sweep") == sorted(stage for stage in FROM_TRAIN for _ in range(3))
    finally:
        sweep.unlink()


def test_an_edit_that_was_built_and_undone_is_published_again_without_any_stage(built: Project):
    metrics = built.read("results/small/metrics.json")
    built.edit(RECIPE, "limit: 6", "limit: 4")
    built.snakemake("small")
    assert built.read("results/small/metrics.json") != metrics
    built.edit(RECIPE, "limit: 4", "limit: 6")
    assert built.stages_to_run("small") == []
    built.snakemake("small")
    assert built.read("results/small/metrics.json") == metrics


def test_a_result_that_was_deleted_comes_back_without_any_stage(built: Project):
    shutil.rmtree(built.root / "results")
    assert built.stages_to_run("small") == []
    built.snakemake("results/small/metrics.json")
    assert (built.root / "results/small/metrics.json").is_file()


def test_an_edit_that_cleaning_washes_out_asks_and_trains_nothing(built: Project):
    built.edit("docs/sails.md", "Every crew asks", "Every   crew asks")
    before = {
        stage: {path.name for path in (built.root / "build" / stage).iterdir()} for stage in ("synthesize", "curate")
    }
    built.snakemake("small")
    for stage, keys in before.items():
        (new,) = {path.name for path in (built.root / "build" / stage).iterdir()} - keys
        assert "linked" in built.read(f"build/{stage}/{new}/run.json")
