import importlib.util
import json
import logging
import shutil
import sys

import pytest

from loramake.errors import DataError, TrainingError
from loramake.recipe.model import Export
from loramake.records import Counts, Writer
from loramake.stages.export import check_wishes, export, read_examples
from tiny_llama import example, llama, tokenizer, write

# PEFT asks a model by a name that transformers is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

needs_llama_cpp = pytest.mark.skipif(
    importlib.util.find_spec("llama_cpp") is None, reason="llama-cpp-python is not installed"
)
EVERYTHING = Export(merged=True, gguf=["f32", "f16", "q8_0", "q4_k_m", "q4_0"])


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return write(tmp_path_factory.mktemp("tiny"), llama())


def run(tiny, out, spec, **options):
    """The counts of an export into `out`, and what parity.json says."""
    inputs = {"splits": tiny.splits, "base": tiny.base, "adapter": tiny.adapter} | options
    counts = export(spec, merged=out / "merged", gguf=out / "gguf", parity=out / "parity.json", **inputs)
    return counts, json.loads((out / "parity.json").read_text())


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="session")
def exported(tiny, tmp_path_factory):
    out = tmp_path_factory.mktemp("exported")
    return out, *run(tiny, out, EVERYTHING)


@needs_llama_cpp
def test_every_file_that_was_asked_for_is_there_and_nothing_else(exported):
    out, counts, parity = exported
    assert counts == Counts(unit="files", given=6, passed=6)
    assert sorted(path.name for path in out.iterdir()) == ["gguf", "merged", "parity.json"]
    assert {path.name for path in (out / "gguf").iterdir()} == parity["files"].keys()
    assert parity["files"].keys() == {f"model-{kind}.gguf" for kind in EVERYTHING.gguf}


@needs_llama_cpp
def test_parity_tells_how_alike_each_file_is(exported, tiny):
    out, _, parity = exported
    assert parity["merged"].pop("max_logit_difference") < 1e-3
    assert parity["merged"] == {"examples": 6, "precision": "float32"}
    assert parity["adapter"] == {"bytes": (tiny.adapter / "adapter_model.safetensors").stat().st_size}
    whole = parity["files"]["model-f32.gguf"]
    assert whole.pop("max_logit_difference") < 1e-2
    assert whole.pop("perplexity") == pytest.approx(whole.pop("reference_perplexity"), rel=1e-4)
    assert whole == {
        "asked": "f32",
        "tensor_types": {"F32": 20},
        "bytes": (out / "gguf" / "model-f32.gguf").stat().st_size,
        "argmax_agreement": 1.0,
        "greedy_equal": [6, 6],
    }


@needs_llama_cpp
@pytest.mark.parametrize(
    ("kind", "types", "others"),
    [
        ("f16", {"F16": 15, "F32": 5}, None),
        ("q8_0", {"F32": 5, "Q8_0": 15}, None),
        ("q4_k_m", {"F32": 5, "Q5_0": 12, "Q8_0": 3}, ["Q5_0", "Q8_0"]),
        ("q4_0", {"F32": 5, "Q4_0": 14, "Q8_0": 1}, ["Q8_0"]),
    ],
)
def test_parity_tells_what_a_file_really_holds(exported, kind, types, others):
    about = exported[2]["files"][f"model-{kind}.gguf"]
    assert about["tensor_types"] == types
    assert (about.get("fell_back"), about.get("fell_back_to")) == ((True, others) if others else (None, None))


@needs_llama_cpp
def test_a_second_export_gives_the_same_bytes_with_any_number_of_threads(exported, tiny, tmp_path):
    run(tiny, tmp_path, EVERYTHING, threads=2)
    assert contents(tmp_path) == contents(exported[0])


@needs_llama_cpp
def test_a_quantised_file_comes_from_32_bits_that_are_not_kept(exported, tiny, tmp_path):
    run(tiny, tmp_path, Export(merged=False, gguf=["q8_0"]))
    assert [path.name for path in (tmp_path / "gguf").iterdir()] == ["model-q8_0.gguf"]
    assert contents(tmp_path / "gguf")["model-q8_0.gguf"] == contents(exported[0] / "gguf")["model-q8_0.gguf"]


@needs_llama_cpp
def test_a_type_that_fell_back_is_warned_about(tiny, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        run(tiny, tmp_path, Export(merged=False, gguf=["q4_k_m"]))
    assert "model-q4_k_m.gguf holds Q5_0 and Q8_0 too" in caplog.text


def test_merging_alone_needs_no_llama_cpp(tiny, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    counts, parity = run(tiny, tmp_path, Export(precision="bfloat16"))
    assert (counts.passed, parity["files"], parity["merged"]["precision"]) == (1, {}, "bfloat16")
    assert not (tmp_path / "gguf").exists()


def test_a_gguf_export_without_llama_cpp_is_refused_before_any_work(monkeypatch):
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    with pytest.raises(TrainingError) as error:
        check_wishes(Export(gguf=["f16"]))
    assert error.value.what == "a GGUF export needs llama-cpp-python"
    assert "loramake[gguf]" in error.value.hint


@pytest.fixture
def qwen(tmp_path):
    from transformers import Qwen2Config, Qwen2ForCausalLM

    shape = {key: value for key, value in llama().config.to_dict().items() if key not in ("model_type", "head_dim")}
    return write(tmp_path / "qwen", Qwen2ForCausalLM(Qwen2Config(**shape)))


def test_another_architecture_is_merged(qwen, tmp_path):
    _, parity = run(qwen, tmp_path, Export())
    assert parity["merged"]["max_logit_difference"] < 1e-3


@needs_llama_cpp
def test_another_architecture_is_refused_as_gguf_before_anything_is_written(qwen, tmp_path):
    with pytest.raises(TrainingError, match="architecture is qwen2"):
        run(qwen, tmp_path, Export(gguf=["f16"]))
    assert not (tmp_path / "merged").exists()


def test_the_adapter_names_its_base_where_the_recipe_made_none(tiny, tmp_path):
    adapter = shutil.copytree(tiny.adapter, tmp_path / "adapter")
    config = json.loads((adapter / "adapter_config.json").read_text())
    named = config | {"base_model_name_or_path": str(tiny.base)}
    (adapter / "adapter_config.json").write_text(json.dumps(named))
    _, parity = run(tiny, tmp_path, Export(), base=None, adapter=adapter)
    assert parity["merged"]["max_logit_difference"] < 1e-3


def test_an_adapter_that_is_not_safetensors_is_refused(tiny, tmp_path):
    adapter = shutil.copytree(tiny.adapter, tmp_path / "adapter")
    (adapter / "adapter_model.safetensors").rename(adapter / "adapter_model.bin")
    with pytest.raises(TrainingError, match="no weights as safetensors"):
        run(tiny, tmp_path, Export(), adapter=adapter)


def test_a_quantised_base_is_refused(tiny, tmp_path, monkeypatch):
    from loramake.training import models

    quantised = llama()
    quantised.config.quantization_config = {"quant_method": "bitsandbytes"}
    monkeypatch.setattr(models, "load_adapted", lambda *_: (quantised, tokenizer()))
    with pytest.raises(TrainingError, match="base is quantised"):
        run(tiny, tmp_path, Export())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"test": [1], "train": [2]}, ["1"]),
        ({"test": [], "validation": [3], "train": [2]}, ["3"]),
        ({"train": [2]}, ["2"]),
    ],
)
def test_the_best_split_that_has_examples_is_compared_on(tmp_path, written, read):
    for split, numbers in written.items():
        with Writer(tmp_path / f"sft_{split}.jsonl") as out:
            for number in numbers:
                out.write(example(number))
    assert [found.id for found in read_examples(tmp_path)] == read


def test_no_example_at_all_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no example to compare"):
        read_examples(tmp_path)
