"""Plan every run: what it will take, and whether it fits."""

from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from further.corpus.select.split import order_training_papers, take_fraction
from further.io import write_text
from further.job import start_log
from further.plan.show import plan_study
from further.plan.table import plan_text
from further.plan.work import Texts
from further.settings import PlanSettings, Run
from further.tokens.replay import count_tokens, take_replay
from further.tokens.tokenizer import special_tokens


def main(
    tokens: Path,
    split: Path,
    folds: list[Path],
    general: Path | None,
    model: Path,
    plan: Path,
    finished: Path,
    settings: PlanSettings,
) -> None:
    """Read token counts and the model's shape; show the plan, refuse what cannot fit, write the table.

    Args:
        tokens: Token streams of the study's papers.
        split: Of these papers.
        folds: Folders with both of each fold of a cross-validation, called as its run is.
        general: Token streams to replay, if any run does.
        model: The base model's folder.
        plan: The table to write.
        finished: Folder of finished runs.
        settings: As `further.plan.show.plan_study` takes them.
    """
    replayed = {} if general is None else _read_lengths(general)["ids"].to_dict()
    has_begin = special_tokens(model).bos is not None
    of_folds = {folder.name: (folder / "tokens.parquet", folder / "split.parquet") for folder in folds}
    read_lengths = cache(_read_lengths)

    @cache
    def order(split: Path, seed: int) -> list[str]:
        return order_training_papers(pq.read_table(split), seed)

    def texts_of(name: str, run: Run) -> Texts:
        own_tokens, own_split = of_folds.get(name, (tokens, split))
        table = read_lengths(own_tokens)
        papers = list(table.loc[take_fraction(order(own_split, run.seed), run.fraction), "ids"])
        held_out = table.loc[table["split"] == "validation", "num_tokens"]
        replay = take_replay(replayed, count_tokens(papers), run.replay_fraction, run.seed)
        return Texts(tuple(map(len, papers)), tuple(map(int, held_out)), has_begin, tuple(map(len, replay.values())))

    write_text(plan, plan_text(plan_study(model, texts_of, settings, finished)))


def _read_lengths(tokens: Path) -> pd.DataFrame:
    """Documents of a table of streams without their ids; ranges stand for these, of which only the number matters."""
    table = pq.read_table(tokens, columns=["document", "split", "num_tokens"]).to_pandas().set_index("document")
    return table.assign(ids=[range(size) for size in table["num_tokens"]])


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.tokens),
        Path(snakemake.input.split),
        [Path(split).parent for split in snakemake.input.fold_splits],
        next(map(Path, snakemake.input.general), None),
        Path(snakemake.input.model),
        Path(snakemake.output.plan),
        Path(snakemake.params.finished),
        PlanSettings.model_validate(snakemake.params.settings),
    )
