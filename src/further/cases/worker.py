"""The child process that opens pictures and headers: `python -m further.cases.worker timeout_s memory_mb`.

Tasks are {"do": "header", "path", "folder"} and {"do": "picture", "path" or "data", "part", "max_pixels",
"ct_windows"}.
"""

import base64
import sys
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

from further.children import claim_stdout, serve


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """Do one task; a picture that is refused is an answer too."""
    from further.cases import dicom
    from further.cases.pixels import Limits, Refused, prepare

    path = Path(task.get("path", ""))
    try:
        if task["do"] == "header":
            return dicom.read_header(path, task["folder"])
        data = base64.b64decode(task["data"]) if "data" in task else _read(path)
        found = prepare(data, task["part"], Limits(task["max_pixels"], task["ct_windows"]))
        return found | {"reason": "kept", "png": base64.b64encode(found["png"]).decode()}
    except Refused as refused:
        return {"reason": refused.reason, "detail": refused.detail[:200]}
    except MemoryError:
        return {"reason": "too large", "detail": "it takes more memory than the limit"}
    except Exception as error:  # a header may break in any way; its words stay here
        return {"reason": "damaged", "detail": type(error).__name__}


@lru_cache(maxsize=1)
def _read(path: Path) -> bytes:
    """A file's bytes; the last one's are kept, as each frame of it is a task."""
    return path.read_bytes()


def main(timeout_s: float, memory_mb: int) -> None:
    """Load the libraries, then answer tasks until stdin ends."""
    answers = claim_stdout()  # before they are loaded: a library may print
    warnings.simplefilter("ignore")  # like its log lines, pydicom's warnings quote the header
    import logging

    logging.disable(logging.CRITICAL)  # pydicom logs values of the header
    from further.cases import pixels

    assert pixels.FORMATS
    serve(answer, answers, timeout_s, memory_mb)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
