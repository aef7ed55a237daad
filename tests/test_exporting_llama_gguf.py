from dataclasses import replace

import gguf
import numpy as np
import pytest
import torch
from transformers import GPT2Config, LlamaConfig, Qwen2Config

from loramake.errors import TrainingError
from loramake.exporting.llama_gguf import check_architecture, rotated, write_gguf
from loramake.exporting.vocabulary import read_vocabulary
from tiny_llama import PADDED, VOCABULARY, llama, tokenizer


@pytest.fixture(scope="module")
def vocabulary():
    return read_vocabulary(tokenizer(), PADDED)


@pytest.fixture
def written(tmp_path, vocabulary):
    def write(model, kind="f32"):
        path = tmp_path / f"model-{kind}.gguf"
        write_gguf(model, vocabulary, path, kind)
        return gguf.GGUFReader(path)

    return write


def tensors(reader):
    return {tensor.name: tensor for tensor in reader.tensors}


@pytest.mark.parametrize(("kind", "matrix"), [("f32", "F32"), ("f16", "F16")])
def test_matrices_have_the_type_that_was_asked_for_and_vectors_32_bits(written, kind, matrix):
    types = {(len(t.shape), t.tensor_type.name) for t in written(llama(), kind).tensors}
    assert types == {(1, "F32"), (2, matrix)}


def test_weights_stand_under_their_names(written):
    model = llama()
    found = tensors(written(model))
    down = model.model.layers[1].mlp.down_proj.weight
    assert np.array_equal(found["blk.1.ffn_down.weight"].data, down.detach().numpy())
    assert len(found) == 2 * 9 + 2


def test_rows_of_queries_and_keys_are_reordered_head_by_head(written):
    model = llama()
    found, attention = tensors(written(model)), model.model.layers[0].self_attn
    for name, heads in (("q", 4), ("k", 2)):
        weight = getattr(attention, f"{name}_proj").weight.detach().numpy()
        assert np.array_equal(found[f"blk.0.attn_{name}.weight"].data, rotated(weight, heads))


def test_the_halves_of_a_head_are_interleaved():
    rows = np.arange(8.0).reshape(8, 1)
    assert rotated(rows, heads=2).ravel().tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


@pytest.mark.parametrize("tied", [True, False])
def test_an_output_layer_is_written_unless_it_is_the_embedding(written, tied):
    assert ("output.weight" in tensors(written(llama(tie_word_embeddings=tied)))) is not tied


def test_the_file_describes_the_model(written):
    rope = {"rope_type": "default", "rope_theta": 5e5}
    fields = written(llama(rope_parameters=rope, head_dim=32)).fields
    told = {name.removeprefix("llama."): field.contents() for name, field in fields.items() if name[:6] == "llama."}
    assert told.pop("attention.layer_norm_rms_epsilon") == pytest.approx(1e-6)
    assert told == {
        "context_length": 256,
        "embedding_length": 64,
        "block_count": 2,
        "feed_forward_length": 128,
        "attention.head_count": 4,
        "attention.head_count_kv": 2,
        "attention.key_length": 32,
        "attention.value_length": 32,
        "rope.dimension_count": 32,
        "rope.freq_base": 5e5,
        "vocab_size": PADDED,
    }


def test_the_file_describes_the_tokenizer(written, vocabulary):
    fields = written(llama()).fields
    assert fields["tokenizer.ggml.tokens"].contents() == vocabulary.tokens
    assert fields["tokenizer.ggml.merges"].contents() == vocabulary.merges
    assert fields["tokenizer.ggml.eos_token_id"].contents() == tokenizer().eos_token_id
    assert fields["tokenizer.ggml.add_bos_token"].contents() is False
    assert "tokenizer.ggml.bos_token_id" not in fields


def test_a_beginning_is_named_where_there_is_one(tmp_path, vocabulary):
    write_gguf(llama(), replace(vocabulary, bos=1, pad=None), tmp_path / "m.gguf", "f32")
    fields = gguf.GGUFReader(tmp_path / "m.gguf").fields
    assert fields["tokenizer.ggml.bos_token_id"].contents() == 1
    assert "tokenizer.ggml.padding_token_id" not in fields


def test_the_same_model_gives_the_same_bytes(tmp_path, vocabulary):
    for name in ("one", "two"):
        write_gguf(llama(), vocabulary, tmp_path / name, "f16")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_number_that_16_bits_cannot_hold_is_refused(written):
    model = llama()
    with torch.no_grad():
        model.model.layers[0].mlp.up_proj.weight[0, 0] = 1e5
    with pytest.raises(TrainingError, match=r"ffn_up.weight' holds a number that float16 cannot"):
        written(model, "f16")


def test_a_tensor_without_a_name_is_refused(written):
    model = llama()
    model.model.register_buffer("stray", torch.zeros(1))
    with pytest.raises(TrainingError, match="stray"):
        written(model)


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        (GPT2Config(), "architecture is gpt2, not llama"),
        (Qwen2Config(), "architecture is qwen2, not llama"),
        (LlamaConfig(attention_bias=True), "layers have biases"),
        (LlamaConfig(mlp_bias=True), "layers have biases"),
        (LlamaConfig(hidden_act="gelu"), "activation is gelu, not silu"),
        (
            LlamaConfig(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}),
            "rotary embedding is scaled or partial (linear)",
        ),
    ],
)
def test_a_model_that_would_be_written_wrong_is_refused(config, fault):
    with pytest.raises(TrainingError) as error:
        check_architecture(config)
    assert fault in error.value.what


def test_a_plain_llama_is_written():
    check_architecture(llama().config)
    assert len(tokenizer()) <= VOCABULARY
