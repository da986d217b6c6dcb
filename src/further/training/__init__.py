"""Loading at a precision, LoRA, the training loop, resuming."""

from further import quantizer  # noqa: F401 - before peft imports bitsandbytes
