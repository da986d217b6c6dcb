"""Further pre-train: one run, one adapter."""

from pathlib import Path

from further.batch import micro_batch
from further.gpus import require_gpus
from further.io import read_table
from further.job import start_log
from further.settings import Run
from further.tokens.choice import choose_documents, count_tokens
from further.tokens.chunks import lay_out
from further.tokens.tokenizer import special_tokens
from further.training.launch import start_run
from further.training.recipe import Recipe, Task
from further.training.rows import TextRows, describe_papers
from further.training.run import end_run


def main(
    tokens: Path,
    model: Path,
    outputs: dict[str, Path],
    run: Run,
    task: Task,
    general: Path | None,
) -> None:
    """Read token streams and base model; write adapter, metrics, history and timing."""
    streams, special = read_table(tokens).set_index("document"), special_tokens(model)
    of_split = {name: part["ids"] for name, part in streams.groupby("split")}
    replayed = {} if general is None else read_table(general).set_index("document")["ids"].to_dict()
    choice = choose_documents(of_split["train"].to_dict(), replayed, run)
    training = lay_out(choice.documents, run.context, special, run.packing)
    validation = lay_out(list(of_split["validation"]), run.context, special, run.packing)
    rows = TextRows(training, choice.names, whole=task.sharded)
    recipe = Recipe(model, run, micro_batch(run), rows, TextRows(validation, whole=task.sharded))
    outcome = start_run(recipe, task)
    replay = count_tokens(choice.replay.values())
    end_run(task, outcome, describe_papers(task.name, run, list(choice.papers), training, replay, outcome), outputs)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.tokens),
        Path(snakemake.input.model),
        {name: Path(path) for name, path in snakemake.output.items()},
        Run.model_validate(snakemake.params.settings["run"]),
        Task.of_job(
            snakemake.wildcards.run,
            Path(snakemake.output.adapter).parent,
            Path(snakemake.params.checkpoints),
            snakemake.params.settings | {"code": snakemake.params.code},
            snakemake.threads,
            dict(snakemake.resources.items()),
        ),
        general=next(map(Path, snakemake.input.general), None),
    )
