"""Train the tiny base model of the demonstration from scratch."""

from pathlib import Path

import torch

from further.demo.base import BaseSettings, train_base
from further.io import read_table, write_json
from further.job import start_log


def main(general: Path, model: Path, metrics: Path, settings: BaseSettings, threads: int) -> None:
    """Read general text, write a Hugging Face folder and its metrics."""
    torch.set_num_threads(threads)
    write_json(metrics, train_base(list(read_table(general)["text"]), model, settings))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.general),
        Path(snakemake.output.model),
        Path(snakemake.output.metrics),
        BaseSettings(num_steps=snakemake.params.settings["base_steps"], seed=snakemake.params.settings["base_seed"]),
        snakemake.threads,
    )
