"""Choose a threshold for each question type on the validation cases, and decide about every answer."""

import logging
from pathlib import Path

from further.guard.calibrate import calibrate
from further.guard.decide import guard_answers
from further.guard.elsewhere import add_shifted, try_elsewhere
from further.guard.rules import read_rules
from further.guard.wording import describe
from further.io import read_table, write_table
from further.job import start_log
from further.settings import GuardSettings

LOG = logging.getLogger("further.guard")


def main(answers: Path, shifted: Path | None, record: Path, guarded: Path, settings: GuardSettings) -> None:
    """Write the guard's record, and the answers with what was decided about each, those of another clinic too."""
    table = read_table(answers) if shifted is None else add_shifted(read_table(answers), read_table(shifted))
    calibrated = calibrate(table, settings, read_rules(settings))
    decided = guard_answers(table, calibrated)
    tried = calibrated.model_copy(update={"shifted": try_elsewhere(decided.to_pandas(), calibrated)})
    for line in describe(tried):
        LOG.info(line)
    tried.save(record)
    write_table(guarded, decided, decided.schema)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.answers),
        Path(snakemake.input.shifted[0]) if snakemake.input.shifted else None,
        Path(snakemake.output.record),
        Path(snakemake.output.guarded),
        GuardSettings.model_validate(snakemake.params.settings),
    )
