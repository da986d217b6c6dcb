"""Loading at a precision, LoRA, the training loop, resuming."""
