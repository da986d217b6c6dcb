"""Let a base or an adapted model answer the held-out questions, each answer with how sure the model was."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from further.evaluation.answers.generate import answer_questions
from further.evaluation.answers.schemas import GENERATED
from further.evaluation.answers.views import show
from further.gpus import require_gpus
from further.io import write_table
from further.job import start_log
from further.models import Precision, load, load_adapted
from further.settings import AnsweringSettings
from further.vision.images import make_black, need_images, open_images
from further.vision.prompts import make_prompter


def main(
    questions: Path,
    images: Path,
    shown: Sequence[Path],
    model: Path,
    adapter: Path | None,
    answers: Path,
    settings: AnsweringSettings,
) -> None:
    """Read questions, images and model; write one answer per question."""
    precision = Precision(settings.quantization, settings.compute_dtype)
    loaded = need_images(load(model, precision) if adapter is None else load_adapted(model, adapter, precision))
    asked = [line for line in pq.read_table(questions).to_pylist() if line["split"] in settings.splits]
    pictures = open_images(images, shown, model)
    lines, seen = show(asked, pictures, settings.view, lambda: make_black(loaded, model, pictures.key))
    limits = settings.pick("new_tokens", "batch_size")
    write_table(answers, answer_questions(loaded, make_prompter(model), lines, seen, **limits), GENERATED)


if __name__ == "__main__":
    start_log(snakemake.log[0])
    require_gpus(snakemake.resources.planned_gpus)
    main(
        Path(snakemake.input.questions),
        Path(snakemake.input.images),
        [Path(path) for path in snakemake.input.shown],
        Path(snakemake.input.model),
        Path(snakemake.input.adapter).parent if "adapter" in snakemake.input.keys() else None,  # noqa: SIM118
        Path(snakemake.output.answers),
        AnsweringSettings.model_validate(snakemake.params.settings["answering"]),
    )
