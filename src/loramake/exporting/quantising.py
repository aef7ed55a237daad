"""Quantised GGUF files, by llama.cpp itself, and what became of their tensors."""

import ctypes
import logging
from collections import Counter
from pathlib import Path

import gguf
import llama_cpp

from loramake.errors import TrainingError

# The file types of llama.cpp, and the tensor types that its mixtures are made of (an output layer has more bits).
QUANTISED = {
    "q8_0": (llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0, {"Q8_0"}),
    "q6_k": (llama_cpp.LLAMA_FTYPE_MOSTLY_Q6_K, {"Q6_K"}),
    "q5_k_m": (llama_cpp.LLAMA_FTYPE_MOSTLY_Q5_K_M, {"Q5_K", "Q6_K"}),
    "q4_k_m": (llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M, {"Q4_K", "Q5_K", "Q6_K"}),
    "q4_0": (llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0, {"Q4_0", "Q6_K"}),
}
_ALWAYS = {"F32"}  # vectors
ERROR = 4  # GGML_LOG_LEVEL_ERROR

log = logging.getLogger(__name__)


def quantise(source: Path, target: Path, kind: str, threads: int) -> None:
    """Write the 32-bit GGUF file `source` to `target` in `kind`, a key of QUANTISED. Raises TrainingError."""
    listen()
    wishes = llama_cpp.llama_model_quantize_default_params()
    wishes.ftype, _ = QUANTISED[kind]
    wishes.nthread = threads
    if llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(wishes)):
        raise TrainingError(f"llama.cpp cannot write {kind}", where=str(target), hint="is the disk full?")


def listen() -> None:
    """Let llama.cpp speak of errors alone, through `logging`.

    The binding's own switch reads the levels of an older llama.cpp: it prints warnings and swallows errors.
    """
    llama_cpp.llama_log_set(_RELAY, ctypes.c_void_p(0))


def _relay(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    if level == ERROR:
        log.error("llama.cpp: %s", text.decode(errors="replace").strip())


_RELAY = llama_cpp.llama_log_callback(_relay)  # kept: C code calls it at any time


def tensor_types(path: Path) -> dict[str, int]:
    """How many tensors of each type a GGUF file really holds, such as {"F16": 30, "F32": 9}."""
    return dict(sorted(Counter(tensor.tensor_type.name for tensor in gguf.GGUFReader(path).tensors).items()))


def fallen_back(kind: str, types: dict[str, int]) -> list[str]:
    """The types in a file that `kind` does not ask for.

    llama.cpp takes them, and says that all is well, where a row does not fill the blocks of `kind`: 256 numbers in a
    k-quant, 32 in the others.
    """
    return sorted(types.keys() - QUANTISED[kind][1] - _ALWAYS) if kind in QUANTISED else []
