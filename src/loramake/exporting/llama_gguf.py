"""A model of the llama family as a GGUF file of 32- or 16-bit floats.

The format is that of llama.cpp's `convert_hf_to_gguf.py` for `LlamaForCausalLM`: names by gguf's tensor map, the rows
of q and k in another order for its rotary embedding, vectors kept in 32 bits.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import gguf
import numpy as np
import numpy.typing as npt
from transformers import PretrainedConfig

from loramake.errors import TrainingError
from loramake.exporting.vocabulary import Vocabulary

Array = npt.NDArray[np.floating[Any]]
FLOATS: dict[str, tuple[type[np.floating[Any]], gguf.LlamaFileType]] = {
    "f32": (np.float32, gguf.LlamaFileType.ALL_F32),
    "f16": (np.float16, gguf.LlamaFileType.MOSTLY_F16),
}


def check_architecture(config: PretrainedConfig) -> None:
    """Raise TrainingError when a model of this shape cannot be written right."""
    fault = _fault(config)
    if fault:
        raise TrainingError(
            f"no GGUF file can be written for this model: {fault}",
            where="config.json",
            hint="export without 'gguf', and convert the merged model with llama.cpp's own script",
        )


def _fault(config: Any) -> str | None:
    if config.model_type != "llama":
        return f"its architecture is {config.model_type}, not llama"
    if config.attention_bias or config.mlp_bias:
        return "its layers have biases"
    if config.hidden_act != "silu":
        return f"its activation is {config.hidden_act}, not silu"
    rope = config.rope_parameters
    if rope.get("rope_type", "default") != "default" or rope.get("partial_rotary_factor", 1) != 1:
        return f"its rotary embedding is scaled or partial ({rope.get('rope_type')})"
    return None


def write_gguf(model: Any, vocabulary: Vocabulary, path: Path, kind: Literal["f32", "f16"]) -> None:
    """Write `model` (float32 weights) to `path`. Raises TrainingError for a weight that 16 bits cannot hold."""
    dtype, file_type = FLOATS[kind]
    writer = gguf.GGUFWriter(None, gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH.LLAMA])
    writer.add_file_type(file_type)
    _describe_model(writer, model.config)
    _describe_vocabulary(writer, vocabulary)
    for name, array in _tensors(model):
        narrow = array.ndim > 1
        bits = dtype if narrow else np.float32
        writer.add_tensor_info(name, array.shape, np.dtype(bits), array.size * np.dtype(bits).itemsize)
    try:
        writer.write_header_to_file(path)
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for name, array in _tensors(model):
            writer.write_tensor_data(_narrowed(array, dtype, name, path) if array.ndim > 1 else array)
    finally:
        writer.close()


def _describe_model(writer: gguf.GGUFWriter, config: Any) -> None:
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)


def _describe_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(vocabulary.pre)
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_eos_token_id(vocabulary.eos)
    if vocabulary.bos is not None:
        writer.add_bos_token_id(vocabulary.bos)
    if vocabulary.pad is not None:
        writer.add_pad_token_id(vocabulary.pad)
    writer.add_add_bos_token(vocabulary.add_bos)
    writer.add_chat_template(vocabulary.template)


def _tensors(model: Any) -> Iterator[tuple[str, Array]]:
    """Every tensor under its GGUF name; an output layer that is the embedding itself stands there once."""
    config = model.config
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and tied:
            continue
        array = tensor.cpu().numpy()
        if name.endswith("q_proj.weight"):
            array = rotated(array, config.num_attention_heads)
        elif name.endswith("k_proj.weight"):
            array = rotated(array, config.num_key_value_heads)
        known = names.get_name(name, try_suffixes=(".weight",))
        if known is None:
            raise TrainingError(f"no GGUF file can be written for this model: it has a tensor '{name}'")
        yield known, array


def rotated(rows: Array, heads: int) -> Array:
    """The rows of q or k ([heads x width, hidden]) in llama.cpp's order.

    Transformers turns the first half of a head against the second, llama.cpp every even row against the next odd one.
    """
    return rows.reshape(heads, 2, -1, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def _narrowed(array: Array, dtype: type[np.floating[Any]], name: str, path: Path) -> Array:
    with np.errstate(over="ignore"):
        narrow = array.astype(dtype)
    if not np.isfinite(narrow).all():
        what = f"'{name}' holds a number that {dtype.__name__} cannot"
        raise TrainingError(what, where=path.name, hint="leave f16 out of 'gguf'")
    return narrow
