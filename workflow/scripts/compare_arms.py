"""Compare the arms of the study of one small model, and fit the law over cases."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.job import start_log
from further.onemodel.compare import compare_arms
from further.onemodel.law import ERROR, LOSS, fit_laws, price_cases
from further.onemodel.results import read_arms
from further.records.onemodel import TunedRecord
from further.settings import CostSettings


def main(
    folders: Sequence[Path],
    rates: Sequence[Path],
    outputs: Mapping[str, Path],
    arms: Mapping[str, Sequence[str]],
    prices: CostSettings,
) -> None:
    """Read what the arms left, by table, and the learning rates by layout; write the comparison and both laws."""
    numbers, answers, histories = read_arms(folders)
    tried = {path.stem: TunedRecord.load(path).losses for path in rates}
    compare_arms(arms, numbers, answers, tried).save(outputs["comparison"])
    cost = price_cases(prices, numbers)
    laws = fit_laws(arms["cases"], numbers, answers, histories, cost)
    laws[LOSS].save(outputs["law"])
    laws[ERROR].save(outputs["error_law"])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(path) for path in snakemake.input.folders],
        [Path(path) for path in snakemake.input.rates],
        {name: Path(path) for name, path in snakemake.output.items()},
        snakemake.params.settings["arms"],
        CostSettings.model_validate(snakemake.params.settings["cost"]),
    )
