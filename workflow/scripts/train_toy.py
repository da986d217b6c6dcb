"""Train the toy that may stand for the demonstration's base model."""

from pathlib import Path

import torch

from further.demo.toy import ToySettings, train_toy
from further.io import read_table, write_json
from further.job import start_log


def main(general: Path, model: Path, metrics: Path, settings: ToySettings, threads: int) -> None:
    """Read general text, write a Hugging Face folder and its metrics."""
    torch.set_num_threads(threads)
    write_json(metrics, train_toy(list(read_table(general)["text"]), model, settings))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.general),
        Path(snakemake.output.model),
        Path(snakemake.output.metrics),
        ToySettings(num_steps=snakemake.params.settings["base_steps"], seed=snakemake.params.settings["base_seed"]),
        snakemake.threads,
    )
