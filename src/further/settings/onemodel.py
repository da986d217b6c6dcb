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

    width: int = key("Hidden size of the small model.", 96, reruns="small models", ge=8)
    layers: int = key(
        "Number of blocks. An encoder and a decoder have half of them each.",
        4,
        reruns="small models",
        ge=2,
        multiple_of=2,
    )
    heads: Count = key("Attention heads. Their number must divide the width.", 4, reruns="small models")
    image_side: Count = key("Side of an image as the small model sees it.", 32, unit="pixels", reruns="small models")
    patch: Count = key("Side of a patch. It must divide the image's side.", 8, unit="pixels", reruns="small models")
    seeds: int = key("Seeds per arm.", 5, reruns="arms", ge=2, le=100)
    first_seed: Seed = key("The first of these seeds.", 0, reruns="arms")
    seeds_per_job: Count = key(
        "Seeds that one job trains. A killed job repeats its finished seeds: set 1 if a run takes hours.",
        5,
        reruns="arms",
    )
    steps: Count = key(
        "Optimizer steps of the encoder–decoder. Arms compared at equal compute get the steps that cost the same.",
        400,
        reruns="arms",
    )
    learning_rates: list[Rate] = key(
        "Learning rates tried for each layout, for half the steps and with a separate seed. The lowest validation "
        "loss decides.",
        [1.0e-3, 2.0e-3, 4.0e-3],
        reruns="arms",
        min_length=1,
    )
    adapted_learning_rate: Rate = key(
        "Learning rate of the base model's adapters. `training.learning_rate` does not apply to them.",
        5.0e-3,
        reruns="adapted arm",
    )
    adapted_quantization: Quantization = key(
        "Quantization of the base model under its adapters. Small models are not quantized.",
        "nf4",
        reruns="adapted arm",
    )
    objectives: list[Objective] = key(
        "Pre-training objectives on images and captions, compared at equal compute with longer fine-tuning alone. "
        "captions: prefix-LM. spans: T5's span corruption. mixture: UL2's three denoisers. patches: half of the "
        "patches masked. patches_captions: patches and captions in turn. []: none is compared.",
        ["captions", "spans", "mixture", "patches", "patches_captions"],
        reruns="its arms",
    )
    labelled_cases: list[Count] = key(
        "Numbers of cases with questions that a pre-trained model is fine-tuned on, one comparison each.",
        [300],
        unit="cases",
        reruns="its arms",
    )
    pretraining_steps: Count = key(
        "Steps of pre-training on captions. Other objectives get the steps that cost the same.", 200, reruns="its arms"
    )
    question_steps: Count = key("Steps of fine-tuning after pre-training.", 150, reruns="its arms")
    additions: list[Addition] = key(
        "Ways to add a modality to the trained encoder–decoder. all_replay: train all weights, with old images in "
        "half the rows. all: the same without old images. lora: adapters and the new embedding. embedding: the new "
        "embedding alone. tower: the modality gets blocks of its own. []: none is added.",
        ["all_replay", "all", "lora", "embedding", "tower"],
        reruns="its arms",
    )
    signals: int = key(
        "Curves drawn for the added modality. A quarter of them is its test set.", 1000, reruns="its arms", ge=8
    )
    addition_steps: Count = key("Steps of adding a modality.", 200, reruns="its arms")
    law_fractions: list[OpenFraction] = key(
        "Fractions of the training cases for the scaling law, in addition to all of them.",
        [0.0625, 0.125, 0.25, 0.5],
        unit="of the training cases",
        reruns="law",
    )
    law_growth: float = key(
        "Steps grow with the number of cases to this power. Below 0.5 the law is refused: its irreducible loss would "
        "be an effect of the schedule.",
        0.75,
        reruns="law",
        ge=0,
        le=2,
    )
    law_longer: Count | None = key(
        "All cases are also trained for this many times the steps. A loss below the law's irreducible loss shows that "
        "it was an effect of the schedule. null: not tried.",
        3,
        unit="times the steps",
        reruns="law",
    )


class ArmSettings(Section):
    """What a job of an arm is given: the study's own settings, those of a training, and limits of answers."""

    onemodel: OneModelSettings
    run: Run
    limits: AnswersSettings
