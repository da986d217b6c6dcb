"""Fetch a model from the hub, at a pinned commit."""

from pathlib import Path

from further.job import start_log
from further.training.fetch import fetch_model

if __name__ == "__main__":
    start_log(snakemake.log[0])
    fetch_model(
        snakemake.params.settings["path"],
        snakemake.params.settings["revision"],
        Path(snakemake.output.model),
        snakemake.params.settings.get("kind", "text"),
    )
