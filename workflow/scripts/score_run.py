"""Score a run's adapter on the base at the run's own quantization."""

from pathlib import Path
from typing import Any

from further.evaluation.scoring import SCORES
from further.evaluation.table import digest_base, score_texts
from further.io import write_table
from further.job import start_log
from further.models import Precision, load_adapted
from further.tokens.tokenizer import special_tokens


def main(model: Path, adapter: Path, texts: dict[str, Path], scores: Path, run: str, settings: dict[str, Any]) -> None:
    """Read token streams and adapter, write nats per document."""
    loaded = load_adapted(model, adapter, Precision(settings["quantization"], settings["compute_dtype"]))
    special = special_tokens(model)
    about = {
        "subject": "adapted",
        "run": run,
        "base": digest_base(model),
        "quantization": settings["quantization"],
        "begin_rule": special.begin_rule,
    }
    write_table(scores, score_texts(loaded, texts, special.begin, settings, about), SCORES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent,
        {name: Path(snakemake.input[name]) for name in ("papers", "general")},
        Path(snakemake.output.scores),
        snakemake.wildcards.run,
        snakemake.params.settings,
    )
