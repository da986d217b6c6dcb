"""Write a model card beside each adapter of a study of images."""

from collections.abc import Sequence
from pathlib import Path

from further.io import write_text
from further.job import start_log
from further.records.answers import AnswersRecord
from further.records.training import CaseMetrics
from further.report.images.card import make_card
from further.settings import ModelSettings


def main(comparison: Path, metrics: Sequence[Path], cards: Sequence[Path], title: str, model: ModelSettings) -> None:
    """Read the record and what each run did; write one card per run."""
    record = AnswersRecord.load(comparison)
    known = {path.parent.name: CaseMetrics.load(path) for path in metrics}
    for card in cards:
        run = card.parent.parent.name
        write_text(card, make_card(title, model, run, record, known[run]))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.comparison),
        [Path(path) for path in snakemake.input.runs],
        [Path(path) for path in snakemake.output.cards],
        snakemake.params.settings["title"],
        ModelSettings.model_validate(snakemake.params.settings["model"]),
    )
