"""Further pre-train: one run, one adapter."""

import os
from pathlib import Path

import pyarrow.parquet as pq

from further.batch import micro_batch
from further.corpus.select.split import order_training_papers, take_fraction
from further.io import read_table, write_json, write_table
from further.job import start_log
from further.settings import Run
from further.tokens.chunks import lay_out
from further.tokens.replay import count_tokens, take_replay
from further.tokens.tokenizer import special_tokens
from further.training.checkpoints import forget_checkpoints
from further.training.launch import start_run
from further.training.metrics import describe_data, describe_run
from further.training.recipe import Recipe, Task
from further.training.rows import TextRows
from further.training.state import HISTORY
from further.training.walltime import find_walltime


def main(
    tokens: Path,
    split: Path,
    model: Path,
    outputs: dict[str, Path],
    run: Run,
    task: Task,
    general: Path | None,
) -> None:
    """Read token streams and base model; write adapter, metrics, history and timing."""
    streams, special = read_table(tokens).set_index("document"), special_tokens(model)
    papers = take_fraction(order_training_papers(pq.read_table(split), run.seed), run.fraction)
    documents, held_out = list(streams.loc[papers, "ids"]), list(streams.loc[streams["split"] == "validation", "ids"])
    replayed = {} if general is None else read_table(general).set_index("document")["ids"].to_dict()
    replay = take_replay(replayed, count_tokens(documents), run.replay_fraction, run.seed)
    training = lay_out([*documents, *replay.values()], run.context, special, run.packing)
    validation = lay_out(held_out, run.context, special, run.packing)
    rows = TextRows(training, (*papers, *replay), whole=task.sharded)
    recipe = Recipe(model, run, micro_batch(run), rows, TextRows(validation, whole=task.sharded))
    outcome = start_run(recipe, task)
    write_table(outputs["history"], outcome.history, HISTORY)
    write_json(
        outputs["metrics"],
        describe_data(run, papers, training, count_tokens(replay.values())) | describe_run(task.name, outcome),
    )
    write_json(outputs["timing"], outcome.timing)
    forget_checkpoints(task.checkpoints)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    main(
        Path(snakemake.input.tokens),
        Path(snakemake.input.split),
        Path(snakemake.input.model),
        {name: Path(path) for name, path in snakemake.output.items()},
        Run.model_validate(snakemake.params.settings["run"]),
        Task(
            name=snakemake.wildcards.run,
            adapter=Path(snakemake.output.adapter).parent,
            checkpoints=Path(snakemake.params.checkpoints),
            checkpoint_minutes=snakemake.resources.checkpoint_minutes,
            identity=snakemake.params.settings | {"code": snakemake.params.code},
            threads=snakemake.threads,
            walltime=find_walltime(  # Snakemake leaves a resource out that is None
                snakemake.resources.runtime, snakemake.resources.get("walltime_margin_minutes"), os.environ
            ),
            world_size=snakemake.resources.gpus_per_run,
            sharded=snakemake.resources.sharding == "fsdp",
        ),
        general=next(map(Path, snakemake.input.general), None),
    )
