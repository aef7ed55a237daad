from pathlib import Path

import pytest

from loramake.errors import RecipeError
from loramake.recipe.cleaning import Step
from loramake.recipe.load import keys_at, load_recipe, spec_at
from loramake.recipe.model import Lora
from loramake.recipe.task import Task

BASE = "sources:\n  yard: { files: docs/* }\nclean: {}\nchunk: { size: 300, overlap: 30 }\n"


def load(tmp_path: Path, **files: str):
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return load_recipe(tmp_path / f"{list(files)[-1]}.yaml", tmp_path)


def only(tmp_path: Path, **files: str):
    (variant,) = load(tmp_path, **files)
    return variant


def test_a_child_wins_key_by_key(tmp_path: Path):
    recipe = only(tmp_path, base=BASE, child="from: base.yaml\nchunk: { size: 500 }\n").recipe
    assert (recipe.chunk.size, recipe.chunk.overlap) == (500, 30)


def test_null_removes(tmp_path: Path):
    recipe = only(tmp_path, base=BASE, child="from: base.yaml\nchunk: null\n").recipe
    assert recipe.chunk is None


def test_a_list_is_replaced_whole(tmp_path: Path):
    base = BASE.replace("clean: {}", "clean: { steps: [{ html: strip }, { mask: all }] }")
    recipe = only(tmp_path, base=base, child="from: base.yaml\nclean: { steps: [{ unicode: nfc }] }\n").recipe
    assert [step.kind for step in recipe.clean.steps] == ["unicode"]


def test_inheritance_goes_on_for_generations(tmp_path: Path):
    middle = "from: base.yaml\nchunk: { size: 400 }\n"
    variant = only(tmp_path, base=BASE, middle=middle, child="from: middle.yaml\nchunk: { overlap: 40 }\n")
    assert (variant.recipe.chunk.size, variant.recipe.chunk.overlap) == (400, 40)
    assert variant.origin(("chunk", "size")) == "middle.yaml:2"
    assert variant.origin(("chunk", "by")) == "default"


def test_an_error_stands_where_the_value_was_written(tmp_path: Path):
    with pytest.raises(RecipeError, match=r"base\.yaml:4:10: chunk\.size: must be at least 20, not 3"):
        load(tmp_path, base=BASE.replace("300", "3").replace("30", "1"), child="from: base.yaml\nabout: child\n")


def test_a_sweep_makes_every_combination(tmp_path: Path):
    variants = load(tmp_path, sweep=BASE + "vary: { chunk.size: [300, 400], chunk.overlap: [0, 10, 20] }\n")
    assert [variant.name for variant in variants][:2] == ["size=300,overlap=0", "size=300,overlap=10"]
    assert {(v.recipe.chunk.size, v.recipe.chunk.overlap) for v in variants} == {
        (s, o) for s in (300, 400) for o in (0, 10, 20)
    }


def test_names_in_a_sweep_are_as_long_as_they_must_be(tmp_path: Path):
    text = BASE + "synthesize: { tasks: { q: {} } }\ncurate: {}\npretrain: {}\ntrain: {}\n"
    variants = load(tmp_path, sweep=text + "vary: { train.seed: [1], pretrain.seed: [2], train.lora.rank: [8] }\n")
    assert [variant.name for variant in variants] == ["train.seed=1,pretrain.seed=2,rank=8"]


def test_a_value_that_is_no_name_becomes_a_digest(tmp_path: Path):
    (variant,) = load(tmp_path, sweep=BASE + "vary: { clean.steps: [[{ html: strip }]] }\n")
    assert variant.name.startswith("steps=")
    assert "/" not in variant.name


@pytest.mark.parametrize(
    ("text", "value"),
    [("2e-4", 0.0002), ("1_000", 1000), ("0.5", 0.5), ("1", 1)],
    ids=["exponent", "underscore", "point", "whole"],
)
def test_numbers_are_numbers(tmp_path: Path, text: str, value: float):
    train = "synthesize: { tasks: { q: {} } }\ncurate: {}\npretrain: {}\ntrain: { learning_rate: "
    recipe = only(tmp_path, one=f"{BASE}{train}{text} }}\n").recipe
    assert recipe.train.learning_rate == value


@pytest.mark.parametrize(
    ("keys", "spec"),
    [
        (("train", "lora"), Lora),
        (("clean", "steps", 3), Step),
        (("synthesize", "tasks", "any"), Task),
        (("nowhere",), None),
    ],
)
def test_every_mapping_has_its_model(keys, spec):
    assert spec_at(keys) is spec


def test_keys_are_known_by_their_names_in_a_recipe():
    assert {"from", "schema"} <= set(keys_at(("synthesize", "tasks", "any")))


def test_a_repository_at_an_address_is_read_from_its_mirror(tmp_path):
    (tmp_path / "r.yaml").write_text("sources: { history: { git: 'https://git.example/pumps.git', branch: main } }\n")
    (variant,) = load_recipe(tmp_path / "r.yaml", tmp_path)
    source = variant.recipe.sources["history"]
    assert (source.git, source.branch) == ("data/raw/history.git", "main")
    assert source.fetch is not None
    assert source.fetch.url == "https://git.example/pumps.git"
