"""One model, one set of documents, trained by three tools; each returns the trained model and the tokens it kept."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from further.settings import TrainingSettings

Trained = tuple[Any, int]  # the model with its adapter, and the tokens of the documents that are trained on in a pass

SHIPPED = yaml.safe_load((Path(__file__).resolve().parents[2] / "config" / "config.yaml").read_text())["training"]
RUN = TrainingSettings.model_validate(SHIPPED).run | {
    "rank": 16,
    "alpha": 32,
    "epochs": 1,
    "gradient_accumulation_steps": 1,
    "learning_rate": 1.0e-3,
    "warmup_ratio": 0.05,
}


@dataclass(frozen=True)
class Job:
    """What every tool gets: a folder with model and tokenizer, the texts, and the shape of a step."""

    folder: Path
    work: Path
    texts: list[str]
    quantization: str
    context: int
    rows: int
    threads: int
    optimizer: str = "adamw_torch"


class StepClock:
    """When each optimizer step was done, whichever tool took it; wall and processor seconds."""

    def __init__(self) -> None:
        self.marks: list[tuple[float, float]] = []

    def mark(self) -> None:
        self.marks.append((time.perf_counter(), time.process_time()))


def num_steps(job: Job) -> int:
    """Optimizer steps that a pass over every token takes: what all tools are given."""
    return math.ceil(len(pack(job).inputs_RT) / job.rows)


def encode(job: Job) -> list[list[int]]:
    from further.tokens.tokenizer import load_tokenizer

    tokenizer = load_tokenizer(job.folder)
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in job.texts]


def pack(job: Job) -> Any:
    from further.tokens.packing import pack_documents
    from further.tokens.tokenizer import special_tokens

    return pack_documents(encode(job), job.context, special_tokens(job.folder))


def train_further(job: Job) -> Trained:
    from further.models import Precision, load_adapted
    from further.training.recipe import Recipe, Task
    from further.training.rows import TextRows
    from further.training.run import train_run

    rows = pack(job)
    run = RUN | {"quantization": job.quantization, "optimizer": job.optimizer}
    task = Task("bench", job.work / "adapter", job.work / "checkpoints", 60.0, {}, job.threads)
    one = pack(replace(job, texts=[job.texts[0][:1000]]))  # a validation loss is part of our runs: a small one
    train_run(Recipe(job.folder, run, job.rows, TextRows(rows), TextRows(one)), task)
    model = load_adapted(job.folder, job.work / "adapter", Precision(job.quantization, "float32"))
    return model, rows.num_tokens - rows.num_dropped


def load_plain(job: Job) -> Any:
    """The base as transformers has it, for the other tools."""
    from further.models import Precision, load

    return load(job.folder, Precision(job.quantization, "float32")).network


def as_ours(network: Any) -> Any:
    """A tool's model for our scoring."""
    from further.models.causal import CausalText

    return CausalText(network)


def common_arguments(job: Job) -> dict[str, Any]:
    """The same optimizer and number of steps for every tool that is Trainer; its cosine, unlike ours, begins at 0."""
    steps = num_steps(job)
    return {
        "output_dir": str(job.work),
        "per_device_train_batch_size": job.rows,
        "max_steps": steps,
        "learning_rate": RUN.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": math.ceil(float(str(RUN.warmup_ratio)) * steps),
        "weight_decay": RUN.weight_decay,
        "max_grad_norm": RUN.max_grad_norm,
        "optim": job.optimizer,
        "seed": RUN.seed,
        "save_strategy": "no",
        "report_to": [],
        "disable_tqdm": True,
        "use_cpu": True,
        "dataloader_pin_memory": False,
        "logging_steps": 10,
    }


def lora() -> Any:
    from peft import LoraConfig

    return LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", r=RUN.rank, lora_alpha=RUN.alpha)


def train_plain(job: Job) -> Trained:
    """A script as in the examples of transformers: texts end to end with EOS, cut every `context`, the rest dropped."""
    import torch
    from peft import get_peft_model
    from transformers import Trainer, TrainingArguments, default_data_collator, set_seed

    from further.tokens.tokenizer import special_tokens

    set_seed(0)
    special = special_tokens(job.folder)
    flat = [token for ids in encode(job) for token in [special.begin, *ids, special.eos]]
    kept = len(flat) // job.context * job.context
    rows = torch.tensor(flat[:kept]).reshape(-1, job.context)
    dataset = [{"input_ids": row, "labels": row} for row in rows]
    model = get_peft_model(load_plain(job), lora())
    arguments = TrainingArguments(**common_arguments(job))
    Trainer(model=model, args=arguments, train_dataset=dataset, data_collator=default_data_collator).train()
    return as_ours(model), kept


def train_trl(job: Job, **options: Any) -> Trained:
    """TRL's SFTTrainer on the texts; gradient checkpointing and bf16, its defaults, are slower here and off."""
    from datasets import Dataset
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    arguments = SFTConfig(
        **common_arguments(job), max_length=job.context, bf16=False, gradient_checkpointing=False, **options
    )
    trainer = SFTTrainer(
        model=load_plain(job),
        args=arguments,
        train_dataset=Dataset.from_dict({"text": job.texts}),
        processing_class=AutoTokenizer.from_pretrained(job.folder),
        peft_config=lora(),
    )
    kept = sum(min(len(row), job.context) for row in trainer.train_dataset["input_ids"])
    trainer.train()
    return as_ours(trainer.model), kept


TOOLS: dict[str, Callable[[Job], Trained]] = {
    "further": train_further,
    "plain Trainer": train_plain,
    "TRL default": train_trl,
    "TRL bfd": lambda job: train_trl(job, packing=True, packing_strategy="bfd"),
    "TRL bfd_split": lambda job: train_trl(job, packing=True, packing_strategy="bfd_split"),
    "TRL wrapped": lambda job: train_trl(job, packing=True, packing_strategy="wrapped"),
}
