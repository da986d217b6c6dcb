"""Probe the default run: what it continues word for word, and which words it learned."""

from pathlib import Path

from further.evaluation.memorization import measure_memorization
from further.evaluation.terms import measure_terms
from further.gpus import require_gpus
from further.io import read_table
from further.job import start_log
from further.models import Precision, load_adapted
from further.records.base import save_optional
from further.records.training import Metrics
from further.settings import ProbeSettings
from further.tokens.streams import join_rows
from further.tokens.tokenizer import load_tokenizer, special_tokens


def main(
    model: Path, adapter: Path, corpus: dict[str, Path], outputs: dict[str, Path], settings: ProbeSettings
) -> None:
    """Read papers, base and adapter; write memorization and terms, null for one that is switched off."""
    tokenizer, begin = load_tokenizer(model), special_tokens(model).begin
    rows, split = read_table(corpus["rows"]), read_table(corpus["split"])
    heldout = {document.name: document.text for document in join_rows(rows, split) if document.split == "test"}
    papers = {"train": Metrics.load(corpus["metrics"]).papers, "heldout": tuple(heldout)}
    loaded = load_adapted(model, adapter, Precision(settings.quantization, settings.compute_dtype))
    memorization = measure_memorization(loaded, rows, papers, tokenizer, begin, settings)
    save_optional(outputs["memorization"], memorization)
    save_optional(outputs["terms"], measure_terms(loaded, heldout, tokenizer, begin, settings))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        {name: Path(snakemake.input[name]) for name in ("rows", "split", "metrics")},
        {name: Path(path) for name, path in snakemake.output.items()},
        ProbeSettings.model_validate(snakemake.params.settings["probe"]),
    )
