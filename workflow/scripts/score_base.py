"""Score the base model at one quantization."""

from pathlib import Path
from typing import Any

from further.evaluation.scoring import SCORES
from further.evaluation.table import digest_base, score_texts
from further.io import write_table
from further.job import start_log
from further.models import Precision, load
from further.tokens.tokenizer import special_tokens


def main(model: Path, texts: dict[str, Path], scores: Path, quantization: str, settings: dict[str, Any]) -> None:
    """Read token streams and the base model, write nats per document."""
    loaded = load(model, Precision(quantization, settings["compute_dtype"]))
    special = special_tokens(model)
    about = {
        "subject": "base",
        "run": None,
        "base": digest_base(model),
        "quantization": quantization,
        "begin_rule": special.begin_rule,
    }
    write_table(scores, score_texts(loaded, texts, special.begin, settings, about), SCORES)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.model),
        {name: Path(path) for name, path in snakemake.input.items() if name != "model"},
        Path(snakemake.output.scores),
        snakemake.wildcards.quantization,
        snakemake.params.settings,
    )
