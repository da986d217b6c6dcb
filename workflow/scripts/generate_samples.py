"""Continue prompts with the base model and with the default run's adapter."""

from pathlib import Path

from further.evaluation.samples import choose_prompts, sample_both
from further.gpus import require_gpus
from further.io import read_table
from further.job import start_log
from further.models import Precision, load_adapted, load_tokenizer
from further.settings import SampleSettings


def main(model: Path, adapter: Path, corpus: dict[str, Path], samples: Path, settings: SampleSettings) -> None:
    """Write one entry per prompt, decoding and model; without prompts, papers' own words are gone on from."""
    loaded = load_adapted(model, adapter, Precision(settings.quantization, settings.compute_dtype))
    tables = {name: read_table(path) for name, path in corpus.items()}
    prompts = settings.prompts or choose_prompts(**tables, seed=settings.seed)
    sample_both(loaded, load_tokenizer(model), prompts, settings).save(samples)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        {Path(file).stem: Path(file) for file in snakemake.input.corpus},
        Path(snakemake.output.samples),
        SampleSettings.model_validate(snakemake.params.settings["samples"]),
    )
