from pathlib import Path

import pytest

import tiny_llama
from loramake.errors import DataError
from loramake.files import read_json
from loramake.recipe.model import Evaluate
from loramake.records import Counts, Example, Writer, read_rows
from loramake.stages.evaluate import _chosen, evaluate

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is_gradient_checkpointing.*:FutureWarning",  # peft asks transformers by an old name
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tiny_llama.Tiny:
    tiny = tiny_llama.write(tmp_path_factory.mktemp("tiny"), tiny_llama.llama())
    for split, count in (("train", 3), ("hard", 2)):
        with Writer(tiny.splits / f"sft_{split}.jsonl") as out:
            for number in range(count):
                out.write(tiny_llama.example(number))
    return tiny


def run(tiny: tiny_llama.Tiny, place: Path, **spec: int) -> Counts:
    paths = {"splits": tiny.splits, "base": tiny.base, "adapter": tiny.adapter}
    made = {"metrics": place / "metrics.json", "samples": place / "samples.jsonl"}
    return evaluate(Evaluate(max_new_tokens=4, **spec), **paths, **made)


def test_every_held_out_split_is_judged_for_base_adapter_and_majority(tiny: tiny_llama.Tiny, tmp_path: Path):
    run(tiny, tmp_path)
    metrics = read_json(tmp_path / "metrics.json")
    assert {split: set(figures) for split, figures in metrics.items()} == {
        "test": {"base", "adapter", "majority"},
        "hard": {"base", "adapter", "majority"},
    }
    assert metrics["test"]["adapter"]["n"] == 6
    assert metrics["test"]["adapter"]["perplexity"] != metrics["test"]["base"]["perplexity"]
    assert metrics["test"]["majority"]["perplexity"] is None
    assert metrics["test"]["base"]["tasks"].keys() == {"qa"}


def test_samples_stand_side_by_side(tiny: tiny_llama.Tiny, tmp_path: Path):
    run(tiny, tmp_path, samples=2)
    rows = list(read_rows(tmp_path / "samples.jsonl"))
    assert [row["split"] for row in rows] == ["hard", "hard", "test", "test"]
    assert set(rows[0]) == {"split", "task", "prompt", "expected", "base", "adapter"}


def test_the_same_models_give_the_same_bytes(tiny: tiny_llama.Tiny, tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run(tiny, tmp_path / name)
    assert all(
        (tmp_path / "a" / n).read_bytes() == (tmp_path / "b" / n).read_bytes()
        for n in ("metrics.json", "samples.jsonl")
    )


def test_what_is_over_the_limit_is_counted(tiny: tiny_llama.Tiny, tmp_path: Path):
    counts = run(tiny, tmp_path, limit=2)
    assert (counts.given, counts.passed, counts.dropped) == (8, 4, {"over_limit": 4})


def test_a_limit_is_spread_evenly_over_tasks():
    rows = [Example(str(n), "many" if n else "one", [], "c", "d", "s", "g", "t") for n in range(9)]
    assert sorted(example.task for example in _chosen(rows, 3)) == ["many", "many", "one"]


def test_nothing_to_judge_by_is_an_error(tmp_path: Path):
    with Writer(tmp_path / "sft_train.jsonl") as out:
        out.write(tiny_llama.example(0))
    with pytest.raises(DataError, match="there is no test example"):
        evaluate(
            Evaluate(), splits=tmp_path, base=None, adapter=tmp_path, metrics=tmp_path / "m", samples=tmp_path / "s"
        )
