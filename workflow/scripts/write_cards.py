"""Write the model card of every adapter."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from further.job import start_log
from further.report.card import write_cards
from further.report.study import read_study


def main(study: Mapping[str, Any], cards: Sequence[Path], settings: dict[str, Any]) -> None:
    """Read the study's results, write `README.md` beside each adapter."""
    write_cards(read_study(study, settings["title"]), cards, settings["model"])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        snakemake.input,
        [Path(card) for card in snakemake.output.cards],
        snakemake.params.settings,
    )
