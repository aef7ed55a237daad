import logging

import gguf
import numpy as np
import pytest

from loramake.errors import TrainingError
from loramake.exporting.llama_gguf import write_gguf
from loramake.exporting.vocabulary import read_vocabulary
from tiny_llama import PADDED, llama, tokenizer

pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed")

from loramake.exporting.quantising import QUANTISED, fallen_back, quantise, tensor_types


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("quantising") / "model-f32.gguf"
    write_gguf(llama(), read_vocabulary(tokenizer(), PADDED), path, "f32")
    return path


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    path = tmp_path_factory.mktemp("quantising") / "wide-f32.gguf"
    model = llama(hidden_size=256, intermediate_size=256, num_hidden_layers=1)
    write_gguf(model, read_vocabulary(tokenizer(), PADDED), path, "f32")
    return path


@pytest.mark.parametrize("kind", ["q8_0", "q4_0"])
def test_llama_cpp_rounds_as_the_format_says(source, tmp_path, kind):
    quantise(source, tmp_path / kind, kind, threads=1)
    whole = {tensor.name: tensor.data for tensor in gguf.GGUFReader(source).tensors}
    for tensor in gguf.GGUFReader(tmp_path / kind).tensors:
        if tensor.tensor_type.name != "F32":
            assert np.array_equal(tensor.data, gguf.quants.quantize(whole[tensor.name], tensor.tensor_type))


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("q8_0", {"F32": 3, "Q8_0": 8}),
        ("q6_k", {"F32": 3, "Q6_K": 8}),
        ("q5_k_m", {"F32": 3, "Q5_K": 5, "Q6_K": 3}),
        ("q4_k_m", {"F32": 3, "Q4_K": 5, "Q6_K": 3}),
        ("q4_0", {"F32": 3, "Q4_0": 7, "Q6_K": 1}),
    ],
)
def test_rows_that_fill_the_blocks_get_what_was_asked_for(wide, tmp_path, kind, types):
    quantise(wide, tmp_path / kind, kind, threads=1)
    assert tensor_types(tmp_path / kind) == types
    assert fallen_back(kind, types) == []


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        ("q8_0", []),
        ("q6_k", ["Q8_0"]),
        ("q5_k_m", ["Q5_1", "Q8_0"]),
        ("q4_k_m", ["Q5_0", "Q8_0"]),
        ("q4_0", ["Q8_0"]),
    ],
)
def test_narrow_rows_fall_back_and_it_is_seen(source, tmp_path, kind, others):
    quantise(source, tmp_path / kind, kind, threads=1)
    assert fallen_back(kind, tensor_types(tmp_path / kind)) == others


def test_floats_never_fall_back(source):
    assert fallen_back("f32", tensor_types(source)) == []


def test_threads_change_nothing(source, tmp_path):
    for threads in (1, 2):
        quantise(source, tmp_path / str(threads), "q4_k_m", threads)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_llama_cpp_is_quiet(source, tmp_path, capfd):
    for kind in QUANTISED:
        quantise(source, tmp_path / kind, kind, threads=1)
    assert capfd.readouterr() == ("", "")


def test_an_error_of_llama_cpp_is_told_and_logged(tmp_path, caplog):
    with caplog.at_level(logging.ERROR), pytest.raises(TrainingError, match="cannot write q8_0"):
        quantise(tmp_path / "missing.gguf", tmp_path / "out.gguf", "q8_0", threads=1)
    assert "missing.gguf" in caplog.text
