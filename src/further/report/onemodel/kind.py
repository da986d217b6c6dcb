"""The page of a study of one small model: its answers, its figure and its sections, in order."""

from collections.abc import Mapping

from further.report.onemodel.answers import answer_additions, answer_budget, answer_layout, answer_objectives
from further.report.onemodel.figures import arms
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import (
    additions_table,
    budget_table,
    law_lines,
    layouts_table,
    objectives_tables,
    rates_table,
)
from further.report.page import Kind, Section
from further.report.sections.made import show_made

SOURCES = (
    ("Figure", "results/report/data/arms.csv"),
    ("Arms and their differences", "results/onemodel/comparison.json"),
    ("Predictions: loss and right answers", "results/onemodel/law.json, results/onemodel/error_law.json"),
    ("Jobs: time", "benchmarks/{rule}/{name}.tsv"),
)


def fill_tables(results: OneModelResults) -> Mapping[str, object]:
    """Tables, each under its question, with what must be known to read it."""
    pretrained = "Pre-training sees all training images and captions, but no question. All rows use the same compute."
    groups = [
        ("One encoder–decoder, one stack, or adapters", [layouts_table(results), rates_table(results)], []),
        ("Which pre-training helps", objectives_tables(results), [pretrained]),
        ("What a further modality costs", [additions_table(results)] if results.arms("additions") else [], []),
        ("What cases and a yearly budget bring", [budget_table(results)], law_lines(results)),
    ]
    return {"groups": [group for group in groups if group[1]]}


def fill_made(results: OneModelResults) -> Mapping[str, object]:
    """Everything needed to judge the study and to run it again."""
    return show_made(results, SOURCES)


ONE_MODEL: Kind[OneModelResults] = Kind(
    answers=(answer_layout, answer_objectives, answer_additions, answer_budget),
    figures=(arms.FIGURE,),
    sections=(Section("arms", "The tables", fill_tables, is_open=True), Section("made", "How it was made", fill_made)),
)
