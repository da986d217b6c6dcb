"""Plan every run: what it will take, and whether it fits."""

from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from further.io import write_text
from further.job import start_log
from further.plan.show import plan_study
from further.plan.table import plan_text
from further.plan.work import Texts
from further.settings import PlanSettings, Run
from further.tokens.choice import choose_documents
from further.tokens.tokenizer import special_tokens


def main(
    tokens: Path,
    folds: dict[str, Path],
    general: Path | None,
    scored: Path,
    model: Path,
    plan: Path,
    finished: Path,
    settings: PlanSettings,
) -> None:
    """Read token counts and the model's shape; show the plan, refuse what cannot fit, write the table.

    Args:
        tokens: Token streams of the study's papers.
        folds: The same of each fold of a cross-validation, by the name of its run.
        general: Token streams to replay, if any run does.
        scored: Token streams of the held-out general text.
        finished: Folder of finished runs, by whose speed the others are planned.
    """
    replayed = {} if general is None else _read_lengths(general)["ids"].to_dict()
    has_begin = special_tokens(model).bos is not None
    read_lengths = cache(_read_lengths)
    others = tuple(map(int, _read_lengths(scored)["num_tokens"]))

    def texts_of(name: str, run: Run) -> Texts:
        table = read_lengths(folds.get(name, tokens))
        choice = choose_documents(table.loc[table["split"] == "train", "ids"].to_dict(), replayed, run)
        held_out = table.loc[table["split"] == "validation", "num_tokens"]
        lengths = (choice.papers.values(), choice.replay.values())
        papers, replay = (tuple(map(len, documents)) for documents in lengths)
        own = table.loc[table["split"] != "train", "num_tokens"]
        return Texts(papers, tuple(map(int, held_out)), has_begin, replay, (*map(int, own), *others))

    write_text(plan, plan_text(plan_study(model, texts_of, settings, finished)))


def _read_lengths(tokens: Path) -> pd.DataFrame:
    """Documents of a table of streams without their ids; ranges stand for these, of which only the number matters."""
    table = pq.read_table(tokens, columns=["document", "split", "num_tokens"]).to_pandas().set_index("document")
    return table.assign(ids=[range(size) for size in table["num_tokens"]])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.tokens),
        {Path(tokens).parent.name: Path(tokens) for tokens in snakemake.input.folds},
        next(map(Path, snakemake.input.general), None),
        Path(snakemake.input.scored),
        Path(snakemake.input.model),
        Path(snakemake.output.plan),
        Path(snakemake.params.finished),
        PlanSettings.model_validate(snakemake.params.settings),
    )
