"""Further, TRL and Unsloth on one GPU in one run: speed, memory, and the share of what the card can do.

A folder with a large model's shapes and random weights is made once. Each tool then trains it at each micro-batch in a
process of its own (`gpu_tools`), in its own Python where one is named. What is not installed is left out, with a line.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gpu_tools import RANK, WARM
from random_llama import flops_per_token, read_shape

from small import ROOT, run_child

Row = dict[str, Any]

SCRIPT = Path(__file__).with_name("gpu_tools.py")
DOCUMENT_TOKENS = {"tiny": 50}  # mean length; of other shapes an article's
NEEDS = {  # what a tool's Python must have
    "Further": ("further", "torch", "bitsandbytes", "peft"),
    "TRL wrapped": ("trl", "datasets", "bitsandbytes", "peft"),
    "TRL bfd_split": ("trl", "datasets", "bitsandbytes", "peft"),
    "Unsloth": ("unsloth", "trl", "datasets"),
}
OWN_PYTHON = "in a Python of its own: --peer-python {peer}=PATH (bench/training/README.md)"
INSTALL = {
    "further": "pip install -e .",
    "trl": "pip install --no-deps trl, or " + OWN_PYTHON.format(peer="trl"),
    "unsloth": OWN_PYTHON.format(peer="unsloth") + ", as it wants another transformers",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Of `bench/training/run.py --cuda`."""
    group = parser.add_argument_group("with --cuda")
    group.add_argument("--shapes", default="llama-3.1-8b", help="llama-3.1-8b, tiny, or a Llama's config.json")
    group.add_argument("--tiny", action="store_true", help="a rehearsal: tiny shapes, on a processor, too")
    group.add_argument("--micro-batches", type=int, nargs="+", default=[1, 2, 4], help="rows per forward pass")
    group.add_argument("--steps", type=int, default=12, help=f"of each training; the first {WARM} are not measured")
    group.add_argument("--gpu-tools", nargs="+", choices=list(NEEDS), default=list(NEEDS), help="only these")
    group.add_argument("--kernels", nargs="*", help="training.kernels of Further (its default)")
    group.add_argument("--unquantized", action="store_true", help="the base in bfloat16 instead of nf4")
    group.add_argument("--no-recomputation", action="store_true", help="keep all activations: faster, more memory")
    group.add_argument("--peer-python", type=_read_peer, action="append", default=[], metavar="PEER=PYTHON",
                       help="the Python that trl or unsloth is installed in")  # fmt: skip
    group.add_argument("--folder", type=Path, help="where the model is written, 16 GB of an 8B (a temporary folder)")
    group.add_argument("--json", type=Path, help="write all figures there")


def _read_peer(word: str) -> tuple[str, str]:
    peer, _, python = word.partition("=")
    if peer not in ("trl", "unsloth") or not python:
        raise argparse.ArgumentTypeError(f"{word}: write trl=PYTHON or unsloth=PYTHON")
    return peer, python


def measure(options: argparse.Namespace) -> None:
    """Make the model, let every tool that is there train it, print the table and write the figures."""
    shapes = "tiny" if options.tiny else options.shapes
    if shapes != "tiny" and not _has_gpu():
        raise SystemExit("no CUDA device here: --tiny rehearses the same lines on a processor")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        order = make_order(options, shapes, str(Path(folder).resolve()))
        about = run_child(SCRIPT, order | {"tool": "make"})
        sys.stdout.write(describe(about, order, shapes) + "\n")
        rows: list[Row] = []
        for tool in options.gpu_tools:
            for row in run_tool(tool, order, dict(options.peer_python)):
                rows.append(row)
                if options.json:  # after each, as a borrowed GPU may be taken away
                    write_figures(options.json, about, order, rows)
    rows = compare_all(rows, about, order)
    sys.stdout.write("\n" + show(rows) + "\n")


def write_figures(file: Path, about: Row, order: Row, rows: Sequence[Row]) -> None:
    """All that was measured so far."""
    settings = {key: order[key] for key in ("shape", "context", "steps", "quantization", "recomputation")}
    figures = {"about": about, "settings": settings, "rows": compare_all(rows, about, order)}
    file.write_text(json.dumps(figures, indent=1) + "\n")


def compare_all(rows: Sequence[Row], about: Row, order: Row) -> list[Row]:
    """Rows with their ratios."""
    flops = flops_per_token(order["shape"], order["context"], RANK)
    return [compare(row, rows, flops / (about["ceiling_tflops"] * 1e12)) for row in rows]


def _has_gpu() -> bool:
    """Asked of a process that ends: this one must hold no memory of the GPU."""
    code = "import sys, torch; sys.exit(not torch.cuda.is_available())"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def make_order(options: argparse.Namespace, shapes: str, folder: str) -> Row:
    """What every process is told."""
    return {
        "folder": folder,
        "shape": read_shape(shapes),
        "context": 64 if shapes == "tiny" else 2048,
        "document_tokens": DOCUMENT_TOKENS.get(shapes, 4000),
        "micro_batches": options.micro_batches,
        "steps": options.steps,
        "quantization": "none" if options.unquantized else "nf4",
        "kernels": options.kernels,
        "recomputation": not options.no_recomputation,
        "threads": min(16, os.cpu_count() or 1),
    }


def run_tool(tool: str, order: Row, pythons: dict[str, str]) -> Iterator[Row]:
    """A row for each micro-batch, as soon as it is measured; one with the reason where the tool is left out."""
    peer = tool.split()[0].lower()
    python = pythons.get(peer, sys.executable)
    if missing := find_missing(python, NEEDS[tool]):
        cure = INSTALL.get(missing[0], f"install it in {python}")
        yield _say({"tool": tool, "left_out": f"{', '.join(missing)} not installed: {cure}"})
        return
    for number in order["micro_batches"]:
        asked = order | {"tool": tool, "micro_batch": number}
        try:
            answer = run_child(SCRIPT, asked, python)
        except SystemExit as error:  # the process died without an answer
            answer = {"failed": str(error).splitlines()[0]}
        if answer.get("failed", "").startswith(("ImportError", "ModuleNotFound", "NotImplemented")):
            yield _say({"tool": tool, "left_out": answer["failed"]})  # Unsloth without a GPU
            return
        yield _say({"tool": tool, "micro_batch": number} | answer)


def _say(row: Row) -> Row:
    """A line as soon as a row is there: a run on an 8B model takes minutes."""
    where = f" at micro-batch {row['micro_batch']}" if "micro_batch" in row else ""
    said = row.get("left_out") or row.get("failed") or f"{row['tokens_per_second']:,.0f} tokens/s"
    said += f", {row['peak_gib']:.2f} GiB" if row.get("peak_gib") else ""
    said += f", faster paths: {', '.join(row['kernels']) or 'none'}" if "kernels" in row else ""
    sys.stdout.write(f"{row['tool']}{where}: {said}\n")
    sys.stdout.flush()
    return row


def find_missing(python: str, packages: Sequence[str]) -> list[str]:
    """Packages that a Python does not have; the first is what a person installs."""
    code = "import importlib.util as u, sys; print(*[name for name in sys.argv[1:] if u.find_spec(name) is None])"
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"PYTHONPATH": path}
    try:
        done = subprocess.run(
            [python, "-c", code, *packages], env=environment, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit(f"--peer-python: {python} cannot be run") from None
    return done.stdout.split()


def compare(row: Row, rows: Sequence[Row], ceiling_seconds: float) -> Row:
    """A row with its ratio to the fastest peer at its micro-batch, and its share of the ceiling."""
    if "tokens_per_second" not in row:
        return row
    same = [one for one in rows if one.get("micro_batch") == row["micro_batch"] and one["tool"] != "Further"]
    peers = [one["tokens_per_second"] for one in same if "tokens_per_second" in one]
    speed = row["tokens_per_second"]
    return row | {
        "of_fastest_peer": speed / max(peers) if peers else None,
        "of_ceiling": speed * ceiling_seconds,
    }


def describe(about: Row, order: Row, shapes: str) -> str:
    """The device, and what is trained on it."""
    memory = f", {about['memory_gib']:.0f} GiB" if about["memory_gib"] else ""
    return (
        f"{about['device']}{memory}, torch {about['torch']}, CUDA {about['cuda'] or 'none'}\n"
        f"bf16 products of matrices: {about['ceiling_tflops']:.3g} TFLOP/s (the ceiling)\n"
        f"{shapes}, random weights, {order['quantization']}, rank {RANK}, context {order['context']}, "
        f"{'' if order['recomputation'] else 'no '}recomputation, paged 8-bit AdamW, {order['steps']} steps\n"
    )


def show(rows: Sequence[Row]) -> str:
    """The table, and what was left out."""
    titles = f"{'tokens/s':>10}{'of the fastest peer':>21}{'of the ceiling':>16}{'peak GiB':>10}"
    lines = [f"{'tool':16}{'micro-batch':>12}{titles}"]
    for row in rows:
        if "tokens_per_second" in row:
            lines.append(
                f"{row['tool']:16}{row['micro_batch']:12}{row['tokens_per_second']:10,.0f}"
                f"{_number(row['of_fastest_peer'], '.2f'):>21}{_number(row['of_ceiling'], '.3f'):>16}"
                f"{_number(row['peak_gib'], '.2f'):>10}"
            )
        elif "failed" in row:
            lines.append(f"{row['tool']:16}{row['micro_batch']:12}  {row['failed']}")
    lines += [f"left out: {row['tool']}: {row['left_out']}" for row in rows if "left_out" in row]
    return "\n".join(lines)


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
