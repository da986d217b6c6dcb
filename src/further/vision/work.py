"""How much a run on questions has to do, for the plan: counted on the rows that it will train on. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from further.batch import micro_batch
from further.io import read_json
from further.plan.precision import BYTES
from further.plan.work import Rows, Work
from further.settings import Run
from further.vision.choice import Questions
from further.vision.demands import count_image_tokens
from further.vision.rows import Row

PASSES = 3  # over a question that is answered: the answer written, and how sure the model is of it and of the reference


@dataclass(frozen=True)
class PlannedQuestions:
    """What a run trains on, is watched with, and answers (`further.plan.work.Planned`).

    Attributes:
        scored: Positions of the questions that it answers, each counted for every pass over it.
    """

    training: Questions
    validation: Questions
    scored: tuple[int, ...]

    def count(self, run: Run, sharded: bool) -> Work:
        """What a run has to do; sharded ones are refused for images."""
        assert not sharded  # `further.conflicts` refuses it
        training = count_rows(self.training.rows, micro_batch(run))
        steps_per_epoch = -(-training.number // (micro_batch(run) * run.gradient_accumulation_steps))
        return Work(
            num_papers=len(self.training.cases),
            num_unique_tokens=self.training.num_labels,
            num_replay_tokens=0,
            num_trained_tokens=run.epochs * self.training.num_labels,
            num_steps=run.epochs * steps_per_epoch,
            num_looks=run.epochs * min(run.validations_per_epoch, steps_per_epoch),
            training=training,
            validation=count_rows(self.validation.rows, micro_batch(run)),
            answers_only=True,
        )


def count_rows(rows: Sequence[Row], micro_batch: int) -> Rows:
    """Rows of one pass; a batch is filled up to its longest row, of which the mean over neighbors is counted."""
    batches = [rows[start : start + micro_batch] for start in range(0, len(rows), micro_batch)]
    longest = [(len(batch), max(map(len, batch))) for batch in batches]
    return Rows(
        number=len(rows),
        num_labels=sum(row.num_labels for row in rows),
        num_inputs=sum(number * length for number, length in longest),
        num_pairs=sum(number * length**2 for number, length in longest),
    )


def describe_features(model: Path, num_images: int, run: Run) -> str:
    """What the features of a study's images take on disk, in a line."""
    config = read_json(model / "config.json")
    text = config.get("encoder", config)["text_config"]
    tokens, width = count_image_tokens(model), int(text.get("hidden_size") or text["d_model"])
    megabytes = num_images * tokens * width * BYTES[run.compute_dtype] / 2**20
    return (
        f"{num_images:,} images, {tokens} tokens each: computed once for all runs, {megabytes:,.0f} MB on disk "
        f"({run.compute_dtype})"
    )
