"""The child process that opens PDFs: `python -m further.corpus.parse.worker timeout_s memory_mb`.

Tasks are {"path", "password", "ocr"}; answers {"blocks", "reading"} or {"refusal": {"reason", "detail", "pages"}}.
"""

import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from further.children import claim_stdout, serve

UNUSED: dict[str, Any] = {"pymupdf.layout": None, "pymupdf4llm": None}
"""What PyMuPDF loads by itself if it can, at .6 CPU seconds and 95 MB a process: a model of layouts."""


def main(timeout_s: float, memory_mb: int) -> None:
    """Load the libraries, then answer tasks until stdin ends."""
    answers = claim_stdout()  # before they are loaded: a library may print
    sys.modules.update(UNUSED)
    import pymupdf

    from further.corpus.parse.document import Refusal, parse_document

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # it remarks on fonts' dates

    def answer(task: dict[str, Any]) -> dict[str, Any]:
        try:
            result = parse_document(Path(task["path"]), task["password"], task["ocr"])
        finally:
            # A store of fonts and images stays between papers otherwise, and with it the memory of the largest.
            pymupdf.TOOLS.store_shrink(100)
        if isinstance(result, Refusal):
            return {"refusal": asdict(result)}
        return {"blocks": result.blocks, "reading": asdict(result.reading)}

    serve(answer, answers, timeout_s, memory_mb)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
