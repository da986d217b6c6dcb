"""What a study file may hold: one pydantic model, each key with its description, unit, range and default.

Rules hand values to jobs as plain dictionaries, and jobs read them with the same classes. Every value that reaches a
job is among its rule's params, so the modules of this package shape no result (`further.provenance`).
"""

from typing import Annotated, Literal

from pydantic import Field

from further.settings.corpus import CorpusSettings, GeneralSettings
from further.settings.evaluation import (
    BootstrapSettings,
    ComparisonSettings,
    CostSettings,
    EvaluationSettings,
    ProbeSettings,
    QuestionSettings,
    SampleSettings,
    ScalingSettings,
    ScoringSettings,
    Target,
)
from further.settings.hardware import HardwareSettings
from further.settings.images import AnsweringSettings, AnswersSettings, CasesSettings, GuardSettings, PictureSettings
from further.settings.key import Section, key
from further.settings.onemodel import OneModelSettings
from further.settings.training import DemoSettings, ModelSettings, Run, Sweep, TrainingSettings

__all__ = [
    "AnsweringSettings",
    "BootstrapSettings",
    "CasesSettings",
    "ComparisonSettings",
    "CorpusSettings",
    "CostSettings",
    "GuardSettings",
    "HardwareSettings",
    "LawSettings",
    "ModelSettings",
    "OneModelSettings",
    "PictureSettings",
    "PlanSettings",
    "ProbeSettings",
    "QuestionSettings",
    "Run",
    "SampleSettings",
    "ScoringSettings",
    "Settings",
    "Sweep",
    "TrainingSettings",
]

SweepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class StudySettings(Section):
    """What the report says about the study as a whole."""

    kind: Literal["text", "images", "onemodel"] = key(
        "text: perplexity on papers, before and after. images: answers about cases, before and after. onemodel: small "
        "models trained from scratch on cases and compared.",
        "text",
        reruns="everything",
    )
    title: str = key("Heading of the report.", "Further pre-training", reruns="page", min_length=1)
    domain: str | None = key(
        "medical: the report reminds readers that nothing a model writes is medical advice. null: off.",
        None,
        reruns="page",
        pattern="^medical$",
    )


class PlanSettings(Section):
    """What the plan of a study is based on.

    Attributes:
        runs: By name, those of a cross-validation too.
        window: Tokens of the model's input when scoring.
        stride: Newly scored tokens per window.
    """

    runs: dict[str, Run]
    hardware: HardwareSettings
    cost: CostSettings
    window: int
    stride: int


class LawSettings(Section):
    """What a scaling law is fitted to and judged by; `runs` are those of its curve."""

    runs: list[str]
    model: ModelSettings
    targets: list[Target]
    cost: CostSettings


class Settings(Section):
    """A whole study file. A section that is left out has its defaults."""

    study: StudySettings = StudySettings()
    corpus: CorpusSettings = CorpusSettings()
    cases: CasesSettings = CasesSettings()
    model: ModelSettings = ModelSettings()
    general: GeneralSettings = GeneralSettings()
    demo: DemoSettings = DemoSettings()
    training: TrainingSettings = TrainingSettings()
    sweeps: dict[SweepName, Sweep | None] = key(
        "Named sweeps, each with lists of values for keys of `training`. Every combination is a run. A combination "
        "that two sweeps share is one run.",
        {},
        reruns="new runs only",
    )
    evaluation: EvaluationSettings = EvaluationSettings()
    answers: AnswersSettings = AnswersSettings()
    guard: GuardSettings = GuardSettings()
    onemodel: OneModelSettings = OneModelSettings()
    scaling: ScalingSettings = ScalingSettings()
    cost: CostSettings = CostSettings()
    hardware: HardwareSettings = HardwareSettings()
