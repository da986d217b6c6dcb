"""Cut general text into documents, to replay and held out, and say where it comes from."""

from pathlib import Path

import pyarrow as pa

from further.general import TEXTS as BUNDLED
from further.general import describe_texts, find_texts, read_texts, split_texts
from further.io import write_table
from further.job import start_log

TEXTS = pa.schema([("document", pa.string()), ("text", pa.string())])


def main(files: list[Path], outputs: dict[str, Path], heldout_fraction: float, seed: int) -> None:
    """Write two tables of documents, and a record of their sources."""
    train, heldout = split_texts(read_texts(files), heldout_fraction, seed)
    for path, documents in ((outputs["train"], train), (outputs["heldout"], heldout)):
        write_table(path, [{"document": text.name, "text": text.text} for text in documents], TEXTS)
    describe_texts(train, heldout).save(outputs["texts"])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        [Path(file) for file in snakemake.input.texts] or find_texts(BUNDLED),
        {name: Path(path) for name, path in snakemake.output.items()},
        heldout_fraction=snakemake.params.settings["heldout_fraction"],
        seed=snakemake.params.settings["split_seed"],
    )
