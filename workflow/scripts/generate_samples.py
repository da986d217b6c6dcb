"""Continue the prompts with the base model and with the default run's adapter."""

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from further.evaluation.samples import sample_both
from further.io import write_json
from further.job import start_log
from further.models import load_adapted


def main(model: Path, adapter: Path, samples: Path, settings: dict[str, Any]) -> None:
    """Write one entry per prompt, decoding and model."""
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True, trust_remote_code=False)
    loaded = load_adapted(model, adapter, settings["quantisation"], settings["compute_dtype"])
    entries = sample_both(loaded, tokenizer, settings)
    about = {"run": "default", "quantisation": settings["quantisation"]}
    write_json(samples, [about | entry for entry in entries])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        Path(snakemake.output.samples),
        snakemake.params.settings,
    )
