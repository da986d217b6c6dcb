"""Memory that does not suffice, the GPU's or the machine's: explained wherever it ends, with what to change."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

# What torch's allocator on the processor, CUDA's driver and its libraries say in errors of no class of their own.
WORDS = ("can't allocate memory", "not enough memory", "CUDA error: out of memory", "_STATUS_ALLOC_FAILED")


@contextmanager
def explain_memory(doing: str | Callable[[], str], cure: str) -> Iterator[None]:
    """Turn any way of running out of memory into one error that says while doing what, and what to change.

    Args:
        doing: What was done, in words, with the sizes that it was done with; a function is asked when memory has ended.
        cure: Settings to change.

    Raises:
        MemoryError: With both.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        # Where one is explained within another, as loading within a run, the inner one knows what to change.
        is_explained = isinstance(error, MemoryError) and error.__cause__ is not None
        if is_explained or not is_out_of_memory(error):
            raise
        said = doing if isinstance(doing, str) else doing()
        raise MemoryError(f"out of memory while {said}: {cure}") from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory did not suffice."""
    in_words = any(words in str(error) for words in WORDS)
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or in_words
