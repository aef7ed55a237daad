from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import Project
from loramake.errors import PlanError, RecipeError, StoreError
from loramake.files import read_json
from loramake.plan import (
    compile_all,
    compile_project,
    compile_recipe,
    open_project,
    publication_of,
    read_slice,
    recipe_files,
    targets,
)

CONFIG = {
    "recipes": {"a": {"a": "1" * 16}, "b": {"b/rank=4": "2" * 16, "b/rank=8": "3" * 16}},
    "problems": {"c": "recipes/c.yaml:1:1: is empty"},
}


def test_targets_are_the_marks_of_what_is_published():
    assert targets(CONFIG, "a")(None) == [f"results/a/.published-{'1' * 16}"]
    assert len(targets(CONFIG, "b")(None)) == 2


def test_a_recipe_with_problems_raises_them_unless_the_rest_will_do():
    with pytest.raises(PlanError, match="is empty"):
        targets(CONFIG)(None)
    with pytest.raises(PlanError, match="is empty"):
        targets(CONFIG, "c", complete=False)(None)
    assert len(targets(CONFIG, complete=False)(None)) == 3


def test_a_recipe_that_may_cost_money_is_built_when_it_is_named(capsys: pytest.CaptureFixture[str]):
    config = {"recipes": CONFIG["recipes"], "problems": {}, "paid": {"b": "TEACHER_KEY"}}
    assert len(targets(config, complete=False)(None)) == 1
    said = "left out: b: its model is asked with TEACHER_KEY, for money; build it by name\n"
    assert capsys.readouterr().err == said
    assert len(targets(config, "b")(None)) == len(targets(config, "b", complete=False)(None)) == 2
    assert len(targets(config)(None)) == 3


def test_a_file_belongs_to_the_point_above_it():
    mark = publication_of(CONFIG)
    assert mark(SimpleNamespace(path="b/rank=8/metrics.json")) == [f"results/b/rank=8/.published-{'3' * 16}"]
    with pytest.raises(PlanError, match="no recipe makes results/nobody/x"):
        mark(SimpleNamespace(path="nobody/x"))


def test_recipes_to_inherit_from_are_not_built(project: Project):
    project.write("recipes/_base.yaml", "sources: 3\n")
    assert [path.name for path in recipe_files(project.root)] == ["small.yaml"]


def test_a_plan_names_every_key_and_slices_are_never_rewritten(project: Project):
    compile_project(project.root)
    (point,), _ = compile_all(open_project(project.root), recipe_files(project.root))
    slices = {stage: project.root / f"build/plan/{key}.json" for stage, key in point.keys.items()}
    before = {path: path.stat().st_mtime_ns for path in slices.values()}
    assert read_json(slices["train"])["upstream"].keys() == {"curate", "pretrain"}
    compile_project(project.root)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_recipe_may_not_take_the_name_of_a_rule(project: Project):
    path = project.write("recipes/clean.yaml", "from: small.yaml\n")
    with pytest.raises(RecipeError, match="'clean' is the name of a rule"):
        compile_recipe(path, open_project(project.root))


def test_a_key_that_was_never_planned_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match="nothing is planned under the key"):
        read_slice("f" * 16, tmp_path)
