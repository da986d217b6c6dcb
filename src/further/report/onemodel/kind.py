"""The page of a study of one small model: its answers, its figure and its sections, in order."""

from collections.abc import Mapping

from further.report.onemodel import arms_figure
from further.report.onemodel.answers import answer_additions, answer_budget, answer_layout, answer_objectives
from further.report.onemodel.results import OneModelResults
from further.report.onemodel.tables import (
    additions_table,
    budget_table,
    law_lines,
    layouts_table,
    objectives_tables,
    rates_table,
)
from further.report.page import Head, Kind, Section
from further.report.results import name_base
from further.report.sections.made import folded_tables, link_settings, program_tables
from further.report.wording import count_noun, show_seconds


def make_head(results: OneModelResults) -> Head:
    """Base model, size, date and hours of the study."""
    arms = results.record.arms
    trained = sum(arm.num_seeds for arm in arms.values())
    facts = [
        ("Pre-trained base beside it", name_base(results.settings, 12)),
        ("Study", f"{count_noun(len(arms), 'arm')}, {count_noun(trained, 'training run')}"),
    ]
    if results.written:
        facts.append(("Date", f"{results.written:%B} {results.written.day}, {results.written.year}"))
    facts.append(("Computing time", show_seconds(results.jobs["seconds"].sum())))
    return Head(results.settings.study.title, tuple(facts), is_toy=False)


def fill_tables(results: OneModelResults) -> Mapping[str, object]:
    """The four tables, each under its question, with what must be known to read it."""
    pretrained = "Pre-training sees images and captions of all training cases, and no question. All rows cost as much."
    groups = [
        ("One encoder–decoder, one stack, or adapters", [layouts_table(results), rates_table(results)], []),
        ("Which pre-training helps", objectives_tables(results), [pretrained]),
        ("What a further modality costs", [additions_table(results)] if results.arms("additions") else [], []),
        ("What cases and a yearly budget bring", [budget_table(results)], law_lines(results)),
    ]
    return {"groups": [group for group in groups if group[1]]}


def fill_made(results: OneModelResults) -> Mapping[str, object]:
    """Everything needed to judge the study and to run it again."""
    return {
        "configuration": link_settings(results.settings),
        "tables": program_tables(results.provenance),
        "folded": folded_tables(results.provenance, results.settings),
    }


ONE_MODEL = Kind(
    head=make_head,
    answers=(answer_layout, answer_objectives, answer_additions, answer_budget),
    figures=(arms_figure.FIGURE,),
    sections=(
        Section("arms", "The four tables", fill_tables, is_open=True),
        Section("onemodel_made", "How it was made", fill_made),
    ),
)
