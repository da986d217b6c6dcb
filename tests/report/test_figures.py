"""The figures: all written, the same bytes each time, without a date, with hover texts; none fails without data."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from further.report import FIGURES
from further.report.draw_law import draw_scaling_law
from further.report.draw_papers import draw_perplexity_by_paper
from further.report.draw_runs import show_fraction
from further.report.figure_texts import NOTHING_TO_DRAW
from further.report.figures import draw_figures
from further.report.inputs import ReportInputs
from further.report.law import law_table
from further.report.style import house_style
from further.report.svg import write_svg
from further.report.tables import perplexity_by_paper
from report.law_case import make_law, make_points, make_refused_law
from report.study import TITLES, change, make_comparison, make_inputs

SVG = "{http://www.w3.org/2000/svg}"


def draw(inputs: ReportInputs, folder: Path) -> Path:
    draw_figures(inputs, folder / "figures", folder / "data")
    return folder


def text_of(path: Path) -> str:
    return " ".join("".join(element.itertext()) for element in ElementTree.parse(path).getroot().iter(f"{SVG}text"))


def test_every_figure_has_a_drawing_and_a_table(drawn: Path) -> None:
    assert sorted(path.name for path in (drawn / "figures").iterdir()) == sorted(f"{name}.svg" for name in FIGURES)
    assert sorted(path.name for path in (drawn / "data").iterdir()) == sorted(f"{name}.csv" for name in FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_shows_its_title_and_its_data_can_be_read(drawn: Path, name: str) -> None:
    assert TITLES[name] in text_of(drawn / "figures" / f"{name}.svg")
    assert len(pd.read_csv(drawn / "data" / f"{name}.csv")) > 0


def test_drawing_twice_gives_the_same_bytes(drawn: Path, inputs: ReportInputs, tmp_path: Path) -> None:
    again = draw(inputs, tmp_path)
    for path in [*(drawn / "figures").iterdir(), *(drawn / "data").iterdir()]:
        assert (again / path.parent.name / path.name).read_bytes() == path.read_bytes(), path.name


def test_no_figure_names_a_date_or_a_program(drawn: Path) -> None:
    for path in (drawn / "figures").iterdir():
        text = path.read_text()
        assert "<metadata" not in text and "date>" not in text


def test_markers_carry_their_values(drawn: Path) -> None:
    root = ElementTree.parse(drawn / "figures" / "perplexity_by_paper.svg").getroot()
    tips = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert len(tips) == 14  # seven papers, before and after
    assert any(tip.startswith("article-03: ") and "before" in tip for tip in tips)


def test_axes_name_their_units(drawn: Path) -> None:
    units = {
        "perplexity_by_paper": "perplexity per token",
        "learning_curves": "loss, nats per token",
        "scaling_law": "unique training tokens",
        "quantization": "nats per token",
        "settings": "nats per token",
        "forgetting": "nats per token",
        "ledger": "per cent",
        "cost_to_target": "cost of one training, SEK",
    }
    for name, unit in units.items():
        assert unit in text_of(drawn / "figures" / f"{name}.svg"), name


def empty_parts() -> dict[str, Any]:
    """A study of one run whose only measurements are those of its held-out papers."""
    comparison = make_comparison()
    comparison["runs"] = {"default": comparison["runs"]["default"]}
    comparison["quantization"] = {}
    return {
        "comparison": comparison,
        "law": make_refused_law("no run", []),
        "history": {},
        "ledger": pd.DataFrame({"paper": [], "reason": [], "characters": []}),
        "rules": [],
    }


def test_a_figure_without_data_says_so(tmp_path: Path) -> None:
    folder = draw(make_inputs(**empty_parts()), tmp_path)
    for name in ("learning_curves", "scaling_law", "quantization", "settings", "ledger", "cost_to_target", "workflow"):
        words = text_of(folder / "figures" / f"{name}.svg").split()
        assert [word for word in NOTHING_TO_DRAW[name].split() if word not in words] == [], name


def test_a_law_that_was_refused_still_shows_its_points(tmp_path: Path) -> None:
    folder = draw(make_inputs(law=make_refused_law("too few sizes", make_points()[:2])), tmp_path)
    assert "measured" in text_of(folder / "figures" / "scaling_law.svg")


@pytest.mark.parametrize("number", [1, 2, 41, 120])
def test_any_number_of_held_out_papers_can_be_drawn(tmp_path: Path, number: int) -> None:
    comparison = make_comparison()
    comparison["runs"]["default"]["papers"] = change(5.0, -0.02, -0.03, -0.01, number)
    with house_style():
        drawing = draw_perplexity_by_paper(perplexity_by_paper(make_inputs(comparison=comparison)))
        write_svg(drawing, tmp_path / "papers.svg")
    tips = list(ElementTree.parse(tmp_path / "papers.svg").getroot().iter(f"{SVG}title"))
    assert len(tips) == 2 * number
    assert drawing.figure.get_size_inches()[1] < 11  # inches: what a printed page holds


def open_intervals(value: Any) -> Any:
    """The same results as of too few papers: every interval of a difference without its ends."""
    if isinstance(value, dict):
        is_interval = {"estimate", "low", "high"} <= set(value)
        return value | {"low": None, "high": None} if is_interval else {k: open_intervals(v) for k, v in value.items()}
    return value


def test_figures_can_be_drawn_where_no_interval_can_be_given(tmp_path: Path) -> None:
    comparison = open_intervals(make_comparison())
    for run in comparison["runs"].values():
        run["papers"]["documents"] = run["papers"]["documents"][:1]
    folder = draw(make_inputs(comparison=comparison), tmp_path)
    for name in ("quantization", "settings"):
        root = ElementTree.parse(folder / "figures" / f"{name}.svg").getroot()
        tips = [title.text or "" for title in root.iter(f"{SVG}title")]
        assert [tip for tip in tips if "no interval can be given" in tip], name
        assert not [tip for tip in tips if "nan" in tip.lower()], name
    assert "nan" not in (folder / "data" / "forgetting.csv").read_text().lower()


def test_an_interval_that_leaves_its_estimate_out_is_drawn_as_it_is(tmp_path: Path) -> None:
    comparison = make_comparison()
    comparison["runs"]["seed-1"]["general"]["difference_nats_per_token"] |= {
        "estimate": 0.05,
        "low": 0.06,
        "high": 0.09,
    }
    draw(make_inputs(comparison=comparison), tmp_path)


def test_names_that_look_like_markup_are_drawn_as_they_are(tmp_path: Path) -> None:
    comparison = make_comparison()
    names = ["$x^2$ and $", "<script>alert(1)</script>", "a & b", '"quoted"', "名前", "back\\slash"]
    names += ["vertical\x0btab", "x" * 300]
    comparison["runs"]["default"]["papers"] = change(5.0, -0.5, -0.6, -0.4, 8, names)
    folder = draw(make_inputs(comparison=comparison), tmp_path)
    root = ElementTree.parse(folder / "figures" / "perplexity_by_paper.svg").getroot()
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    shown = text_of(folder / "figures" / "perplexity_by_paper.svg")
    assert all(name in shown for name in names[:6]) and "vertical\N{REPLACEMENT CHARACTER}tab" in shown
    assert "x" * 300 not in shown and "x" * 25 + "…" in shown


@pytest.mark.parametrize(
    ("fraction", "shown"), [(1, "all"), (0.0625, "1/16"), (0.25, "1/4"), (0.3, "30.0\u202f%"), (0.75, "75.0\u202f%")]
)
def test_fractions_are_shown_as_people_say_them(fraction: float, shown: str) -> None:
    assert show_fraction(fraction) == shown


def test_the_names_of_the_figures_load_no_plotting_library() -> None:
    code = (
        "import sys, further.report as report; assert report.FIGURES; "
        "print([name for name in ('matplotlib', 'torch', 'pandas') if name in sys.modules])"
    )
    environment = {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert result.stdout.strip() == "[]"


def test_targets_stand_in_the_law_s_figure_even_where_they_lie_far_below_it(tmp_path: Path) -> None:
    law = make_law()
    law["targets"][1]["target"] = {"value": 1.5, "unit": "nats", "loss_nats": 1.5}
    with house_style():
        write_svg(draw_scaling_law(law_table(law)), tmp_path / "law.svg")
    words = text_of(tmp_path / "law.svg")
    assert "perplexity 130: reachable" in words
    assert "1.5 nats per token: unreachable (below)" in words


def test_forgetting_is_drawn_against_the_replayed_share_where_it_was_swept(drawn: Path, tmp_path: Path) -> None:
    comparison = make_comparison()
    for name, share in (("default", 0.0), ("replay_fraction-0.1", 0.1), ("replay_fraction-0.2", 0.2)):
        run = comparison["runs"]["default"]
        comparison["runs"][name] = {**run, "settings": {**run["settings"], "replay_fraction": share}}
    folder = draw(make_inputs(comparison=comparison), tmp_path)
    axis = "general text among the training text, per cent"
    assert axis in text_of(folder / "figures" / "forgetting.svg")
    assert axis not in text_of(drawn / "figures" / "forgetting.svg")


def test_the_cost_of_a_reachable_target_is_a_line_with_its_ends_to_hover(drawn: Path) -> None:
    """The target's 95 % interval of money is 0.4 to 1.2 SEK; the other target has no cost."""
    root = ElementTree.parse(drawn / "figures" / "cost_to_target.svg").getroot()
    tips = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert "perplexity 130: 4.867 nats per token for 0.400 to 1.20 SEK" in tips
    assert len(tips) == 5 + 3 + 1 and not any(tip.startswith("3.5 nats") for tip in tips)
    assert "95 % interval of a target's cost" in text_of(drawn / "figures" / "cost_to_target.svg")


def test_the_workflow_shows_every_rule_once_and_no_arrow_that_follows_from_others(drawn: Path) -> None:
    root = ElementTree.parse(drawn / "figures" / "workflow.svg").getroot()
    words = [text.text for text in root.iter(f"{SVG}text") if text.text != TITLES["workflow"]]
    assert sorted(words) == ["all", "clean", "parse", "train", "write"]
    assert len(pd.read_csv(drawn / "data" / "workflow.csv")) == 6
