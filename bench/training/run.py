"""Train the same small Llama on the same articles with this project, TRL and a plain Trainer script.

    python bench/training/run.py [--quantization none nf4] [--repeats 3] [--threads 2] [--documents 25]
    python bench/training/run.py --cuda [--tiny] [--peer-python unsloth=PYTHON] [--json FILE]

Each in a process of its own, in turn, with the same optimizer steps. TRL is no dependency of the package: where it is
not installed, that is said and it is left out. Held-out loss: nats per token of the last fifth of the articles, by this
project's scoring, for every tool alike.
"""

import argparse
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from on_gpu import add_options, measure

from small import describe_machine, make_model, middle, peak_mb, read_articles, run_child

HIDDEN, LAYERS, VOCAB = 192, 4, 2048


def child(order: Path) -> None:
    """Train with one tool, then score; start-up is counted from the moment the parent started this process."""
    spec = json.loads(order.read_text())
    import torch

    torch.set_num_threads(spec["threads"])
    from tools import TOOLS, Job, StepClock
    from torch.optim.optimizer import register_optimizer_step_post_hook

    if spec["tool"].startswith("TRL"):
        import trl  # noqa: F401 - its import belongs to its start-up
    imported = time.time() - spec["started"]
    clock = StepClock()
    register_optimizer_step_post_hook(lambda *_: clock.mark())
    _, texts = read_articles()
    train, heldout = divide(texts, spec["documents"])
    shape = {key: spec[key] for key in ("quantization", "context", "rows", "threads")}
    job = Job(Path(spec["folder"]), order.parent, train, **shape)
    began = (time.perf_counter(), time.process_time())
    model, kept = TOOLS[spec["tool"]](job)
    peak = peak_mb()
    answer = times(clock, began, job) | {"imported": imported, "kept": kept, "peak_mb": peak}
    answer |= {"train_loss": mean_nats(model, job, train[:5]), "heldout_loss": mean_nats(model, job, heldout)}
    Path(spec["answer"]).write_text(json.dumps(answer))


def divide(texts: list[str], documents: int) -> tuple[list[str], list[str]]:
    """The first four fifths to train on, the rest held out."""
    chosen = texts[:documents]
    cut = len(chosen) * 4 // 5
    return chosen[:cut], chosen[cut:]


def times(clock: Any, began: tuple[float, float], job: Any) -> dict[str, float]:
    """Seconds until the first step is done, and of the rest; tokens per second over all but the first step."""
    from tools import num_steps

    (first, cpu), (end, cpu_end) = clock.marks[0], clock.marks[-1]
    assert len(clock.marks) == num_steps(job), (len(clock.marks), num_steps(job))
    later = (num_steps(job) - 1) * job.rows * job.context
    return {
        "first_step": first - began[0],
        "seconds": end - first,
        "tokens_per_second": later / (end - first),
        "tokens_per_cpu_second": later / (cpu_end - cpu),
    }


def mean_nats(model: Any, job: Any, texts: list[str]) -> float:
    """Nats per token by one scorer for all tools."""
    from further.evaluation.scoring import score_documents
    from further.tokens.tokenizer import load_tokenizer, special_tokens

    tokenizer = load_tokenizer(job.folder)
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    begin = special_tokens(job.folder).begin
    model.network.eval()
    nats = score_documents(model, ids, begin, job.context, job.context, 8192)
    return sum(nats) / sum(map(len, ids))


def train_base(folder: Path, texts: list[str], steps: int) -> None:
    """Give the random model some language before the tools continue: an adapter alone learns little from noise."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("\n".join(texts), add_special_tokens=False).ids
    rows = torch.tensor(ids[: len(ids) // 128 * 128]).reshape(-1, 128)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    torch.manual_seed(0)
    for _ in range(steps):
        batch = rows[torch.randint(len(rows), (8,))]
        model(input_ids=batch, labels=batch, use_cache=False).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)


def tools_here() -> list[str]:
    names = ["further", "plain Trainer"]
    if importlib.util.find_spec("trl") and importlib.util.find_spec("datasets"):
        return [*names, "TRL default", "TRL bfd", "TRL bfd_split", "TRL wrapped"]
    sys.stdout.write("TRL is not installed: left out\n")
    return names


def show(quantization: str, results: dict[str, list[dict[str, Any]]], tokens: int) -> None:
    keeping = {tool: runs for tool, runs in results.items() if tool != "further" and runs[0]["kept"] >= 0.99 * tokens}
    sys.stdout.write(
        f"\n{quantization:14}{'kept of ' + format(tokens, ','):>18}{'tokens/s':>10}{'per CPU s':>11}{'peak MB':>9}"
        f"{'train loss':>12}{'held-out':>10}{'import':>8}{'1st step':>10}\n"
    )
    for tool, runs in results.items():
        sys.stdout.write(
            f"{tool:14}{runs[0]['kept']:18,}{middle(runs, 'tokens_per_second'):10.0f}"
            f"{middle(runs, 'tokens_per_cpu_second'):11.0f}{middle(runs, 'peak_mb'):9.0f}"
            f"{middle(runs, 'train_loss'):12.4f}"
            f"{middle(runs, 'heldout_loss'):10.4f}"
            f"{middle(runs, 'imported'):8.1f}{middle(runs, 'first_step'):10.2f}\n"
        )
    ours = results["further"]
    for tool, runs in keeping.items():
        ratios = [middle(ours, key) / middle(runs, key) for key in ("tokens_per_second", "tokens_per_cpu_second")]
        sys.stdout.write(f"further / {tool}: {ratios[0]:.2f} of its tokens/s, {ratios[1]:.2f} per CPU second\n")


def compare(options: argparse.Namespace) -> None:
    source, texts = read_articles()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = make_model(folder, texts, HIDDEN, LAYERS, VOCAB, options.context)
        train, heldout = divide(texts, options.documents)
        train_base(folder, train[: max(1, len(train) // 4)], options.base_steps)
        from tools import Job, encode

        tokens = sum(map(len, encode(Job(folder, folder, train, "none", options.context, options.rows, 1)))) + len(
            train
        )
        sys.stdout.write(
            f"{describe_machine(options.threads)}\nLlama of {size:,} parameters, vocabulary {VOCAB}, context "
            f"{options.context}, {options.rows} rows a step, LoRA of rank 16 on all linear layers\n"
            f"{source}: {len(train)} to train on ({tokens:,} tokens), {len(heldout)} held out\n"
        )
        chosen = [tool for tool in tools_here() if not options.tools or tool in options.tools]
        spec = {key: getattr(options, key) for key in ("threads", "context", "rows", "documents")} | {"folder": name}
        for quantization in options.quantization:
            results: dict[str, list[dict[str, Any]]] = {tool: [] for tool in chosen}
            for _ in range(options.repeats):
                for tool in chosen:
                    order = spec | {"tool": tool, "quantization": quantization}
                    results[tool].append(run_child(Path(__file__), order))
            show(quantization, results, tokens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    for name, value in (("repeats", 3), ("threads", 2), ("context", 256), ("rows", 4), ("documents", 25)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--base-steps", type=int, default=100, help="steps that the base is trained for at first")
    parser.add_argument("--quantization", nargs="+", default=["none", "nf4"], choices=["none", "int8", "nf4"])
    parser.add_argument("--tools", nargs="+", help="only these")
    parser.add_argument("--cuda", action="store_true", help="a large model's shapes on a GPU, beside TRL and Unsloth")
    add_options(parser)
    options = parser.parse_args()
    if options.child:
        child(options.child)
    elif options.cuda:
        measure(options)
    else:
        compare(options)


if __name__ == "__main__":
    main()
