"""Train the tiny image–text base model of the demonstration from scratch."""

from pathlib import Path

import torch

from further.demo.image_base import ImageBaseSettings, train_image_base
from further.io import write_json
from further.job import start_log


def main(model: Path, metrics: Path, settings: ImageBaseSettings, threads: int) -> None:
    """Write a Hugging Face folder and its metrics."""
    torch.set_num_threads(threads)
    write_json(metrics, train_image_base(model, settings))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.output.model),
        Path(snakemake.output.metrics),
        ImageBaseSettings(
            num_steps=snakemake.params.settings["base_steps"], seed=snakemake.params.settings["base_seed"]
        ),
        snakemake.threads,
    )
