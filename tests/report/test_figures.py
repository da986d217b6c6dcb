"""The figures: all written, the same bytes each time, without a date, with hover texts; none fails without data."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from facts import tells
from further.records.comparison import RunComparison
from further.report import FIGURES
from further.report.drawing.figure import Figure, draw_figure
from further.report.figures import (
    forgetting,
    learning_curves,
    ledger,
    other_settings,
    perplexity_by_paper,
    quantization,
    questions,
    scaling_law,
)
from further.report.kind import TEXT
from further.report.results import TextResults
from further.report.write import KINDS
from further.scaling.interval import Interval as LawInterval
from further.scaling.record import ParameterIntervals, Reach
from report.corpus_case import make_corpus
from report.law_case import interval, make_law, make_points, make_refused_law, make_target
from report.probes_case import NOTHING_ASKED
from report.results_case import PRICED, make_comparison, make_results, make_settings, paired, with_default

SVG = "{http://www.w3.org/2000/svg}"


def draw(figure: Figure[Any], results: TextResults, folder: Path) -> str:
    """The words of a drawn figure."""
    draw_figure(figure, results, folder)
    return text_of(folder / "figures" / f"{figure.name}.svg")


def text_of(path: Path) -> str:
    return " ".join("".join(element.itertext()) for element in ElementTree.parse(path).getroot().iter(f"{SVG}text"))


def tips_of(path: Path) -> list[str]:
    return [title.text or "" for title in ElementTree.parse(path).getroot().iter(f"{SVG}title")]


@pytest.mark.parametrize("name", KINDS)
def test_the_page_holds_every_figure_that_its_rule_asks_for(name: str) -> None:
    kind = KINDS[name][1]
    assert sorted(figure.name for figure in kind.figures) == FIGURES[name]
    assert {figure.section for figure in kind.figures} <= {"answers", *(section.name for section in kind.sections)}


def test_the_names_of_the_figures_load_no_plotting_library() -> None:
    code = (
        "import sys, further.report as report; assert report.FIGURES; "
        "print([name for name in ('matplotlib', 'torch', 'pandas') if name in sys.modules])"
    )
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("figure", TEXT.figures, ids=lambda figure: figure.name)
def test_a_figure_shows_its_title_and_its_data_can_be_read(drawn: Path, figure: Figure[Any]) -> None:
    assert figure.title in text_of(drawn / "figures" / f"{figure.name}.svg")
    assert len(pd.read_csv(drawn / "data" / f"{figure.name}.csv")) > 0


def test_drawing_twice_gives_the_same_bytes_without_date_or_program(
    drawn: Path, results: TextResults, tmp_path: Path
) -> None:
    for figure in TEXT.figures:
        draw_figure(figure, results, tmp_path)
    for path in [*(drawn / "figures").iterdir(), *(drawn / "data").iterdir()]:
        text = path.read_text()
        assert (tmp_path / path.parent.name / path.name).read_text() == text, path.name
        assert "<metadata" not in text and "date>" not in text


def test_markers_carry_their_values(drawn: Path) -> None:
    tips = tips_of(drawn / "figures" / "perplexity_by_paper.svg")
    assert len(tips) == 14  # seven papers, before and after
    assert any(tip.startswith("article-03: ") and "before" in tip for tip in tips)


def test_axes_name_their_units(drawn: Path) -> None:
    units = {
        "perplexity_by_paper": "perplexity per token",
        "learning_curves": "loss, nats per token",
        "scaling_law": "unique training tokens",
        "quantization": "nats per token",
        "other_settings": "nats per token",
        "forgetting": "nats per token",
        "ledger": "percent",
        "questions": "percent",
    }
    for name, unit in units.items():
        assert unit in text_of(drawn / "figures" / f"{name}.svg"), name


def empty_results() -> TextResults:
    """A study of one run whose only measurements are those of its held-out papers."""
    results = make_results(comparison=with_default(paired(6.0, -0.5, -0.6, -0.4)), asked=NOTHING_ASKED)
    runs = {"default": replace(results.runs["default"], history=results.runs["default"].history.iloc[:0])}
    ledger = pd.DataFrame({"paper": [], "reason": [], "characters": []})
    comparison = results.comparison.model_copy(update={"quantization": {}})
    parts = {"law": make_refused_law("no run", ()), "corpus": make_corpus(ledger=ledger), "comparison": comparison}
    return replace(results, runs=runs, **parts)


@pytest.mark.parametrize(
    "figure",
    [one.FIGURE for one in (learning_curves, scaling_law, quantization, other_settings, ledger, questions)],
    ids=lambda figure: figure.name,
)
def test_a_figure_without_data_says_so(tmp_path: Path, figure: Figure[Any]) -> None:
    words = draw(figure, empty_results(), tmp_path).split()
    assert [word for word in figure.nothing.split() if word not in words] == []


@pytest.mark.parametrize("number", [1, 2, 41, 120])
def test_any_number_of_held_out_papers_can_be_drawn(tmp_path: Path, number: int) -> None:
    names = [f"paper-{index}" for index in range(number)]
    comparison = with_default(paired(5.0, -0.5, None, None, number, names))
    draw(perplexity_by_paper.FIGURE, make_results(comparison=comparison), tmp_path)


def test_papers_are_sorted_from_most_improved_to_least(results: TextResults) -> None:
    table = perplexity_by_paper.make_table(results)
    assert len(table) == 7 and table["change_nats_per_token"].is_monotonic_increasing
    change = np.log(table["after_perplexity"] / table["before_perplexity"]).to_list()
    assert change == pytest.approx(table["change_nats_per_token"].to_list())
    assert "dashed" not in " ".join(perplexity_by_paper.explain(table))
    assert "dashed" in " ".join(perplexity_by_paper.explain(table.assign(change_nats_per_token=0.1)))


def test_names_that_look_like_markup_are_drawn_as_they_are(tmp_path: Path) -> None:
    names = ["$x^2$ and $", "<script>alert(1)</script>", "a & b", '"quoted"', "名前", "back\\slash"]
    names += ["vertical\x0btab", "x" * 300]
    comparison = with_default(paired(5.0, -0.5, -0.6, -0.4, 8, names))
    shown = draw(perplexity_by_paper.FIGURE, make_results(comparison=comparison), tmp_path)
    root = ElementTree.parse(tmp_path / "figures" / "perplexity_by_paper.svg").getroot()
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert all(name in shown for name in names[:6]) and "vertical\N{REPLACEMENT CHARACTER}tab" in shown
    assert "x" * 300 not in shown and "x" * 25 + "…" in shown


def with_runs(**changes: dict[str, Any]) -> TextResults:
    """The small study with more runs; each has the default run's settings and some of its own."""
    comparison = make_comparison()
    default = comparison.runs["default"]
    more: dict[str, RunComparison] = {
        name: default.model_copy(
            update={"settings": default.settings | own, "against_default": interval(0.02, 0.0, 0.1)}
        )
        for name, own in changes.items()
    }
    return make_results(comparison=make_comparison(runs=comparison.runs | more))


def test_forgetting_names_its_text_and_replay_stands_beside_runs_that_differ_in_it_alone(tmp_path: Path) -> None:
    results = with_runs(
        tenth={"replay_fraction": 0.1, "seed": 1},
        other={"replay_fraction": 0.1, "rank": 4},
        fifth={"replay_fraction": 0.2},
    )
    table = forgetting.make_table(results)
    assert set(table["text"]) == {"held-out papers", results.general_text}
    shares = table.query("text_set == 'general'").set_index("run")["replay_fraction"]
    assert shares["default"] == 0.0 and shares["tenth"] == 0.1
    assert shares[["other", "context-128"]].isna().all()
    axis = "general text among the training text, percent"
    assert axis in draw(forgetting.FIGURE, results, tmp_path)
    assert axis not in draw(forgetting.FIGURE, make_results(), tmp_path)


def test_two_papers_give_points_without_intervals(tmp_path: Path) -> None:
    comparison = with_default(paired(5.0, -0.5, None, None, 2), general=paired(5.0, 0.1, None, None, 2))
    draw(forgetting.FIGURE, make_results(comparison=comparison), tmp_path)
    assert "nan" not in (tmp_path / "data" / "forgetting.csv").read_text().lower()


def test_quantization_shows_costs_alone_the_largest_first(results: TextResults) -> None:
    table = quantization.make_table(results)
    assert table["quantization"].to_list() == ["nf4", "nf4", "int8", "int8"]
    adapted = table[table["subject"] == "adapted"].iloc[0]
    assert (adapted["change_nats"], adapted["low"], adapted["high"]) == (0.011, 0.004, 0.018)


def test_settings_compare_runs_that_differ_in_one_setting(results: TextResults) -> None:
    table = other_settings.make_table(results).set_index("run")
    assert set(table.index) == {
        "target_modules-attention", "context-128", "gradient_accumulation_steps-4", "seed-1", "seed-2"
    }  # fmt: skip
    assert table.loc["context-128", "change_nats"] == pytest.approx(0.02)
    assert table.loc["target_modules-attention", "setting"] == "target_modules"


def test_settings_that_a_sweep_moved_together_are_one_row_and_numbers_stand_by_size() -> None:
    results = with_runs(a={"rank": 16, "alpha": 32}, b={"rank": 4, "alpha": 8}, c={"rank": 4, "seed": 1})
    table = other_settings.make_table(results)
    joined = table[table["setting"] == "rank, alpha"]
    assert joined["value"].to_list() == ["4, 8", "16, 32"]
    assert "c" not in set(table["run"])  # a seed beside another setting shows neither's effect


def test_a_list_of_target_modules_is_told_in_words() -> None:
    table = other_settings.make_table(with_runs(some={"target_modules": ["q_proj", "v_proj"]}))
    assert table.set_index("run").loc["some", "value"] == "q_proj + v_proj"


def test_validation_losses_of_the_law_s_runs_alone(results: TextResults) -> None:
    table = learning_curves.make_table(results)
    assert table["run"].nunique() == 15 and table["validation_loss_nats"].notna().all()
    assert len(table[table["run"] == "default"]) == 4


@pytest.mark.parametrize(
    ("fraction", "shown"), [(1, "all"), (0.0625, "1/16"), (0.25, "1/4"), (0.3, "30.0%"), (0.75, "75.0%")]
)
def test_fractions_are_shown_as_people_say_them(fraction: float, shown: str) -> None:
    assert learning_curves.show_fraction(fraction) == shown


def test_ledger_adds_up_and_starts_with_what_was_kept(results: TextResults) -> None:
    table = ledger.make_table(results)
    assert table.loc[0, "reason"] == "kept"
    assert table["characters"].sum() == results.corpus.ledger["characters"].sum()
    assert table["share"].sum() == pytest.approx(1)


def test_questions_stand_by_topic_with_their_floors(results: TextResults, drawn: Path) -> None:
    table = questions.make_table(results)
    assert table["topic"].to_list() == ["all questions", "donors", "rejection"]
    assert table["chance"].iloc[0] == 0.25 and table["chance"].iloc[1:].isna().all()
    assert "rejection: 75.0% of 20 after" in tips_of(drawn / "figures" / "questions.svg")


def test_the_law_s_table_starts_with_the_base_and_joins_curve_and_extrapolation() -> None:
    results = make_results(settings=make_settings(cost=PRICED))
    table = scaling_law.make_table(results)
    kinds = table.groupby("kind")
    counts = kinds.size()[["base", "point", "held_out", "prediction", "asymptote", "target"]]
    assert counts.to_list() == [1, 12, 3, 1, 1, 2]
    assert table.iloc[0][["num_tokens", "loss_nats"]].to_list() == [0, 6.01]
    beyond = kinds.get_group("extrapolation").sort_values("num_tokens")
    assert kinds.get_group("curve")["num_tokens"].max() == beyond["num_tokens"].min()
    assert beyond["high"].isna().to_list() == [True] + [False] * (len(beyond) - 1)  # the lines meet, not the bands
    assert table.loc[0, "money"] == 0.0


def test_the_law_s_line_ends_where_its_predictions_do() -> None:
    """The band of the record runs to 260,000 tokens; predictions dare 4 times 26,000, or go no further at all."""
    for dares, farthest in ((4.0, 104_000), (None, 26_000)):
        table = scaling_law.make_table(make_results(law=make_law(reach=Reach(limit=4.0, dares=dares, reason=""))))
        drawn = table[table["kind"].isin(["curve", "extrapolation"])]["num_tokens"]
        assert 0.9 * farthest < drawn.max() <= farthest
        assert ("extrapolation" in set(table["kind"])) is (dares is not None)


def test_an_open_end_of_c_is_empty_and_the_figure_says_that_the_data_do_not_say(tmp_path: Path) -> None:
    c = LawInterval(None, 0.0, 4.6, low_open=True)
    law = make_law(c_identified=False, intervals=ParameterIntervals(b=c, c=c))
    table = scaling_law.make_table(make_results(law=law))
    row = table.query("kind == 'asymptote'").iloc[0]
    assert row["label"] == "not identified" and row[["loss_nats", "low"]].isna().all() and row["high"] == 4.6
    assert scaling_law.explain(table) != scaling_law.explain(scaling_law.make_table(make_results()))
    draw(scaling_law.FIGURE, make_results(law=law), tmp_path)


def test_a_law_that_was_refused_still_shows_its_points_and_the_base(tmp_path: Path) -> None:
    words = draw(scaling_law.FIGURE, make_results(law=make_refused_law("too few", make_points()[:2])), tmp_path)
    assert "measured, seed 0" in words and "base model, 0 tokens" in words


def test_targets_stand_in_the_law_s_figure_even_where_they_lie_far_below_it(tmp_path: Path) -> None:
    targets = (make_law().targets[0], make_target(1.5, "nats", 1.5, "unreachable"))
    words = draw(scaling_law.FIGURE, make_results(law=make_law(targets=targets)), tmp_path)
    assert tells(words, "perplexity 130: reachable") and re.search(r"\b1\.5 nats [^:]*: unreachable\b", words)
