"""Continue the prompts with the base model and with the default run's adapter."""

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from further.evaluation.samples import continue_prompt
from further.io import write_json
from further.job import start_log
from further.models import load_adapted, load_base


def main(model: Path, adapter: Path, samples: Path, settings: dict[str, Any]) -> None:
    """Write one entry per prompt and model."""
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True, trust_remote_code=False)
    precision = (settings["quantisation"], settings["compute_dtype"])
    subjects = {"base": load_base(model, *precision), "adapted": load_adapted(model, adapter, *precision)}
    entries = [
        {"subject": subject, "run": "default", "quantisation": settings["quantisation"]}
        | continue_prompt(loaded, tokenizer, prompt, settings["new_tokens"]).as_dict()
        for prompt in settings["prompts"]
        for subject, loaded in subjects.items()
    ]
    write_json(samples, entries)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        Path(snakemake.output.samples),
        snakemake.params.settings,
    )
