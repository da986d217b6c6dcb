"""The default settings of a run, made small, and a model with a fresh adapter."""

import torch

from further.models import Precision, load
from further.settings import Run
from further.training.adapters import train_adapter

RUN = Run() | {
    "quantization": "none",
    "compute_dtype": "float32",
    "gradient_checkpointing": False,
    "optimizer": "adamw_torch",
    "rank": 4,
    "alpha": 8,
    "context": 32,
    "batch_tokens": 1024,
    "gradient_accumulation_steps": 1,
    "epochs": 3,
    "learning_rate": 1e-3,
    "warmup_ratio": 0.2,
}


def adapt(folder, **settings):
    run = RUN | settings
    torch.manual_seed(0)
    model = load(folder, Precision(run.quantization, run.compute_dtype, run.attention))
    train_adapter(model, run, folder)
    return model
