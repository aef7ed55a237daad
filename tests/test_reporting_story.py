import pytest

from fake_build import data_build, examples_build, full_build, write_rows
from loramake.errors import DataError
from loramake.files import read_json, write_json, write_text
from loramake.reporting.built import read_build
from loramake.reporting.story import tell


def with_base(stages, base, **slice_):
    """`stages` with an adapter on a base that the recipe names."""
    path = stages["train"] / "receipt.json"
    receipt = read_json(path)
    receipt["slice"]["spec"]["base"] = base
    receipt["slice"] |= slice_
    write_json(path, receipt)
    return {stage: folder for stage, folder in stages.items() if stage != "pretrain"}


@pytest.mark.parametrize(
    ("make", "title", "lead"),
    [
        (data_build, "123 clean documents", "Made from 132 documents of 2 sources."),
        (examples_build, "117 curated examples", "Made from 132 documents of 2 sources."),
        (
            full_build,
            "A LoRA adapter on a small llama made from scratch",
            "Rank 16, alpha 32: learnt from 80 examples, which were made from 132 documents of 2 sources. "
            "The base has 1,064,320 parameters, and has read the same documents.",
        ),
    ],
)
def test_the_title_says_what_was_made(tmp_path, make, title, lead):
    story = tell(read_build(make(tmp_path)))
    assert (story.title, story.lead) == (title, lead)


@pytest.mark.parametrize(
    ("base", "slice_", "hub"),
    [("Qwen/Qwen2.5-7B-Instruct", {}, True), ("models/mine", {"models": {"base": "0123456789abcdef"}}, False)],
)
def test_a_base_that_the_recipe_names(tmp_path, base, slice_, hub):
    story = tell(read_build(with_base(full_build(tmp_path), base, **slice_)))
    assert story.title == f"A LoRA adapter on {base}"
    assert (story.own_base, story.hub_base) == (False, hub)


def test_a_folder_as_base_shows_its_digest(tmp_path):
    models = {"base": "0123456789abcdef"}
    story = tell(read_build(with_base(full_build(tmp_path), "models/mine", models=models)))
    settings = {link.stage: dict(link.settings) for link in story.chain}
    assert settings["train"]["models.base"] == "0123456789abcdef"


def test_the_chain_is_every_stage_with_its_key(tmp_path):
    stages = full_build(tmp_path)
    story = tell(read_build(stages))
    assert [(link.stage, link.key) for link in story.chain] == [(name, path.name) for name, path in stages.items()]


def test_losses_are_drawn_for_the_adapter_and_its_base(tmp_path):
    charts = tell(read_build(full_build(tmp_path))).charts
    assert [chart.title for chart in charts] == ["The adapter", "The base, from scratch"]
    assert [line.name for line in charts[0].lines] == ["training", "validation"]


def test_of_a_step_that_was_logged_twice_the_last_counts(tmp_path):
    stages = full_build(tmp_path)
    rows = [{"step": 10, "loss": 3.0}, {"step": 20, "loss": 2.5}, {"step": 10, "loss": 2.0}]
    write_rows(stages["train"] / "metrics.jsonl", rows)
    (line,) = tell(read_build(stages)).charts[0].lines
    assert line.path == "M500.0 200.0L1000.0 0.0"


def test_the_training_names_steps_or_epochs(tmp_path):
    names = [name for name, _ in tell(read_build(full_build(tmp_path))).training()]
    assert "steps" in names
    assert "epochs" not in names


def test_a_damaged_file_is_named_with_its_line(tmp_path):
    stages = data_build(tmp_path)
    write_text(stages["clean"] / "train/train.jsonl", '{"source": "handbook", "id": 1}\n{"sour')
    with pytest.raises(DataError, match=r"train.jsonl:2"):
        tell(read_build(stages))
