"""Loading at a precision, LoRA, the training loop, resuming."""

from further import quantizer  # noqa: F401 - before Trainer imports peft, and peft bitsandbytes
