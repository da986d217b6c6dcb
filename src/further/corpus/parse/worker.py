"""The child process that opens PDFs: reads requests from stdin, answers on stdout, one JSON line each."""

import json
import logging
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

GRACE_S = 5
"""Seconds after the time limit at which the worker ends itself, should its parent be gone."""


def limit_memory(memory_mb: int) -> None:
    """Let no more memory be taken than `memory_mb` on top of what is in use, by this process."""
    used = _address_space_bytes()
    try:
        resource.setrlimit(resource.RLIMIT_AS, (used + memory_mb * 2**20,) * 2)
    except (ValueError, OSError):  # a lower limit is set already, or the system has none
        return


def _address_space_bytes() -> int:
    """Memory mapped by this process; 0 where the system does not say (only Linux does)."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[0]) * resource.getpagesize() if status.exists() else 0


def claim_stdout() -> TextIO:
    """The pipe to the parent; what libraries print goes nowhere instead of into it."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
    return answers


def serve(timeout_s: float, memory_mb: int) -> None:
    """Answer requests until stdin ends.

    Args:
        timeout_s: Seconds one paper may take; the parent kills this process then, and if it cannot, an alarm does.
        memory_mb: MB one paper may take.
    """
    answers = claim_stdout()
    import pymupdf  # after stdout is safe: the library may print

    from further.corpus.parse.document import OUT_OF_MEMORY, Parsed, Refusal, parse_document

    def _answer(result: Parsed | Refusal) -> dict[str, Any]:
        if isinstance(result, Refusal):
            return {"refusal": asdict(result)}
        return {"blocks": result.blocks, "reading": asdict(result.reading)}

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it remarks on fonts' dates
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for request in sys.stdin:
        task = json.loads(request)
        signal.setitimer(signal.ITIMER_REAL, timeout_s + GRACE_S)
        try:
            result = parse_document(Path(task["path"]), task["password"], task["ocr"])
            text = json.dumps(_answer(result))
        except MemoryError:
            text = json.dumps(_answer(Refusal("too large", OUT_OF_MEMORY)))
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A store of fonts and images stays between papers otherwise, and with it the memory of the largest.
        pymupdf.TOOLS.store_shrink(100)
        answers.write(text + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
