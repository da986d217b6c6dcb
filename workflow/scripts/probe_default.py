"""Probe the default run: what it continues word for word, and which words it learned."""

from pathlib import Path
from typing import Any

from further.evaluation.memorization import measure_memorization
from further.evaluation.terms import measure_terms
from further.io import read_json, read_table, write_json
from further.job import start_log
from further.models import Precision, load_adapted
from further.tokens.streams import join_rows
from further.tokens.tokenizer import load_tokenizer, special_tokens


def main(
    model: Path, adapter: Path, corpus: dict[str, Path], outputs: dict[str, Path], settings: dict[str, Any]
) -> None:
    """Read papers, base and adapter; write memorization and terms, null for one that is switched off."""
    tokenizer, begin = load_tokenizer(model), special_tokens(model).begin
    rows, split = read_table(corpus["rows"]), read_table(corpus["split"])
    heldout = [document for document in join_rows(rows, split) if document.split == "test"]
    papers = {"train": read_json(corpus["metrics"])["papers"], "heldout": [document.name for document in heldout]}
    loaded = load_adapted(model, adapter, Precision(settings["quantization"], settings["compute_dtype"]))
    memorization = measure_memorization(loaded, rows, papers, tokenizer, begin, settings)
    write_json(outputs["memorization"], memorization)
    write_json(outputs["terms"], measure_terms(loaded, heldout, tokenizer, begin, settings))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        {name: Path(snakemake.input[name]) for name in ("rows", "split", "metrics")},
        {name: Path(path) for name, path in snakemake.output.items()},
        snakemake.params.settings,
    )
