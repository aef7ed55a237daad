"""Models from folders or the hub, by safetensors alone and without code of their own."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from loramake.errors import TrainingError

# What an adapter calls the base that its own recipe made; it is published as base/ beside adapter/.
OWN_BASE = "base"

FOUR_BITS = {"nf4": {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True}}


def device() -> str:
    """Where models run."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load_tokenizer(where: str, revision: str | None = None) -> Any:
    """The tokenizer of a model. Raises TrainingError when it is not to be had, or has no chat template."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(where, revision=revision, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise _not_loaded("tokenizer", where, error) from None
    if tokenizer.chat_template is None:
        raise TrainingError(
            "the tokenizer has no chat template", where=where, hint="choose a base that was made for chat"
        )
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(where: str, revision: str | None = None, *, precision: str = "float32", quantize: str = "none") -> Any:
    """A causal language model on this machine's device. Raises TrainingError when it is not to be had."""
    dtype = getattr(torch, precision)
    options: dict[str, Any] = {
        "revision": revision,
        "dtype": dtype,
        "trust_remote_code": False,
        "use_safetensors": True,
    }
    if quantize != "none":
        options |= {"quantization_config": _quantization(quantize, dtype), "device_map": device()}
    try:
        model = AutoModelForCausalLM.from_pretrained(where, **options)
    except (OSError, ValueError) as error:
        raise _not_loaded("model", where, error) from None
    return model if quantize != "none" else model.to(torch.device(device()))  # type: ignore[arg-type]


def _quantization(quantize: str, dtype: torch.dtype) -> Any:
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        hint = "pip install 'loramake[qlora]'"
        raise TrainingError(f"'{quantize}' needs bitsandbytes", where="train.quantize", hint=hint) from None
    from transformers import BitsAndBytesConfig

    options = FOUR_BITS.get(quantize, {"load_in_8bit": True})
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        **options, **({"bnb_4bit_compute_dtype": dtype} if quantize in FOUR_BITS else {})
    )


def _not_loaded(what: str, where: str, error: Exception) -> TrainingError:
    first = str(error).strip().splitlines()[0][:200]
    hint = "check the name, or fetch it while there is a network"
    return TrainingError(f"the {what} cannot be loaded: {first}", where=where, hint=hint)


def base_of(adapter: Path, base: Path | None) -> tuple[str, str | None]:
    """The place of the model that an adapter belongs to, and its revision."""
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    if base is not None:
        return str(base), None
    return config["base_model_name_or_path"], config.get("revision")


def load_adapted(adapter: Path, base: Path | None) -> tuple[Any, Any]:
    """Base and adapter as one PEFT model in float32 and evaluation mode, and its tokenizer.

    A base that was quantised for training is loaded whole: what is judged and exported is the base that everybody has.
    """
    from peft import PeftModel

    where, revision = base_of(adapter, base)
    tokenizer = load_tokenizer(str(adapter))
    model = PeftModel.from_pretrained(load_model(where, revision), str(adapter), is_trainable=False)
    return model.eval(), tokenizer
