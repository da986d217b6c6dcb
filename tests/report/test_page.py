"""The page: one file, well formed, escaped, honest about a toy; each part there."""

import base64
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import yaml
from lxml import html

from further.report import FIGURES
from further.report.figures import draw_figures
from further.report.inputs import ReportInputs
from further.report.page import write_page
from further.report.study import PageSettings, Prices
from further.report.style import COLORS
from report.law_case import make_law, make_refused_law
from report.study import TITLES, change, make_comparison, make_inputs, make_samples

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def make_page(inputs: ReportInputs, folder: Path, **settings: object) -> str:
    draw_figures(inputs, folder / "figures", folder / "data")
    target = folder / "index.html"
    write_page(
        inputs,
        folder / "figures",
        folder / "data",
        target,
        PageSettings(**{"toy_base": False, **settings}),
    )
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(inputs: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_page(inputs, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def test_the_parts_stand_in_their_order(page: html.HtmlElement) -> None:
    headings = [heading.text_content() for heading in page.iter("h2")]
    expected = [
        "The answers",
        "Figures",
        "What it learned, and what it knows by heart",
        "Samples, before and after",
        "The corpus",
        "Money and time",
        "How it was made",
    ]
    assert headings == expected
    assert page.xpath("string(//h1)") == "Heart transplantation, a demonstration"
    assert page.xpath("count(//main)") == 1 and page.xpath("count(//header/nav)") == 1


def test_headings_skip_no_level(page: html.HtmlElement) -> None:
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_question_is_answered_with_a_number(page: html.HtmlElement) -> None:
    sentences = [element.text_content() for element in page.find_class("sentence")]
    assert len(sentences) == 3
    assert all(re.search(r"\d\.\d", sentence) for sentence in sentences)


def test_nothing_outside_the_file_is_asked_for(page: html.HtmlElement) -> None:
    links = [value for name in ("href", "src", "action", "srcset", "poster") for value in page.xpath(f"//@{name}")]
    assert links
    assert all(link.startswith(("#", "data:")) for link in links)
    assert not page.xpath("//script | //iframe | //object | //embed | //base")
    assert "@import" not in page.xpath("string(//style)") and "url(" not in page.xpath("string(//style)")


def test_ids_are_unique_and_every_inner_link_has_its_target(page: html.HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    inner = {link[1:] for link in page.xpath("//@href") if link.startswith("#")}
    inner |= {
        match
        for value in page.xpath("//@style | //@clip-path | //@fill")
        for match in re.findall(r"url\(#([^)]+)\)", value)
    }
    assert inner <= set(ids)


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_has_heading_alternative_text_and_its_data(
    page: html.HtmlElement, inputs: ReportInputs, drawn: Path, name: str
) -> None:
    (figure,) = page.xpath(f"//figure[@id='figure-{name}']")
    assert figure.xpath("string(h3)") == TITLES[name]
    (svg,) = figure.xpath(".//svg")
    assert svg.get("role") == "img" and svg.get("aria-label").startswith(f"{TITLES[name]}. ")
    assert re.search(r"\d", svg.get("aria-label"))
    assert "title" not in [element.get("id", "").rsplit("-", 1)[-1] for element in svg.iter()]
    (link,) = figure.xpath(".//a[@download]")
    assert link.get("download") == f"{name}.csv"
    assert base64.b64decode(link.get("href").split(",", 1)[1]) == (drawn / "data" / f"{name}.csv").read_bytes()


def test_tables_have_captions_and_headers(page: html.HtmlElement) -> None:
    tables = page.xpath("//table")
    assert len(tables) > 8
    for table in tables:
        assert table.xpath("string(caption)")
        assert all(cell.get("scope") == "col" for cell in table.xpath("thead//th"))
        assert all(cell.get("scope") == "row" for cell in table.xpath("tbody//th"))
        widths = {len(row.xpath("td | th")) for row in table.xpath(".//tr")}
        assert len(widths) == 1, table.xpath("string(caption)")


def test_a_real_study_does_not_speak_of_a_toy_and_a_toy_says_so_on_its_face(
    text: str, inputs: ReportInputs, tmp_path: Path
) -> None:
    assert "toy" not in text.lower()
    toy = html.document_fromstring(make_page(inputs, tmp_path, toy_base=True))
    assert "The base model of this study is a toy" in toy.xpath("string(//header)")
    notes = [element.text_content() for element in toy.find_class("carries")]
    assert len(notes) == len(FIGURES)
    assert sum(note.startswith("Carries over to a real model.") for note in notes) == 2  # ledger and workflow


def test_samples_are_marked_and_are_no_medical_advice(page: html.HtmlElement) -> None:
    (section,) = page.xpath("//section[@id='samples']")
    assert "Not medical advice." in section.text_content()
    first = section.xpath(".//article")[0]
    names = [heading.text_content().split(":")[0] for heading in first.iter("h4")]
    assert names == ["Before", "After", "Before"]  # likeliest words, then drawn
    assert "drawn at temperature 0.8, perplexity to itself 4.48" in first.find_class("details")[2].text_content()
    marks = [mark.text_content() for mark in first.find_class("mark")]
    assert marks == ["repeats itself: 4 times in a row", *["did not end by itself: cut after 60 tokens"] * 2]


def test_a_sample_that_ends_by_itself_too_soon_is_marked(tmp_path: Path) -> None:
    samples = [{**make_samples()[0], "num_tokens": number, "prompt": str(number)} for number in (1, 9, 10)]
    page = html.document_fromstring(make_page(make_inputs(samples=samples), tmp_path))
    marks = [mark.text_content() for mark in page.find_class("mark")]
    assert marks == ["stops short: ended by itself after 1 token", "stops short: ended by itself after 9 tokens"]


def test_line_breaks_of_samples_are_shown_as_signs(tmp_path: Path) -> None:
    samples = [{**make_samples()[0], "text": ".\n\n\nThe\nend"}]
    page = html.document_fromstring(make_page(make_inputs(samples=samples), tmp_path))
    assert page.xpath("string(//blockquote)") == ". ⏎×3 The ⏎ end"


def test_a_figure_without_data_is_one_sentence_without_instructions(tmp_path: Path) -> None:
    comparison = make_comparison() | {"quantization": {}}
    page = html.document_fromstring(make_page(make_inputs(comparison=comparison), tmp_path, toy_base=True))
    (figure,) = page.xpath("//figure[@id='figure-quantization']")
    assert figure.xpath("string(figcaption/p[1])") == "This study compares no precisions."
    assert not figure.find_class("reading") and not figure.find_class("carries")


def test_what_the_intervals_stand_for_is_told(page: html.HtmlElement) -> None:
    for section in ("made", "answers"):
        assert "all scored on the same papers" in page.xpath(f"string(//section[@id='{section}'])")
    assert "not corrected for choosing among many" in page.xpath("string(//section[@id='learned'])")
    assert "no run was trained on" not in page.text_content()  # with folds, each paper is trained on by some


def test_rejected_papers_are_listed_with_their_reason(page: html.HtmlElement) -> None:
    corpus = page.xpath("string(//section[@id='corpus'])")
    assert "26 papers were given, 1 left out, 25 used; they hold 500 headings and paragraphs" in corpus
    assert "broken.pdf" in corpus and "no page could be read" in corpus


def test_without_rejected_papers_it_says_so(tmp_path: Path) -> None:
    none = pd.DataFrame({"paper": [], "file": [], "reason": [], "detail": [], "pages": []})
    assert "No paper was left out." in make_page(make_inputs(rejected=none), tmp_path)


def test_money_is_counted_for_every_job_where_a_price_is_set(text: str, inputs: ReportInputs, tmp_path: Path) -> None:
    """20 runs of 30 s, 2 folds of 25, 20 scored in 12, one probe of 20: 910 s, 9.10 SEK at 36 an hour, .1011 kWh."""
    assert "43 jobs that trained or ran a model took 15.2\u202fmin together. No price of an hour is set" in text
    prices = Prices(per_hour=36, currency="SEK", as_of="2026-11-01", kilowatts=0.4)
    page = html.document_fromstring(make_page(inputs, tmp_path, prices=prices))
    priced = page.xpath("string(//section[@id='money'])")
    assert "is 9.10 SEK" in priced and "0.101 kWh" in priced and "2026-11-01" in priced
    (table,) = page.xpath("//table[caption='What the study took']")
    rows = [[cell.text_content() for cell in row] for row in table.xpath("tbody/tr")]
    assert rows[0] == ["training", "20", "10.0\u202fmin", "6.00"]
    assert rows[-1] == ["together", "43", "15.2\u202fmin", "9.10"]


def test_the_next_factor_of_two_is_priced_from_the_law(text: str, inputs: ReportInputs, tmp_path: Path) -> None:
    """52,000 tokens, 4 epochs at 7,800 tokens/s are 26.7 s; at 20 SEK an hour 0.148 SEK."""
    assert (
        "With 2 times the training papers, 16 more, one training takes 27\u202fs and costs 0.148 SEK, at the speed and "
        "the price of this study; start-up and scoring come on top. By the law the loss falls by "
        "0.110 to 0.190 nats per token" in text
    )
    refused = make_inputs(law=make_refused_law("too few sizes", []))
    assert "No law could be fitted, so nothing is said of what more data" in make_page(refused, tmp_path)


def test_without_a_speed_the_next_factor_of_two_has_no_price(tmp_path: Path) -> None:
    law = make_law()
    law["forecasts"][0]["cost"], law["cost_settings"] = None, None
    law["targets"][0]["cost"] = None
    for forecast in law["forecasts"]:
        forecast["cost"] = None
    assert "no speed was measured, so no time is given" in make_page(make_inputs(law=law), tmp_path)


def test_the_statement_names_split_base_and_what_is_not_known(inputs: ReportInputs, tmp_path: Path) -> None:
    page = html.document_fromstring(make_page(inputs, tmp_path, base="org/model at commit 0e9e39f"))
    (table,) = page.xpath("//table[caption='In the order of TRIPOD-LLM']")
    said = {row.xpath("string(th)"): row.xpath("string(td)") for row in table.xpath("tbody/tr")}
    assert "16 for training, 2 for watching it and 7 held out" in said["Split"]
    assert said["Model and version"] == "org/model at commit 0e9e39f."
    assert "quantization nf4, target modules all-linear, rank 8, context 256, epochs 4" in said["Training"]
    assert said["Training"].startswith("Low-rank adapters on quantized weights (QLoRA)")
    assert said["Outcome"].endswith(
        "Scored in windows of 1\u202f024 tokens, stride 512, after the begin mark (not scored), in float32."
    )
    assert said["Dates, sources and licences of the papers"].startswith("Not known")
    assert "any other clinical use" in said["Out of scope"] and said["Human assessment"] == "None."


def test_seeds_are_those_of_the_configuration_and_of_the_runs(inputs: ReportInputs, tmp_path: Path) -> None:
    config = {"corpus": {"split_seed": 3}, "training": {"seed": 0, "rank": 8}}
    study = make_inputs(provenance={"configuration": config})
    page = html.document_fromstring(make_page(study, tmp_path))
    (table,) = page.xpath("//table[caption='Seeds']")
    rows = {row.xpath("string(th)"): row.xpath("string(td)") for row in table.xpath("tbody/tr")}
    assert rows == {"corpus.split_seed": "3", "training.seed": "0", "over all runs": "0, 1, 2"}


def test_text_of_papers_and_models_is_escaped_everywhere(tmp_path: Path) -> None:
    comparison = make_comparison()
    comparison["runs"]["default"]["papers"] = change(6.0, -0.5, -0.6, -0.4, 7, [f"{EVIL}{index}" for index in range(7)])
    samples = [{**sample, "prompt": f'{EVIL}" onload="alert(2)', "text": EVIL} for sample in make_samples()]
    rejected = pd.DataFrame(
        [(EVIL, f"{EVIL}.pdf", "damaged", EVIL, 0)], columns=["paper", "file", "reason", "detail", "pages"]
    )
    provenance = {EVIL: EVIL, "configuration": {EVIL: {EVIL: [EVIL]}}}
    inputs = make_inputs(title=EVIL, comparison=comparison, samples=samples, rejected=rejected, provenance=provenance)
    text = make_page(inputs, tmp_path)
    page = html.document_fromstring(text)
    assert not page.xpath("//script | //img | //@onerror | //@onload")
    assert "<script" not in text.lower()
    assert page.xpath("string(//h1)") == EVIL
    assert page.xpath("string(//blockquote)").strip() == EVIL


def test_the_policy_forbids_scripts_and_connections(page: html.HtmlElement) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'") and "script-src" not in policy


def test_how_it_was_made_holds_settings_versions_and_the_file_of_each_number(page: html.HtmlElement) -> None:
    made = page.xpath("string(//section[@id='made'])")
    for part in (
        "0123456789abcdef",
        "corpus.papers",
        "torch",
        "2.13.0",
        "results/evaluation/comparison.json: runs.default.papers",
    ):
        assert part in made, part
    assert "any other clinical use" in made


def test_what_is_needed_to_make_it_again_is_there(page: html.HtmlElement) -> None:
    (link,) = page.xpath("//section[@id='made']//a[@download='study.yaml']/@href")
    config = yaml.safe_load(base64.b64decode(link.split(",", 1)[1]))
    assert config == {"corpus": {"papers": "papers", "min_words": 200}, "training": {"rank": 8}}
    (table,) = page.xpath("//table[starts-with(caption, 'Papers used')]")
    rows = [[cell.text_content() for cell in row] for row in table.xpath("tbody/tr")]
    assert len(rows) == 25 and rows[3] == ["article-03", "train", f"{3:064x}"]


def test_settings_are_told_once_where_all_runs_share_them(page: html.HtmlElement) -> None:
    (shared,) = page.xpath("//table[caption='Settings that all runs share']")
    (varied,) = page.xpath("//table[caption='Settings in which the runs differ']")
    assert {row.xpath("string(th)"): row.xpath("string(td)") for row in shared.xpath("tbody/tr")} == {
        "alpha": "16",
        "learning rate": "0.002",
        "epochs": "4",
        "rank": "8",
    }
    assert varied.xpath("thead//th/text()") == [
        "run",
        "context",
        "fraction",
        "gradient accumulation steps",
        "quantization",
        "seed",
        "target modules",
    ]
    assert varied.xpath("string(tbody/tr[1]/th)") == "default"


def test_the_way_from_papers_to_numbers_is_counted(page: html.HtmlElement) -> None:
    steps = [item.text_content() for item in page.xpath("//ol[@class='steps']/li")]
    assert steps[0].startswith("26 papers given, 25 used")
    assert steps[1].startswith("130\u202f300 characters kept")  # 25 papers of 5,200 and their number: + 0 + ... + 24
    assert any(step.startswith("20 adapters") for step in steps)


def test_the_page_is_small_and_the_same_each_time(text: str, inputs: ReportInputs, tmp_path: Path) -> None:
    assert len(text.encode()) < 5_000_000
    assert make_page(inputs, tmp_path) == text


def test_every_color_of_the_figures_has_its_variable_in_both_schemes() -> None:
    css = (files("further.report") / "templates" / "style.css").read_text(encoding="utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for name, color in COLORS.items():
        assert f"--{name}: {color};" in light, name
        assert re.search(rf"--{name}: #[0-9a-f]{{6}};", dark), name


def test_the_time_that_was_planned_stands_beside_the_time_it_took(tmp_path: Path) -> None:
    plan = pd.DataFrame({"seconds_low": {"default": 20.0}, "seconds_high": {"default": 150.0}})
    page = html.fromstring(make_page(make_inputs(plan=plan), tmp_path))
    table = next(t for t in page.iter("table") if t.findtext("caption").startswith("What each run took"))
    shown = {row[0].text_content(): row[6].text_content() for row in table.find("tbody")}
    assert shown["default"].replace("\u202f", " ") == "20 s to 2.50 min"
    assert set(shown.values()) == {shown["default"], ""}  # the other runs are in no plan
