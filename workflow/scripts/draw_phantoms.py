"""Draw the phantoms of the embedded image study as a folder of cases."""

from pathlib import Path

from further.demo.phantoms import write_phantoms
from further.job import start_log


def main(folder: Path, number: int, clinic: str, seed: int) -> None:
    """Write one clinic's folder."""
    write_phantoms(folder, number, clinic, seed)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.params.settings["folder"]),
        snakemake.params.settings["phantoms"],
        snakemake.params.settings["clinic"],
        snakemake.params.settings["phantom_seed"],
    )
