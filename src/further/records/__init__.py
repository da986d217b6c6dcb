"""Typed results: what the stages write and the report reads. Each record writes and reads its own JSON file.

| file | record |
|---|---|
| `evaluation/comparison.json` | `Comparison` |
| `evaluation/samples.json` | `Samples` |
| `evaluation/memorization.json`, `terms.json` | `Memorization`, `Terms`; null: off |
| `evaluation/questions.json` | `questions.QuestionsFile` |
| `runs/{run}/metrics.json`, `timing.json` | `Metrics`, `Timing` |
| `scaling/law.json` | `further.scaling.record.LawRecord` |
| `guard/guard.json` | `further.guard.records.GuardRecord` |
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
    Memorization,
    Recited,
    RecitedBoth,
    RecitedPassage,
    Sample,
    Samples,
    Term,
    Terms,
)
from further.records.training import CaseMetrics, Hardware, Metrics, Parameters, RunMetrics, Timing

__all__ = [
    "MIN_PAPERS",
    "CaseMetrics",
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
    "Rates",
    "Recited",
    "RecitedBoth",
    "RecitedPassage",
    "Record",
    "RunComparison",
    "RunMetrics",
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
