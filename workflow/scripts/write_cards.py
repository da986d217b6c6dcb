"""Write the model card of every adapter."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.job import start_log
from further.report.card import write_cards
from further.report.results import read_results
from further.settings import Settings


def main(study: Mapping[str, str | list[str]], cards: Sequence[Path], settings: Settings) -> None:
    """Read the study's results, write `README.md` beside each adapter."""
    write_cards(read_results(study, settings), cards)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        dict(snakemake.input.items()),  # whose own `in` looks at the files, not at their names
        [Path(card) for card in snakemake.output.cards],
        Settings.model_validate(snakemake.params.settings),
    )
