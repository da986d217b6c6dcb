"""Plan every run: what it will take, and whether it fits."""

from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from further.corpus.split import order_training_papers, take_fraction
from further.io import write_text
from further.job import start_log
from further.plan.show import plan_study
from further.plan.table import plan_text
from further.plan.work import Texts
from further.tokens.tokenizer import special_tokens


def main(tokens: Path, split: Path, model: Path, plan: Path, finished: Path, settings: dict[str, Any]) -> None:
    """Read token counts and the model's shape; show the plan, refuse what cannot fit, write the table."""
    table = pq.read_table(tokens, columns=["document", "split", "num_tokens"]).to_pandas().set_index("document")
    validation = tuple(map(int, table.loc[table["split"] == "validation", "num_tokens"]))
    has_begin = special_tokens(model).bos is not None

    @cache
    def lengths(seed: int) -> dict[str, int]:
        return table["num_tokens"].loc[order_training_papers(pq.read_table(split), seed)].to_dict()

    def texts_of(run: dict[str, Any]) -> Texts:
        papers = lengths(run["seed"])
        return Texts(
            tuple(papers[name] for name in take_fraction(list(papers), run["fraction"])), validation, has_begin
        )

    write_text(plan, plan_text(plan_study(model, texts_of, settings, finished)))


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.tokens),
        Path(snakemake.input.split),
        Path(snakemake.input.model),
        Path(snakemake.output.plan),
        Path(snakemake.params.finished),
        snakemake.params.settings,
    )
