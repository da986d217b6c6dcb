"""Score one model: the base at a quantization, a run's adapter on it, or the adapter merged into the full base."""

from pathlib import Path

from further.evaluation.scores import ScoredModel, digest_base, load_scored, score_texts
from further.evaluation.scoring import SCORES
from further.gpus import require_gpus
from further.io import write_table
from further.job import start_log
from further.settings import ScoringSettings
from further.tokens.tokenizer import special_tokens


def main(
    model: Path,
    adapter: Path | None,
    texts: dict[str, Path],
    scores: Path,
    about: ScoredModel,
    settings: ScoringSettings,
) -> None:
    """Read token streams and weights, write nats per document."""
    loaded = load_scored(model, adapter, about, settings.compute_dtype)
    write_table(scores, score_texts(loaded, texts, settings, about), SCORES)


def describe_model(model: Path, about: dict[str, str | None]) -> ScoredModel:
    """Which model is scored: as the rule says, with its base's digest and what stands before a text."""
    special = special_tokens(model)
    return ScoredModel(**about, base=digest_base(model), begin_id=special.begin, begin_rule=special.begin_rule)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.model),
        next((Path(file).parent for name, file in snakemake.input.items() if name == "adapter"), None),
        {name: Path(file) for name, file in snakemake.input.items() if name in ("papers", "general")},
        Path(snakemake.output.scores),
        describe_model(Path(snakemake.input.model), snakemake.params.settings["model"]),
        ScoringSettings.model_validate(snakemake.params.settings["scoring"]),
    )
