"""The default settings of a run, made small."""

from further.settings import Run

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
