import pytest

from fake_build import PARITY, data_build, full_build
from loramake.files import write_json
from loramake.reporting.built import read_build
from loramake.reporting.exports import data_files, exports


@pytest.fixture
def build(tmp_path):
    return read_build(full_build(tmp_path))


def test_the_adapter_comes_first_then_the_merged_model(build):
    assert [file.name for file in exports(build)] == ["adapter/", "merged/", "*-q4_k_m.gguf", "*-q8_0.gguf"]


def test_a_file_tells_its_parity(build):
    facts = dict(exports(build)[-1].facts)
    assert facts["tensors"] == "29 × Q8_0, 9 × F32"
    assert facts["same greedy answers"] == "15 of 16"
    assert facts["perplexity"] == "1.079 (merged 1.078)"


def test_a_type_that_was_not_to_be_had_is_said(build):
    warnings = {file.name: file.warning for file in exports(build)}
    assert warnings["*-q4_k_m.gguf"] == "not every tensor fits q4_k_m: some are Q5_0 and Q8_0"
    assert warnings["*-q8_0.gguf"] == ""


def test_a_merged_model_that_was_not_kept_is_no_file(build):
    merged = PARITY["merged"] | {"precision": None}
    write_json(build["export"].folder / "parity.json", PARITY | {"merged": merged})
    assert "merged/" not in [file.name for file in exports(build)]


def test_without_export_there_is_the_adapter(build):
    del build["export"]
    assert [(file.name, file.size) for file in exports(build)] == [("adapter/", 634)]


def test_the_files_of_data(build, tmp_path):
    assert [file.name for file in data_files(build)] == [
        "train.jsonl", "sft_train.jsonl", "sft_validation.jsonl", "sft_test.jsonl", "sft_phrases.jsonl",
    ]  # fmt: skip
    assert [file.name for file in data_files(read_build(data_build(tmp_path / "data")))] == ["train.jsonl"]
