"""The quickstart recipe, built as the README says, and judged by what stands under results/."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import REPOSITORY, Project
from loramake.records import read_rows

pytestmark = pytest.mark.timeout(1800)  # it is built for real, on whatever machine this is
pytest.importorskip("llama_cpp", reason="a GGUF export needs llama-cpp-python")

FILES = ["report.html", "metrics.json", "train.jsonl", "sft_train.jsonl", "README.md", "receipts.json", "dropped.jsonl"]


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("quickstart")
    for name in ("Snakefile", "rules", "envs", "profiles", "recipes", "examples"):
        source = REPOSITORY / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, root / name)
    (root / "local").symlink_to("profiles/local")
    project = Project(root)
    project.snakemake("quickstart")
    return project


def results(project: Project) -> Path:
    return project.root / "results/quickstart"


def test_everything_that_the_readme_names_is_there(quickstart: Project):
    place = results(quickstart)
    assert [name for name in FILES if not (place / name).stat().st_size] == []
    assert (place / "adapter/adapter_model.safetensors").is_file()
    assert (place / "merged/model.safetensors").is_file()
    assert len(list(place.glob("*.gguf"))) >= 2


def test_the_adapter_is_better_than_its_base_and_the_majority(quickstart: Project):
    metrics = json.loads((results(quickstart) / "metrics.json").read_text())
    figures = {who: metrics["test"][who]["tasks"]["triage"] for who in ("base", "adapter", "majority")}
    assert figures["base"]["exact_match"] < 0.05
    assert figures["adapter"]["exact_match"] >= 0.8
    assert figures["majority"]["exact_match"] < 0.2
    assert figures["adapter"]["n"] > 60


def test_unseen_phrases_are_reported_whatever_they_say(quickstart: Project):
    metrics = json.loads((results(quickstart) / "metrics.json").read_text())
    assert metrics["unseen_phrases"]["adapter"]["n"] == 120
    page = (results(quickstart) / "report.html").read_text()
    assert "unseen_phrases" in page


def test_nothing_held_out_was_learnt_from(quickstart: Project):
    rows = {
        path.stem: [json.loads(line) for line in path.read_text().splitlines()]
        for path in results(quickstart).glob("sft_*.jsonl")
    }
    groups = {split: {row["group"] for row in found} for split, found in rows.items()}
    assert not groups["sft_train"] & (groups["sft_test"] | groups["sft_validation"] | groups["sft_unseen_phrases"])
    assert {row["source"] for row in rows["sft_unseen_phrases"]} == {"unseen"}


def test_every_example_can_be_walked_back_to_its_file(quickstart: Project):
    (path,) = quickstart.root.glob("build/chunk/*/chunks.jsonl")
    chunks = {row["id"]: row for row in read_rows(path)}
    documents = {row["id"]: row for row in read_rows(results(quickstart) / "train.jsonl")}
    for example in read_rows(results(quickstart) / "sft_train.jsonl"):
        chunk = chunks[example["chunk"]]
        document = documents[chunk["document"]]
        assert document["text"][chunk["start"] : chunk["end"]] == chunk["text"]
        assert (quickstart.root / document["path"]).is_file()


def test_gguf_answers_greedily_as_the_merged_model_does(quickstart: Project):
    import torch
    from llama_cpp import Llama
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)
    place = results(quickstart)
    tokenizer = AutoTokenizer.from_pretrained(place / "merged")
    model = AutoModelForCausalLM.from_pretrained(place / "merged").eval()
    llama = Llama(str(place / "quickstart-f16.gguf"), n_ctx=1024, n_threads=1, verbose=False)
    examples = list(read_rows(place / "sft_test.jsonl"))
    different = [example["id"] for example in examples if not same_answer(example, tokenizer, model, llama)]
    assert len(examples) > 80
    assert different == []


def same_answer(example: dict[str, Any], tokenizer: Any, model: Any, llama: Any) -> bool:
    import torch

    ids = tokenizer.apply_chat_template(example["messages"][:-1], add_generation_prompt=True, return_dict=False)
    with torch.no_grad():
        out = model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=48, do_sample=False
        )
    expected = tokenizer.decode(out[0, len(ids) :], skip_special_tokens=True)
    answer = llama.create_completion(ids, max_tokens=48, temperature=0.0)["choices"][0]["text"]
    return bool(answer == expected)


def test_the_second_time_there_is_nothing_to_do(quickstart: Project):
    assert "Nothing to be done" in quickstart.snakemake("quickstart").stderr


@pytest.mark.parametrize(
    "target", ["results/quickstart/metrics.json", "results/quickstart/adapter/adapter_config.json"]
)
def test_a_result_is_a_target(quickstart: Project, target: str):
    (quickstart.root / target).unlink()
    quickstart.snakemake(target)
    assert (quickstart.root / target).is_file()
