"""What the benches of training and evaluation share: articles, a small Llama made on the spot, one process per turn."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
JATS = ROOT / ".." / "shared" / "papers" / "truth"
DEMO = ROOT / "resources" / "demo" / "articles"


def read_articles() -> tuple[str, list[str]]:
    """Where they are from, and the paragraphs of each: 25 published articles if they are there, else the demo's."""
    files = sorted(JATS.glob("*.xml"))
    if not files:
        return "resources/demo/articles", [file.read_text() for file in sorted(DEMO.glob("*.md"))]
    bodies = [ElementTree.parse(file).getroot().find(".//body") for file in files]
    texts = [
        "\n\n".join(" ".join("".join(part.itertext()).split()) for part in body.iter("p"))
        for body in bodies
        if body is not None
    ]
    return "25 open-access articles (shared/papers/truth)", texts


def make_model(folder: Path, texts: list[str], hidden: int, layers: int, vocab: int, context: int) -> int:
    """Save a Llama with random weights and a byte-level BPE trained on the texts; returns its parameters."""
    from further.demo import toy

    inner = hidden * 11 // 4 // 32 * 32
    tokenizer = toy.train_tokenizer(texts, vocab)
    model = toy.make_model(tokenizer, toy.ToySettings(vocab, hidden, layers, hidden // 32, inner, context))
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    return int(model.num_parameters())


def run_child(script: Path, spec: dict[str, Any], python: str = sys.executable) -> dict[str, Any]:
    """Run `script --child` in a process of its own; what it prints goes to a file that is shown if it fails.

    Args:
        python: The Python that runs it; another tool may live in one of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        order, answer, log = (Path(folder) / name for name in ("order.json", "answer.json", "log"))
        order.write_text(json.dumps(spec | {"answer": str(answer), "started": time.time()}))
        environment = os.environ | {
            "OMP_NUM_THREADS": str(spec["threads"]),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
        }
        with log.open("w") as stream:
            command = [python, str(script), "--child", str(order)]
            code = subprocess.run(command, env=environment, stdout=stream, stderr=stream, check=False).returncode
        if code:
            raise SystemExit(f"{spec['tool']}: exit {code}\n{log.read_text()[-4000:]}")
        return dict(json.loads(answer.read_text()))


class Clock:
    """Wall and processor seconds since it was made."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        return {"seconds": time.perf_counter() - self.wall, "cpu_seconds": time.process_time() - self.cpu}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def middle(results: list[dict[str, Any]], key: str) -> float:
    return float(median(result[key] for result in results))


def describe_machine(threads: int) -> str:
    import torch

    from further.training.hardware import describe_hardware

    return (
        f"{describe_hardware(threads).cpu}, {os.cpu_count()} cores, {threads} threads, "
        f"torch {torch.__version__}, load {os.getloadavg()[0]:.1f}"
    )
