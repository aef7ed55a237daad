"""What a recipe may say of a task."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from loramake.errors import RecipeError
from loramake.plan import open_project
from loramake.recipe.load import load_recipe
from loramake.recipe.model import Synthesize
from loramake.recipe.task import Extraction, Task, in_order
from loramake.recipe.tree import rows_of
from loramake.slices import slices_of

RUBRIC = {"depth": {"about": "How deep?", "weight": 0.5}, "style": {"about": "How good?", "weight": 0.5}}
STAGE = {"prompt": "p.md", "schema": {}}


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"kind": "label"}, "needs 'dimensions'"),
        ({"kind": "rewrite"}, "needs 'prompt'"),
        ({"kind": "extract"}, "needs 'schema', or 'stages'"),
        ({"kind": "extract", "schema": {}, "stages": {"a": STAGE}}, "has both 'schema', or 'stages'"),
        ({"kind": "extract", "stages": {"a": STAGE}, "prompt": "p.md"}, "'prompt' is of no use beside 'stages'"),
        ({"kind": "qa", "dimensions": RUBRIC}, "'dimensions' is of no use to a task of kind qa"),
        ({"kind": "qa", "student": "s.md"}, "'student' is of no use to a task of kind qa"),
        ({"kind": "direct", "budget": 100}, "'budget' is of no use to a task of kind direct"),
        ({"kind": "label", "dimensions": RUBRIC, "pairs": 4}, "'pairs' is of no use to a task of kind label"),
        ({"style": "why", "prompt": "p.md"}, "'style' changes the built-in prompt"),
        ({"keywords": ["a"]}, "'keywords' are of no use without 'budget'"),
        ({"budget": 3}, "greater than or equal to 16"),
        ({"budget": {"size": 99, "unit": "characters", "tokenizer": "x"}}, "'tokenizer' is of no use"),
        ({"style": "poetic"}, "Input should be 'plain', 'howto'"),
        ({"kind": "label", "dimensions": {"a": {"about": "x", "weight": 0.9}}}, "sum to 0.9, not to 1"),
        ({"kind": "label", "dimensions": {"a": {"about": "x", "weight": 1, "least": 5}}}, "must be below 'most'"),
    ],
)
def test_a_task_that_makes_no_sense_says_why(task: dict[str, Any], says: str):
    with pytest.raises(ValueError, match=says):
        Task.model_validate(task)


@pytest.mark.parametrize(
    ("tiers", "says"),
    [
        ({"good": 4, "bad": 1}, ""),
        ({"good": 4, "bad": 0}, ""),
        ({"good": 4, "bad": 2}, "no tier for scores below 2"),
        ({"best": 5.5, "bad": 1}, "no score earns the tier 'best': the highest overall score is 5"),
        ({"good": 4, "fine": 4, "bad": 1}, "two tiers begin at the same score"),
        ({"good": 1, "bad": 0.5}, "no score earns the tier 'bad'"),
    ],
)
def test_every_score_has_a_tier_and_every_tier_a_score(tiers: dict[str, float], says: str):
    task = {"kind": "label", "dimensions": RUBRIC, "tiers": tiers}
    if not says:
        assert Task.model_validate(task).tiers == tiers
        return
    with pytest.raises(ValueError, match=says):
        Task.model_validate(task)


@pytest.mark.parametrize(
    ("stages", "order"),
    [
        ({"c": {}, "b": {}, "a": {"after": ["c"]}}, ["b", "c", "a"]),
        ({"z": {}, "y": {"each": "z.items"}, "x": {"each": "y.items", "after": "z"}}, ["z", "y", "x"]),
        ({"a": {"each": "b.items"}, "b": {"after": "a"}}, "go in a circle: a, b"),
        ({"a": {"after": "a"}}, "go in a circle: a"),
        ({"a": {"each": "b.items"}}, "stage 'a' builds on 'b', which is no stage"),
        ({"a": {"each": "items"}}, "should match pattern"),
    ],
)
def test_stages_run_after_what_they_build_on(stages: dict[str, Any], order: list[str] | str):
    stages = {name: {**STAGE, **stage} for name, stage in stages.items()}
    if isinstance(order, list):
        assert in_order({name: Extraction.model_validate(stage) for name, stage in stages.items()}) == order
        return
    with pytest.raises(ValueError, match=order):
        Task.model_validate({"kind": "extract", "stages": stages})


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ({"kind": "label", "dimensions": RUBRIC}, "the offline teacher cannot score, as task 't' wants it to"),
        ({"kind": "rewrite", "prompt": "p.md"}, "the offline teacher cannot rewrite"),
        ({"kind": "extract", "stages": {"a": STAGE}}, "the offline teacher cannot work in stages"),
    ],
)
def test_rules_refuse_at_once_what_they_cannot_do(task: dict[str, Any], says: str):
    with pytest.raises(ValueError, match=says):
        Synthesize.model_validate({"tasks": {"t": task}})
    Synthesize.model_validate({"tasks": {"t": task}, "model": {"name": "m", "url": "http://localhost:1/v1"}})


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            '{"text": "a", "answer": {}}\n\n{"text": "b", "answer": []}\n',
            [{"text": "a", "answer": {}}, {"text": "b", "answer": []}],
        ),
        ("- text: a\n  answer: { n: 1 }\n", [{"text": "a", "answer": {"n": 1}}]),
        ("", "mappings"),
        ("text: a\n", "mappings"),
        ("- a\n", "mappings"),
        ("- a: 1\n  a: 2\n", "line 2: the key stands here twice"),
        ("- !!python/object:os.system {}\n", "not allowed"),
        ("- [\n", "line|expected"),
        ('{"a": NaN}\n', "NaN is no number"),
        ("- " + "[" * 200 + "]" * 200, "levels"),
        ('{"a": ' + "[" * 99_999 + "]" * 99_999 + "}", "too deeply"),
        ("- x: 1\n" * 200_000, "longer than"),
    ],
)
def test_worked_examples_are_rows_in_json_or_yaml(text: str, rows: Any):
    if isinstance(rows, list):
        assert rows_of(text) == rows
        return
    with pytest.raises(ValueError, match=rows):
        rows_of(text)


RECIPE = """\
sources: { docs: { files: "*.md" } }
clean: {}
chunk: {}
synthesize: { tasks: { t: { kind: qa, examples: shots.yaml } } }
"""


def test_the_slice_holds_what_the_examples_say(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n")
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    shots = tmp_path / "shots.yaml"
    found = []
    for text in ("- { text: a, answer: [] }\n", "# the same\n- text: a\n  answer: []\n", "- { text: b, answer: [] }\n"):
        shots.write_text(text)
        (variant,) = load_recipe(tmp_path / "recipe.yaml", tmp_path)
        found.append(slices_of(variant, "recipe", open_project(tmp_path)).slices["synthesize"])
    assert found[0] == found[1] != found[2]
    assert found[0]["spec"]["tasks"]["t"]["examples"] == [{"text": "a", "answer": []}]
    shots.write_text("- a\n- b: [")
    with pytest.raises(
        RecipeError, match=r"recipe.yaml:4:\d+: synthesize.tasks.t.examples: 'shots.yaml' is not a list of"
    ):
        slices_of(variant, "recipe", open_project(tmp_path))


def _documented() -> dict[str, Any]:
    page = (Path(__file__).parent.parent / "docs/tasks.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    return {name: task for block in blocks if isinstance(block, dict) for name, task in block.items()}


@pytest.mark.parametrize("name", _documented())
def test_what_the_documentation_shows_is_a_task(name: str):
    assert Task.model_validate(_documented()[name]).kind == _documented()[name]["kind"]
