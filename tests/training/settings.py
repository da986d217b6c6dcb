"""The shipped settings of a run, made small."""

from pathlib import Path

import yaml

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config" / "config.yaml").read_text())["training"]
RUN = {key: value for key, value in SHIPPED.items() if key != "checkpoint_minutes"} | {
    "quantization": "none",
    "rank": 4,
    "alpha": 8,
    "context": 32,
    "epochs": 3,
    "learning_rate": 1e-3,
    "warmup_ratio": 0.2,
}
