"""Write a model card beside each adapter of a study of images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from further.io import read_json, write_text
from further.job import start_log
from further.records.answers import AnswersRecord
from further.report.images.card import make_card


def main(comparison: Path, metrics: Sequence[Path], cards: Sequence[Path], settings: dict[str, Any]) -> None:
    """Read the record and what each run did; write one card per run."""
    record = AnswersRecord.load(comparison)
    known = {path.parent.name: read_json(path) for path in metrics}
    for card in cards:
        run = card.parent.parent.name
        base = settings["model"]["path"] or settings["model"]["name"]
        write_text(card, make_card(settings["title"], base, run, record, known[run]))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.comparison),
        [Path(path) for path in snakemake.input.runs],
        [Path(path) for path in snakemake.output.cards],
        snakemake.params.settings,
    )
