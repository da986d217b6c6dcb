"""Further: from a folder of papers to a further-pre-trained language model, and to numbers that say what it brought."""

import os

# A job never reaches for the network. huggingface_hub reads this once, when it is imported: no script may import what
# needs it (transformers, tokenizers) before this package.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
