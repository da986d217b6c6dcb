"""Convert a GGUF file to a Hugging Face folder."""

from pathlib import Path

from further.gguf.convert import convert_gguf
from further.job import start_log

if __name__ == "__main__":
    start_log(snakemake.log[0])
    convert_gguf(
        Path(snakemake.input.file),
        Path(snakemake.output.model),
        snakemake.params.settings["compute_dtype"],
    )
