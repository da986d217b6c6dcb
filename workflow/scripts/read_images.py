"""Open the pictures of one shard in a child process, and keep them as PNG in one table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from further.cases.pictures import write_pictures
from further.job import start_log
from further.settings import PictureSettings


def main(files: Sequence[Path], pictures: Path, folder: Path, how: PictureSettings, columns: Mapping[str, str]) -> None:
    """Prepare the pictures of some files of the folder."""
    inside = [path.relative_to(folder).as_posix() for path in files]
    write_pictures(pictures, folder, inside, how, columns)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        sorted(Path(path) for path in [*snakemake.input.files, *snakemake.params.settings["stamps"]]),
        Path(snakemake.output.pictures),
        Path(snakemake.params.settings["folder"]),
        PictureSettings.model_validate(snakemake.params.settings["pictures"]),
        snakemake.params.settings["columns"],
    )
