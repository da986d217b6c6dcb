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
