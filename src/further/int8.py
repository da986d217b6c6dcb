"""What int8 does on a GPU, as measured: the figures that `further check` and the page tell.

Origin:
    One H100 on 26 November 2026, an 8B Llama's shapes at micro-batch 4: the second run in docs/decisions/training.md,
    to which a test holds these figures.
"""

MOVED = 0.1  # of the largest hidden state, by another document in the pass; at nf4 nothing moved
TOKENS_PER_SECOND = {"nf4": 10_272, "int8": 5_129}
MEMORY_GIB = {"nf4": 9.2, "int8": 32.7}
