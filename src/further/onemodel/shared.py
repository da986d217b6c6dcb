"""What the arms of the study share: its data, untrained models, settings of a training, and equal compute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from further.batch import micro_batch
from further.evaluation.answers.generate import answer_questions
from further.models import Model
from further.models.one import ENCODER_DECODER
from further.onemodel.folders import make_model
from further.onemodel.objectives import Captions, make_examples
from further.onemodel.rows import Interleaved
from further.onemodel.runs import PROBES, Part, Trained, count_flops, make_rows, train_part, train_weights
from further.settings import Run
from further.settings.onemodel import OneModelSettings
from further.shards import hash_rank
from further.training.examples import Examples
from further.training.recipe import Task
from further.vision.images import Held, ImageProcessor
from further.vision.prompts import Line, make_prompter


@dataclass(frozen=True)
class Shared:
    """A study of one small model as its trainings and scorings see it.

    Attributes:
        run: Settings of a training; a small model's learning rate is its layout's.
        rates: Learning rates by layout.
        pictures: PNG files by image.
        limits: new_tokens and batch_size of answers.
        work: Folder for models.
    """

    settings: OneModelSettings
    run: Run
    rates: Mapping[str, float]
    base: Path
    lines: Sequence[Line]
    pictures: Mapping[str, bytes]
    limits: Mapping[str, int]
    task: Task
    work: Path

    @property
    def batch(self) -> int:
        """Examples of a step."""
        return micro_batch(self.run) * int(self.run.gradient_accumulation_steps)

    def asked(self, split: str, task: str = "answer") -> list[Line]:
        """Lines of a split: questions, or those that ask for a caption."""
        return [line for line in self.lines if line["split"] == split and line["task"] == task]

    def of_cases(self, number: int, seed: int) -> list[Line]:
        """Questions of so many training cases; with one seed, a larger number begins with the same cases."""
        asked = self.asked("train")
        cases = sorted({line["case"] for line in asked}, key=lambda case: hash_rank("onemodel", seed, case))
        chosen = set(cases[:number])  # in one order, so that the points of a law are nested
        return [line for line in asked if line["case"] in chosen]

    @cached_property
    def num_cases(self) -> int:
        """Training cases with questions."""
        return len({line["case"] for line in self.asked("train")})

    def cases_of(self, fraction: float) -> int:
        """Training cases of a point of the law."""
        return max(1, round(fraction * self.num_cases))

    def steps_of(self, number: int) -> int:
        """Steps on so many cases, which grow as the law asks for."""
        growth: float = (number / self.num_cases) ** self.settings.law_growth
        return max(1, round(self.settings.steps * growth))

    @cached_property
    def images(self) -> Held:
        """Pictures as small models see them."""
        # Images are resized alike for all layouts, whose folders hold one processor.
        processor = ImageProcessor(self.untrained(ENCODER_DECODER, 0))
        return Held("pixel_values", {name: processor(png) for name, png in self.pictures.items()})

    def untrained(self, layout: str, seed: int) -> Path:
        """An untrained small model."""
        folder = self.work / "untrained" / f"{layout}-{seed}"
        if not folder.exists():
            make_model(folder, self.base, layout, self.settings, self.run.context, seed)
        return folder

    def run_of(self, layout: str, seed: int) -> Run:
        """Settings of one training of a layout."""
        return self.run | {"seed": seed, "epochs": 1, "learning_rate": self.rates.get(layout, self.run.learning_rate)}

    def drawn(self, sources: Sequence[Examples], steps: int) -> Interleaved:
        """Examples for so many steps."""
        return Interleaved(sources, steps * self.batch)

    def questions(self, model: Path, lines: Sequence[Line], steps: int, seed: int, layout: str) -> Part:
        """Training of a small model on questions."""
        rows = make_rows(lines, model, self.images, self.run.context)
        watched = make_rows(self.asked("validation"), model, self.images, self.run.context)
        run = self.run_of(layout, seed)
        return Part("questions", model, run, self.drawn([rows], steps), watched, train_weights)

    def pretraining(self, model: Path, objective: str, steps: int, seed: int) -> Part:
        """Pre-training of an encoder–decoder on the images and captions of all training cases.

        Raises:
            ValueError: If the cases have no captions.
        """
        captions = Captions(make_prompter(model), self.images, self.run.context, seed)
        train, watch = self.asked("train", "caption"), self.asked("validation", "caption")
        if not train or not watch:
            raise ValueError("onemodel.objectives: no captions of one image to pre-train on; set []")
        examples = make_examples(objective, captions, train, steps * self.batch)
        watched = make_examples(objective, captions, watch, len(watch))
        prepare = partial(train_weights, predict="patches" in objective)
        return Part("pretraining", model, self.run_of(ENCODER_DECODER, seed), examples, watched, prepare)

    def train(self, part: Part) -> Trained:
        """Train a part, or go on from its checkpoint, and load what came of it."""
        return train_part(part, self.work / f"{part.name}-{part.run.seed}", self.task, self.batch)

    def answer(self, model: Model, folder: Path, lines: Sequence[Line], images: Held) -> list[dict[str, Any]]:
        """What a trained model answers, rows of GENERATED; its folder is the one that it started from."""
        return answer_questions(model, make_prompter(folder), lines, images, **self.limits)

    @cached_property
    def step_flops(self) -> float:
        """Of a step of the encoder–decoder on questions: what compute is compared by."""
        start = self.untrained(ENCODER_DECODER, 0)
        return count_flops(self.questions(start, self.asked("train"), PROBES, 0, ENCODER_DECODER), self.batch)
