"""The shipped settings of a run, made small."""

from pathlib import Path

import yaml

from further.settings import TrainingSettings

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config" / "config.yaml").read_text())["training"]
RUN = TrainingSettings.model_validate(SHIPPED).run | {
    "quantization": "none",
    "rank": 4,
    "alpha": 8,
    "context": 32,
    "epochs": 3,
    "learning_rate": 1e-3,
    "warmup_ratio": 0.2,
}
