"""loramake: make for LoRA adapters."""

__version__ = "0.2.0"
