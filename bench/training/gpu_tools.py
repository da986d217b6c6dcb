"""One tool trains one model folder at one micro-batch, in a process of its own, in whichever Python has the tool.

Nothing of Further is imported but by its own function: another tool's Python need not have it. An order is the JSON
that `on_gpu` writes.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from random_llama import draw_documents, make_folder, special_ids

Order = dict[str, Any]
Answer = dict[str, Any]

PACKAGES = ("torch", "transformers", "bitsandbytes", "peft", "trl", "unsloth", "liger_kernel")
WARM = 3  # steps left out: kernels are compiled and graphs recorded in them
RANK, ALPHA, RATE = 16, 32, 2.0e-4
LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ROOT = Path(__file__).resolve().parents[2]


def child(file: Path) -> None:
    """Carry out an order; a tool that fails says why in its answer."""
    order = json.loads(file.read_text())
    os.environ |= {"UNSLOTH_DISABLE_STATISTICS": "1", "UNSLOTH_COMPILE_LOCATION": str(file.parent / "compiled")}
    os.chdir(file.parent)
    try:
        answer = TOOLS[order["tool"]](order, file.parent)
    except Exception as error:  # whatever a tool raises is its row of the table, and the others go on
        traceback.print_exc()
        lines = str(error).strip().splitlines() or [""]
        answer = {"failed": f"{type(error).__name__}: {lines[0][:200]}"}
    Path(order["answer"]).write_text(json.dumps(answer | {"versions": find_versions()}))


def find_versions() -> dict[str, str]:
    """Of what shapes a tool's speed, where it is installed."""
    versions = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def check_requirements(package: str) -> None:
    """Refuse a peer beside versions that it excludes: with transformers 5.23, Unsloth 2026.10 did not recompute.

    Raises:
        RuntimeError: With what it asks for and what is installed.
    """
    from packaging.requirements import Requirement

    installed = find_versions()
    for asked in map(Requirement, metadata.requires(package) or ()):
        name = asked.name.replace("-", "_")
        wanted = name in installed and (asked.marker is None or asked.marker.evaluate({"extra": ""}))
        if wanted and not asked.specifier.contains(installed[name], prereleases=True):
            raise RuntimeError(f"{package} asks for {asked.name}{asked.specifier}, installed is {installed[name]}")


class Clock:
    """When each optimizer step was done, by the GPU's own clock where there is one, so that nobody waits for it."""

    def __init__(self) -> None:
        import torch
        from torch.optim.optimizer import register_optimizer_step_post_hook

        self.marks: list[Any] = []
        self.gpu = torch.cuda.is_available()
        register_optimizer_step_post_hook(lambda *_: self.mark())

    def mark(self) -> None:
        import torch

        event = torch.cuda.Event(enable_timing=True) if self.gpu else None
        if event is not None:
            event.record()
        self.marks.append((time.time(), event))

    def describe(self, order: Order, tokens: Sequence[int], losses: Sequence[float]) -> Answer:
        """Median tokens per second of the steps after the first few, and the most memory that was allocated."""
        import torch

        if self.gpu:
            torch.cuda.synchronize()
        pairs = zip(self.marks, self.marks[1:], strict=False)
        steps = [one[1].elapsed_time(two[1]) / 1000 if self.gpu else two[0] - one[0] for one, two in pairs]
        assert len(self.marks) == order["steps"], (len(self.marks), order["steps"])
        later = min(WARM, len(steps)) - 1
        speeds = [count / spent for count, spent in zip(tokens[1:], steps, strict=True)][later:]
        return {
            "tokens_per_second": median(speeds),
            "peak_gib": torch.cuda.max_memory_allocated() / 2**30 if self.gpu else None,
            "seconds_to_first_step": self.marks[0][0] - order["started"],
            "step_seconds": steps,
            "loss_first": losses[0],
            "loss_last": losses[-1],
        }


def make(order: Order, work: Path) -> Answer:
    """Write the model and the documents, and measure the device."""
    import torch

    folder, shape = Path(order["folder"]), order["shape"]
    make_folder(folder, shape)
    needed = (order["steps"] + 2) * max(order["micro_batches"]) * order["context"] * 1.6
    documents = draw_documents(int(needed), order["document_tokens"], shape)
    (folder / "documents.json").write_text(json.dumps(documents))
    gpu = torch.cuda.get_device_properties(0) if torch.cuda.is_available() else None
    return {
        "device": gpu.name if gpu else "processor",
        "memory_gib": gpu.total_memory / 2**30 if gpu else None,
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "ceiling_tflops": matmul_ceiling(8192 if gpu else 256, "cuda" if gpu else "cpu") / 1e12,
    }


def matmul_ceiling(size: int, device: str) -> float:
    """FLOP per second of products of square bf16 matrices, the median of ten after three."""
    import torch

    left, right = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    times = []
    for _ in range(13):
        began = time.perf_counter()
        left @ right
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return 2 * size**3 / median(times[3:])


def read_documents(order: Order) -> list[list[int]]:
    """The documents, each with BOS and EOS."""
    begin, end = special_ids(order["shape"])
    return [[begin, *ids, end] for ids in json.loads((Path(order["folder"]) / "documents.json").read_text())]


def train_further(order: Order, work: Path) -> Answer:
    """This project's training job, with the settings of config/lunarc.yaml: rows packed, documents kept apart."""
    import yaml

    from further.settings import TrainingSettings
    from further.tokens.packing import pack_documents
    from further.tokens.tokenizer import SpecialTokens
    from further.training.recipe import Recipe, Task
    from further.training.rows import TextRows
    from further.training.run import train_run

    shipped = yaml.safe_load((ROOT / "config" / "lunarc.yaml").read_text())["training"]
    size, context = order["micro_batch"] * order["context"], order["context"]
    run = TrainingSettings.model_validate(shipped).run | {
        "quantization": order["quantization"], "context": context, "batch_tokens": size, "epochs": 1,
        "gradient_accumulation_steps": 1, "rank": RANK, "alpha": ALPHA, "learning_rate": RATE,
        "gradient_checkpointing": order["recomputation"],
    }  # fmt: skip
    run = run if order["kernels"] is None else run | {"kernels": order["kernels"]}
    clock, special = Clock(), SpecialTokens(*special_ids(order["shape"]))
    documents = [ids[1:-1] for ids in read_documents(order)]
    flat = [token for ids in documents for token in ids]
    rows = first_rows(pack_documents(documents, context, special), order["steps"] * order["micro_batch"])
    held_out = pack_documents([flat[: context - 1]], context, special)
    task = Task("bench", work / "adapter", work / "checkpoints", 60.0, {}, order["threads"])
    recipe = Recipe(Path(order["folder"]), run, order["micro_batch"], TextRows(rows), TextRows(held_out))
    outcome = train_run(recipe, task)
    losses = [row["loss_nats"] for row in outcome.history]
    return clock.describe(order, [size] * order["steps"], losses) | {"kernels": outcome.timing.kernels}


def first_rows(packed: Any, number: int) -> Any:
    """So many of the packed rows."""
    from dataclasses import replace

    names = ("inputs_RT", "labels_RT", "positions_RT", "documents_RT")
    assert len(packed.inputs_RT) >= number, (len(packed.inputs_RT), number)
    return replace(packed, **{name: getattr(packed, name)[:number].copy() for name in names})


def trainer_arguments(order: Order, work: Path) -> dict[str, Any]:
    """What the tools that build on transformers' Trainer are told alike; the rest is their default."""
    import torch

    return {
        "output_dir": str(work), "per_device_train_batch_size": order["micro_batch"], "gradient_accumulation_steps": 1,
        "gradient_checkpointing": order["recomputation"],
        "max_steps": order["steps"], "learning_rate": RATE, "lr_scheduler_type": "cosine", "warmup_steps": 1,
        "optim": "paged_adamw_8bit", "bf16": True, "seed": 0, "save_strategy": "no", "report_to": [],
        "disable_tqdm": True, "logging_steps": 1, "max_length": order["context"], "dataset_num_proc": 1,
        "use_cpu": not torch.cuda.is_available(), "dataloader_pin_memory": torch.cuda.is_available(),
    }  # fmt: skip


class Counting:
    """A collator, and the tokens of each batch that it made."""

    def __init__(self, inner: Callable[[Any], Any]) -> None:
        self.inner, self.tokens = inner, list[int]()

    def __call__(self, rows: Any) -> Any:
        batch = self.inner(rows)
        self.tokens.append(int(batch["input_ids"].numel()))
        return batch


def train_trl(order: Order, work: Path, strategy: str) -> Answer:
    """TRL's SFTTrainer on a model that transformers loaded; its own packing and checkpointing."""
    check_requirements("trl")
    import torch
    from datasets import Dataset
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
    from trl import SFTConfig, SFTTrainer

    clock = Clock()
    nf4 = {"bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True, "bnb_4bit_compute_dtype": torch.bfloat16}
    four_bits = BitsAndBytesConfig(load_in_4bit=True, **nf4) if order["quantization"] == "nf4" else None
    device = {"": 0 if torch.cuda.is_available() else "cpu"}
    model = AutoModelForCausalLM.from_pretrained(
        order["folder"], dtype=torch.bfloat16, quantization_config=four_bits, device_map=device
    )
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(**trainer_arguments(order, work), packing=True, packing_strategy=strategy),
        train_dataset=Dataset.from_dict({"input_ids": read_documents(order)}),
        processing_class=AutoTokenizer.from_pretrained(order["folder"]),
        peft_config=LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", r=RANK, lora_alpha=ALPHA),
    )
    trainer.data_collator = counting = Counting(trainer.data_collator)
    trainer.train()
    return clock.describe(order, counting.tokens[: order["steps"]], losses_of(trainer))


def train_unsloth(order: Order, work: Path) -> Answer:
    """Unsloth on whole rows, documents end to end as in TRL's `wrapped`, where they see each other."""
    check_requirements("unsloth")
    fast: Any = importlib.import_module("unsloth").FastLanguageModel  # first: it replaces parts of the others
    import torch
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    clock, context = Clock(), order["context"]
    load = {"max_seq_length": context, "dtype": torch.bfloat16, "local_files_only": True}
    model, tokenizer = fast.from_pretrained(
        model_name=order["folder"], load_in_4bit=order["quantization"] == "nf4", **load
    )
    lora = {"r": RANK, "lora_alpha": ALPHA, "lora_dropout": 0, "bias": "none", "target_modules": LAYERS}
    recompute = "unsloth" if order["recomputation"] else False
    model = fast.get_peft_model(model, use_gradient_checkpointing=recompute, random_state=0, **lora)
    flat = [token for ids in read_documents(order) for token in ids]
    rows = [flat[start : start + context] for start in range(0, len(flat) - context, context)]
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(**trainer_arguments(order, work)),
        train_dataset=Dataset.from_dict({"input_ids": rows}),
        processing_class=tokenizer,
    )
    trainer.train()
    size = order["micro_batch"] * context
    return clock.describe(order, [size] * order["steps"], losses_of(trainer))


def losses_of(trainer: Any) -> list[float]:
    """Of each step, in nats per token."""
    return [float(row["loss"]) for row in trainer.state.log_history if "loss" in row]


TOOLS: dict[str, Callable[[Order, Path], Answer]] = {
    "make": make,
    "Further": train_further,
    "TRL wrapped": lambda order, work: train_trl(order, work, "wrapped"),
    "TRL bfd_split": lambda order, work: train_trl(order, work, "bfd_split"),
    "Unsloth": train_unsloth,
}


if __name__ == "__main__":
    child(Path(sys.argv[sys.argv.index("--child") + 1]))
