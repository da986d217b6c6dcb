"""Score the same texts with this project, with lm-evaluation-harness, and with bare forward passes: the floor.

    python bench/evaluation/run.py [--repeats 3] [--threads 2] [--window 256] [--hidden 192] [--layers 4] [--vocab 4096]
        [--batch 8]

Each in a process of its own, in turn; every tool tries several batch sizes first and is then timed at its best.
Ours and lm-eval are timed from texts to nats per document; the floor only feeds ready windows through the model. The
exit code is 1 if ours takes over 1.25 of the floor's seconds or more than lm-eval's, or if a document's nats differ by
over 1e-4.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small import Clock, describe_machine, make_model, middle, peak_mb, read_articles, run_child

MAX_OVER_FLOOR = 1.25
MAX_APART = 1e-4  # relative, of a document's nats
BATCHES = {"floor": [1, 4, 16, 32, 64], "further": [1, 4, 16, 32, 64], "lm-eval": [1, 2, 4, 8, 16, 32, 64]}


def cut(texts: list[str], folder: Path, window: int) -> tuple[list[list[int]], int]:
    from further.tokens.streams import Document, encode_documents
    from further.tokens.tokenizer import load_tokenizer, special_tokens

    rows = encode_documents([Document(str(n), "test", text) for n, text in enumerate(texts)], load_tokenizer(folder))
    return [row["ids"] for row in rows], special_tokens(folder).begin


def score_further(texts: list[str], folder: Path, window: int, batch: int) -> tuple[Clock, list[float]]:
    from further.evaluation.scoring import score_documents
    from further.models import Precision, load

    model, clock = load(folder, Precision("none", "float32")), Clock()
    documents, begin = cut(texts, folder, window)
    return clock, score_documents(model, documents, begin, window, window, batch * window)


def score_harness(texts: list[str], folder: Path, window: int, batch: int) -> tuple[Clock, list[float]]:
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    options = {"device": "cpu", "dtype": "float32", "add_bos_token": False}
    harness = HFLM(str(folder), max_length=window, batch_size=batch, **options)
    requests = [Instance("loglikelihood_rolling", {}, (text,), number) for number, text in enumerate(texts)]
    clock = Clock()
    return clock, [-nats for nats in harness.loglikelihood_rolling(requests, disable_tqdm=True)]


def feed_windows(texts: list[str], folder: Path, window: int, batch: int) -> tuple[Clock, list[float]]:
    """The model's own forward, logits and all, over the windows that are scored; nothing is done with the logits."""
    import torch
    from transformers import AutoModelForCausalLM

    from further.evaluation.scoring import batch_windows
    from further.evaluation.windows import cut_windows

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    documents, begin = cut(texts, folder, window)
    windows = [piece for n, ids in enumerate(documents) for piece in cut_windows(n, ids, begin, window, window)]
    batches = [torch.tensor([list(w.inputs) for w in group]) for group in batch_windows(windows, batch * window)]
    clock = Clock()
    with torch.inference_mode():
        for inputs in batches:
            model(input_ids=inputs, use_cache=False)
    return clock, []


TOOLS = {"further": score_further, "lm-eval": score_harness, "floor": feed_windows}


def child(order: Path) -> None:
    import torch

    spec = json.loads(order.read_text())
    torch.set_num_threads(spec["threads"])
    _, texts = read_articles()
    texts = texts[: spec["documents"]]
    clock, nats = TOOLS[spec["tool"]](texts, Path(spec["folder"]), spec["window"], spec["batch"])
    answer = clock.read() | {"nats": nats, "peak_mb": peak_mb(), "batch": spec["batch"]}
    Path(spec["answer"]).write_text(json.dumps(answer))


def time_tools(spec: dict[str, Any], repeats: int) -> dict[str, list[dict[str, Any]]]:
    """Find each tool's best batch on a part of the texts, then time them in turn."""
    best = {tool: sizes[0] for tool, sizes in BATCHES.items()}
    for tool, sizes in BATCHES.items():
        if len(sizes) == 1:
            continue
        tries = [run_child(Path(__file__), spec | {"tool": tool, "batch": size, "documents": 8}) for size in sizes]
        best[tool] = min(tries, key=lambda answer: answer["seconds"])["batch"]
        tried = ", ".join(f"{answer['batch']}: {answer['seconds']:.2f}" for answer in tries)
        sys.stdout.write(f"  {tool}: seconds for 8 documents by batch {tried}\n")
    results: dict[str, list[dict[str, Any]]] = {tool: [] for tool in TOOLS}
    for _ in range(repeats):
        for tool in TOOLS:
            results[tool].append(run_child(Path(__file__), spec | {"tool": tool, "batch": best[tool]}))
    return results


def show(results: dict[str, list[dict[str, Any]]], tokens: int) -> None:
    floor = {key: middle(results["floor"], key) for key in ("seconds", "cpu_seconds")}
    sys.stdout.write(
        f"\n{'':10}{'batch':>6}{'seconds':>9}{'/floor':>8}{'CPU s':>8}{'/floor':>8}{'tokens/s':>10}{'peak MB':>9}"
        f"{'total nats':>16}\n"
    )
    for tool, runs in results.items():
        wall, cpu = middle(runs, "seconds"), middle(runs, "cpu_seconds")
        nats = f"{sum(runs[0]['nats']):16.4f}" if runs[0]["nats"] else f"{'':16}"
        sys.stdout.write(
            f"{tool:10}{runs[0]['batch']:6}{wall:9.2f}{wall / floor['seconds']:8.2f}{cpu:8.2f}"
            f"{cpu / floor['cpu_seconds']:8.2f}{tokens / wall:10.0f}{middle(runs, 'peak_mb'):9.0f}{nats}\n"
        )
    worst = largest_difference(results)
    sys.stdout.write(f"largest relative difference of a document's nats, further and lm-eval: {worst:.1e}\n")


def largest_difference(results: dict[str, list[dict[str, Any]]]) -> float:
    pairs = zip(results["further"][0]["nats"], results["lm-eval"][0]["nats"], strict=True)
    return float(max(abs(ours - theirs) / theirs for ours, theirs in pairs))


def find_faults(results: dict[str, list[dict[str, Any]]]) -> list[str]:
    """What is not as it has to be, in words."""
    ours, theirs, floor = (middle(results[tool], "seconds") for tool in ("further", "lm-eval", "floor"))
    worst = largest_difference(results)
    faults = {
        f"further takes {ours / floor:.2f} of the floor, allowed {MAX_OVER_FLOOR}": ours > MAX_OVER_FLOOR * floor,
        f"further takes {ours:.2f} s, lm-eval {theirs:.2f} s": ours > theirs,
        f"nats differ by {worst:.1e}, allowed {MAX_APART}": not worst <= MAX_APART,
    }
    return [fault for fault, found in faults.items() if found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    for name, value in (("repeats", 3), ("threads", 2), ("window", 256)):
        parser.add_argument(f"--{name}", type=int, default=value)
    for name, value in (("hidden", 192), ("layers", 4), ("vocab", 4096), ("documents", 25)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--batch", type=int, help="of every tool, without trying several")
    options = parser.parse_args()
    if options.batch:
        BATCHES.update({tool: [options.batch] for tool in BATCHES})
    if options.child:
        return child(options.child)
    source, texts = read_articles()
    texts = texts[: options.documents]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = make_model(folder, texts, options.hidden, options.layers, options.vocab, options.window)
        tokens = sum(map(len, cut(texts, folder, options.window)[0]))
        sys.stdout.write(
            f"{describe_machine(options.threads)}\n{len(texts)} documents, {tokens:,} tokens: {source}\n"
            f"Llama of {size:,} parameters, vocabulary {options.vocab}, float32, window {options.window}\n"
        )
        keys = ("threads", "window", "documents")
        spec = {"folder": name} | {key: getattr(options, key) for key in keys}
        results = time_tools(spec, options.repeats)
    show(results, tokens)
    if faults := find_faults(results):
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
