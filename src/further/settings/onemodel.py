"""Settings of a study of one small model for several modalities."""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.images import AnswersSettings
from further.settings.key import Count, OpenFraction, Section, Seed, key
from further.settings.training import Quantization, Run

Objective = Literal["captions", "spans", "mixture", "patches", "patches_captions"]
Addition = Literal["all_replay", "all", "lora", "embedding", "tower"]
Rate = Annotated[float, Field(gt=0, le=1)]


class OneModelSettings(Section):
    """A small model trained from scratch, and what it is compared with."""

    width: int = key("Of the small model's vectors.", 96, reruns="small models", ge=8)
    layers: int = key("Blocks; an encoder and a decoder have half each.", 4, reruns="small models", ge=2, multiple_of=2)
    heads: Count = key("Of each attention; they divide the width.", 4, reruns="small models")
    image_side: Count = key("Side of an image as the small model sees it.", 32, unit="pixels", reruns="small models")
    patch: Count = key("Side of a patch; it divides an image's side.", 8, unit="pixels", reruns="small models")
    seeds: int = key("Seeds of every arm.", 5, reruns="arms", ge=2, le=100)
    first_seed: Seed = key("The first of them.", 0, reruns="arms")
    seeds_per_job: Count = key(
        "Seeds that one job trains. A job that is killed does its finished seeds again: 1 where a run takes hours.",
        5,
        reruns="arms",
    )
    steps: Count = key(
        "Optimizer steps of the encoder–decoder. What is compared at equal compute gets the steps that cost as much.",
        400,
        reruns="arms",
    )
    learning_rates: list[Rate] = key(
        "Tried for each layout for half the steps, with a seed of its own. The lowest validation loss decides.",
        [1.0e-3, 2.0e-3, 4.0e-3],
        reruns="arms",
        min_length=1,
    )
    adapted_learning_rate: Rate = key(
        "Of the base model's adapters, which `training.learning_rate` is not for.", 5.0e-3, reruns="adapted arm"
    )
    adapted_quantization: Quantization = key(
        "Of the base model under its adapters; small models are not quantized.", "nf4", reruns="adapted arm"
    )
    objectives: list[Objective] = key(
        "Pre-training on images and captions, compared at equal compute with none and longer fine-tuning. captions: "
        "prefix-LM. spans: T5's span corruption. mixture: UL2's three. patches: half of them hidden. patches_captions: "
        "in turn. []: none is compared.",
        ["captions", "spans", "mixture", "patches", "patches_captions"],
        reruns="its arms",
    )
    labelled_cases: list[Count] = key(
        "Cases with questions that a pre-trained model is fine-tuned on, one comparison each.",
        [300],
        unit="cases",
        reruns="its arms",
    )
    pretraining_steps: Count = key("Steps of pre-training on captions; others cost as much.", 200, reruns="its arms")
    question_steps: Count = key("Steps of fine-tuning after it.", 150, reruns="its arms")
    additions: list[Addition] = key(
        "Ways to add a modality to the trained encoder–decoder. all_replay: all weights, half the rows of old images. "
        "all: without. lora: adapters and the new embedding. embedding: that alone. tower: with blocks of its own. "
        "[]: none is added.",
        ["all_replay", "all", "lora", "embedding", "tower"],
        reruns="its arms",
    )
    signals: int = key("Drawn curves of the added modality; a quarter is its test.", 1000, reruns="its arms", ge=8)
    addition_steps: Count = key("Steps of adding a modality.", 200, reruns="its arms")
    law_fractions: list[OpenFraction] = key(
        "Fractions of the training cases for the law, beside all of them.",
        [0.0625, 0.125, 0.25, 0.5],
        unit="of the training cases",
        reruns="law",
    )
    law_growth: float = key(
        "Steps grow with the cases to this power. Under 0.5 the law is refused: its floor would be the schedule's.",
        0.75,
        reruns="law",
        ge=0,
        le=2,
    )
    law_longer: Count | None = key(
        "All cases are also trained for so many times the steps: a loss below the law's floor says that the floor was "
        "the schedule's. null: not tried.",
        3,
        unit="times the steps",
        reruns="law",
    )


class ArmSettings(Section):
    """What a job of an arm is given: the study's own settings, those of a training, and limits of answers."""

    onemodel: OneModelSettings
    run: Run
    limits: AnswersSettings
