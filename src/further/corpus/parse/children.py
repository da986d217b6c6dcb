"""PDFs to blocks, each parsed in a child process that may crash, hang or grow without harm to the others."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from further.children import Child, ChildError
from further.corpus.folder import find_password, paper_ids
from further.corpus.schemas import BLOCKS, READINGS, REJECTED

log = logging.getLogger(__name__)

WORKER = "further.corpus.parse.worker"
NO_PASSWORDS: Mapping[str, str] = MappingProxyType({})


class ParsedPapers(NamedTuple):
    """What parsing some papers gives.

    Attributes:
        blocks: Of the papers that can be read (BLOCKS).
        rejected: The others with their reasons (REJECTED).
        readings: How much of the files was read (READINGS).
    """

    blocks: pa.Table
    rejected: pa.Table
    readings: pa.Table


def parse_paper(child: Child, path: Path, password: str, ocr: str = "") -> dict[str, Any]:
    """Blocks of one paper or its refusal, whatever happens to the child.

    Args:
        child: Of `further.corpus.parse.worker`. Its start costs one CPU second (importing PyMuPDF).
        path: The file.
        password: Its password, "" for none.
        ocr: Language of OCR, "" for none.

    Returns:
        {"blocks": [...], "reading": {...}} or {"refusal": {"reason", "detail", "pages"}}.
    """
    try:
        return child.ask({"path": str(path.absolute()), "password": password, "ocr": ocr})
    except ChildError as error:
        reason = "damaged" if error.reason == "crashed" else error.reason
        return {"refusal": {"reason": reason, "detail": error.detail, "pages": None}}


def parse_papers(
    files: Sequence[Path],
    *,
    timeout_s: float,
    memory_mb: int,
    password: Mapping[str, str] = NO_PASSWORDS,
    ocr: str = "",
    names: Mapping[Path, str] | None = None,
) -> ParsedPapers:
    """Parse PDFs, one after the other, in a child process.

    Args:
        files: The papers.
        timeout_s: Seconds one paper may take, > 0.
        memory_mb: MB of memory one paper may take, > 0.
        password: Passwords by the name of the file or the paper, of papers that need one.
        ocr: Tesseract's code of the language to read scanned papers in, "" to reject them.
        names: The papers' names, of a study that has more of them; None: as `paper_ids` gives them to these.

    Returns:
        Blocks of the papers that can be read, the others with their reasons, and how much of each file was read.

    Raises:
        ValueError: If a limit is not positive.
    """
    tables, rejected, readings = [], [], []
    with Child(WORKER, timeout_s, memory_mb) as child:
        for file, paper in sorted((names or paper_ids(files)).items(), key=lambda item: item[1]):
            answer = parse_paper(child, file, find_password(password, file, paper), ocr)
            if "refusal" in answer:
                rejected.append({"paper": paper, "file": file.name} | answer["refusal"])
                log.warning("%s rejected: %s (%s)", file.name, rejected[-1]["reason"], rejected[-1]["detail"])
                continue
            blocks = [{"paper": paper} | block for block in answer["blocks"]]
            tables.append(pa.Table.from_pylist(blocks, BLOCKS))
            readings.append({"paper": paper, "file": file.name} | answer["reading"])
            log.info("%s: %d blocks on %d pages", file.name, len(blocks), max(block["page"] for block in blocks))
    return ParsedPapers(
        pa.concat_tables([BLOCKS.empty_table(), *tables]),
        pa.Table.from_pylist(rejected, REJECTED),
        pa.Table.from_pylist(readings, READINGS),
    )
