"""Typed results: what the stages write and the report reads. Each record writes and reads its own JSON file.

| file | record |
|---|---|
| `evaluation/comparison.json` | `Comparison` |
| `evaluation/samples.json` | `Samples` |
| `evaluation/memorization.json`, `terms.json`, `questions.json` | `Memorization`, `Terms`, `Questions`; null: off |
| `runs/{run}/metrics.json`, `timing.json` | `Metrics`, `Timing` |
| `scaling/law.json` | `further.scaling.record.LawRecord` |
"""

from further.records.base import Interval, Record, save_optional
from further.records.comparison import (
    MIN_PAPERS,
    Comparison,
    CrossValidation,
    DocumentChange,
    Dropped,
    Excluded,
    FoldComparison,
    Paired,
    QuantizationSteps,
    Rates,
    RunComparison,
    Scoring,
    Summary,
    TextSet,
)
from further.records.probes import (
    Accuracy,
    Memorization,
    Questions,
    Recited,
    RecitedBoth,
    RecitedPassage,
    Sample,
    Samples,
    Term,
    Terms,
)
from further.records.training import Hardware, Metrics, Parameters, Timing

__all__ = [
    "MIN_PAPERS",
    "Accuracy",
    "Comparison",
    "CrossValidation",
    "DocumentChange",
    "Dropped",
    "Excluded",
    "FoldComparison",
    "Hardware",
    "Interval",
    "Memorization",
    "Metrics",
    "Paired",
    "Parameters",
    "QuantizationSteps",
    "Questions",
    "Rates",
    "Recited",
    "RecitedBoth",
    "RecitedPassage",
    "Record",
    "RunComparison",
    "Sample",
    "Samples",
    "Scoring",
    "Summary",
    "Term",
    "Terms",
    "TextSet",
    "Timing",
    "save_optional",
]
