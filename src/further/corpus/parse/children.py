"""PDFs to blocks, each parsed in a child process that may crash, hang or grow without harm to the others."""

import json
import logging
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pyarrow as pa

from further.corpus.schemas import BLOCKS, READINGS, REJECTED
from further.corpus.shards import paper_ids

log = logging.getLogger(__name__)

NO_MEMORY = 127
"""Exit code of a process whose C library gets no memory for itself."""
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


class Worker:
    """A child process that parses one paper after another, replaced when one kills it.

    Its start costs one CPU second (importing PyMuPDF), so it is kept between papers.
    """

    def __init__(self, timeout_s: float, memory_mb: int, ocr: str = "") -> None:
        """Remember the limits and the language of OCR ("": none); the process starts with the first paper."""
        self.timeout_s, self.memory_mb, self.ocr = timeout_s, memory_mb, ocr
        self.process: subprocess.Popen[bytes] | None = None

    def parse(self, path: Path, password: str) -> dict[str, Any]:
        """Blocks of one paper or its refusal, whatever happens to the child.

        Args:
            path: The file.
            password: Its password, "" for none.

        Returns:
            {"blocks": [...], "reading": {...}} or {"refusal": {"reason", "detail", "pages"}}.
        """
        process = self.process or self._start()
        assert process.stdin is not None
        request = json.dumps({"path": str(path.absolute()), "password": password, "ocr": self.ocr}) + "\n"
        try:
            process.stdin.write(request.encode())
            process.stdin.flush()
            answer = self._read_line(process)
        except BrokenPipeError:
            answer = b""
        except TimeoutError:
            self.stop()
            return _refusal("timed out", f"parsing took more than {self.timeout_s:g} s")
        if not answer.endswith(b"\n"):
            code = self.stop()
            if code == NO_MEMORY:
                return _refusal("too large", f"out of memory: it needs more than {self.memory_mb} MB")
            if code < 0 and -code not in (6, 11):  # the system's memory killer sends 9
                return _refusal("too large", f"out of memory, or stopped: the parser was ended by signal {-code}")
            return _refusal("damaged", f"the parser crashed ({f'signal {-code}' if code < 0 else f'exit code {code}'})")
        return dict(json.loads(answer))

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "further.corpus.parse.worker", str(self.timeout_s), str(self.memory_mb)]
        # The child finds the package where this process found it; one thread, as the job's rule says.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None, env=environment
        )
        return self.process

    def _read_line(self, process: subprocess.Popen[bytes]) -> bytes:
        """The child's answer; shorter than a line if it died.

        Raises:
            TimeoutError: If none comes in time.
        """
        assert process.stdout is not None
        deadline = time.monotonic() + self.timeout_s
        parts: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not (parts and parts[-1].endswith(b"\n")):
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise TimeoutError
                part = os.read(process.stdout.fileno(), 1 << 20)
                if not part:
                    break
                parts.append(part)
        return b"".join(parts)

    def stop(self) -> int:
        """End the child, if there is one, and wait for it; its exit code."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        assert process.stdin is not None and process.stdout is not None
        with suppress(subprocess.TimeoutExpired):
            if process.poll() is None:
                process.wait(0.2)  # one that crashed may need a moment to be dead, and then tells how
        if process.poll() is None:
            process.kill()
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        return process.wait()


def _refusal(reason: str, detail: str) -> dict[str, Any]:
    return {"refusal": {"reason": reason, "detail": detail, "pages": None}}


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
        password: Passwords by paper name, of papers that need one.
        ocr: Tesseract's code of the language to read scanned papers in, "" to reject them.
        names: The papers' names, of a study that has more of them; None: as `paper_ids` gives them to these.

    Returns:
        Blocks of the papers that can be read, the others with their reasons, and how much of each file was read.

    Raises:
        ValueError: If a limit is not positive.
    """
    if timeout_s <= 0 or memory_mb <= 0:
        raise ValueError(f"limits of {timeout_s} s and {memory_mb} MB per paper: both must be above 0")
    tables, rejected, readings = [], [], []
    worker = Worker(timeout_s, memory_mb, ocr)
    try:
        for file, paper in sorted((names or paper_ids(files)).items(), key=lambda item: item[1]):
            answer = worker.parse(file, password.get(paper, ""))
            if "refusal" in answer:
                rejected.append({"paper": paper, "file": file.name} | answer["refusal"])
                log.warning("%s rejected: %s (%s)", file.name, rejected[-1]["reason"], rejected[-1]["detail"])
                continue
            blocks = [{"paper": paper} | block for block in answer["blocks"]]
            tables.append(pa.Table.from_pylist(blocks, BLOCKS))
            readings.append({"paper": paper} | answer["reading"])
            log.info("%s: %d blocks on %d pages", file.name, len(blocks), max(block["page"] for block in blocks))
    finally:
        worker.stop()
    return ParsedPapers(
        pa.concat_tables([BLOCKS.empty_table(), *tables]),
        pa.Table.from_pylist(rejected, REJECTED),
        pa.Table.from_pylist(readings, READINGS),
    )
