"""Import bitsandbytes without torch's compiler; to be imported before transformers or peft import it.

bitsandbytes 0.50 wraps four fallback kernels in `torch.compile` when it is imported, and that loads inductor: 0.7 of
4.3 processor seconds that a training job's imports take. Where `torch.compile` raises it keeps the plain functions;
its CPU and CUDA libraries call none of the four.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it reports each absent optional kernel when imported


@contextmanager
def _no_compiler() -> Iterator[None]:
    compile_function = torch.compile

    def refuse(*arguments: Any, **keywords: Any) -> None:
        raise RuntimeError("no compiler while bitsandbytes is imported")

    torch.compile = refuse  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compile = compile_function


with _no_compiler():
    import bitsandbytes  # noqa: F401
