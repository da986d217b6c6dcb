"""Questions about images as tensors: prompts, rows, image features."""
