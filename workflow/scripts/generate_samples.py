"""Continue the prompts with the base model and with the default run's adapter."""

from pathlib import Path
from typing import Any

from further.evaluation.samples import sample_both
from further.io import write_json
from further.job import start_log
from further.models import Precision, load_adapted, load_tokenizer


def main(model: Path, adapter: Path, samples: Path, settings: dict[str, Any]) -> None:
    """Write one entry per prompt, decoding and model."""
    loaded = load_adapted(model, adapter, Precision(settings["quantization"], settings["compute_dtype"]))
    entries = sample_both(loaded, load_tokenizer(model), settings)
    about = {"run": "default", "quantization": settings["quantization"]}
    write_json(samples, [about | entry for entry in entries])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        Path(snakemake.output.samples),
        snakemake.params.settings,
    )
