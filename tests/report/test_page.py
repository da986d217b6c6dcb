"""The page: one file, well formed, escaped; the answers first, the rest folded; each part there."""

import base64
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from lxml import html

from facts import tells
from further.report.drawing.figure import Figure
from further.report.drawing.style import COLORS
from further.report.kind import TEXT
from further.report.page import Kind, Section, write_page
from further.report.results import CORPUS_VIEW, Provenance, TextResults
from further.settings import Settings
from report.answers_case import MOST_WORDS
from report.corpus_case import make_corpus
from report.page_case import make_page
from report.probes_case import NOTHING_ASKED, make_sample, make_samples
from report.results_case import make_results, make_settings, paired, with_default

ROOT = Path(__file__).parents[2]
EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def page(drawn: Path) -> html.HtmlElement:
    return html.document_fromstring((drawn / "index.html").read_text(encoding="utf-8"))


def test_answers_and_their_figures_come_first_and_the_rest_is_folded(page: html.HtmlElement) -> None:
    main = page.xpath("//main/*")
    assert [element.tag for element in main] == ["section", "section", *["details"] * len(TEXT.sections)]
    assert not page.xpath("//main/details/@open")
    assert [section.get("id") for section in page.xpath("//main/details/div")] == [part.name for part in TEXT.sections]
    assert page.xpath("//section[@id='figures']/figure/@id") == [
        f"figure-{name}" for name in ("perplexity_by_paper", "forgetting", "scaling_law", "quantization", "questions")
    ]
    assert page.xpath("string(//h1)") == "Heart transplantation, a study"


def test_headings_skip_no_level(page: html.HtmlElement) -> None:
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_question_is_answered_with_a_number_in_thirty_words(page: html.HtmlElement) -> None:
    answers = page.find_class("answer")
    assert len(answers) == 6
    for answer in answers:
        said = " ".join(part.text_content() for part in answer.xpath("p"))
        assert len(said.split()) <= MOST_WORDS and re.search(r"\d\.\d", said), said
        assert answer.xpath("details/p") and not answer.xpath("details/@open")


def test_nothing_outside_the_file_is_asked_for(page: html.HtmlElement) -> None:
    links = [value for name in ("href", "src", "action", "srcset", "poster") for value in page.xpath(f"//@{name}")]
    assert [link for link in links if not link.startswith(("#", "data:"))] == [CORPUS_VIEW]
    assert not page.xpath("//script | //iframe | //object | //embed | //base")
    assert "@import" not in page.xpath("string(//style)") and "url(" not in page.xpath("string(//style)")
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'") and "script-src" not in policy


def test_the_papers_lie_where_the_page_links_to() -> None:
    view = f"results/{CORPUS_VIEW.removeprefix('../')}"
    assert f'index="{view}"' in (ROOT / "workflow/rules/corpus.smk").read_text()


def test_ids_are_unique_and_every_inner_link_has_its_target(page: html.HtmlElement) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    inner = {link[1:] for link in page.xpath("//@href") if link.startswith("#")}
    inner |= {name for text in page.xpath("//@aria-labelledby") for name in text.split()}
    for value in page.xpath("//@style | //@clip-path | //@fill"):
        inner |= set(re.findall(r"url\(#([^)]+)\)", value))
    assert inner <= set(ids)


@pytest.mark.parametrize("figure", TEXT.figures, ids=lambda figure: figure.name)
def test_each_figure_has_heading_alternative_text_and_its_data(
    page: html.HtmlElement, drawn: Path, figure: Figure[Any]
) -> None:
    (shown,) = page.xpath(f"//figure[@id='figure-{figure.name}']")
    assert shown.xpath("string(h3)") == figure.title
    (svg,) = shown.xpath(".//svg")
    assert svg.get("role") == "img" and svg.get("aria-label").startswith(f"{figure.title}. ")
    assert re.search(r"\d", svg.get("aria-label"))
    (link,) = shown.xpath(".//a[@download]")
    assert link.get("download") == f"{figure.name}.csv"
    data = (drawn / "data" / f"{figure.name}.csv").read_bytes()
    assert base64.b64decode(link.get("href").split(",", 1)[1]) == data


def test_tables_have_captions_and_headers(page: html.HtmlElement) -> None:
    tables = page.xpath("//table")
    assert len(tables) > 8
    for table in tables:
        assert table.xpath("string(caption)")
        assert all(cell.get("scope") == "col" for cell in table.xpath("thead//th"))
        assert all(cell.get("scope") == "row" for cell in table.xpath("tbody//th"))
        assert len({len(row.xpath("td | th")) for row in table.xpath(".//tr")}) == 1, table.xpath("string(caption)")


def test_a_toy_is_called_one_once_and_a_real_model_never(page: html.HtmlElement, tmp_path: Path) -> None:
    assert "toy" not in page.xpath("string(//body)").lower()
    settings = make_settings(model={"source": "toy", "path": None})
    toy = make_page(make_results(settings=settings), tmp_path)
    (notice,) = toy.xpath("//header/p[@class='notice']")
    (setting,) = toy.xpath("//td[.='toy']")  # model.source among all settings
    setting.getparent().remove(setting)
    assert toy.xpath("string(//body)").lower().count("toy") == 1
    carried = [figure.title for figure in TEXT.figures if figure.carries_over]
    assert len(carried) == 1 and carried[0] in notice.text_content()


def test_settings_of_other_kinds_of_study_are_not_listed_and_the_long_tables_are_folded(page: html.HtmlElement) -> None:
    made = page.xpath("//div[@id='made']")[0]
    rows = made.xpath(".//tbody/tr/th/text()")
    assert "corpus.split_seed" in rows and "training.rank" in rows
    assert [row for row in rows if row.startswith(("cases.", "answers.", "onemodel."))] == []
    folded = made.xpath("./details/summary/text()")
    assert [words.split()[0] for words in folded[:2]] == ["Configuration", "Digests"]
    assert not made.xpath("./details/@open")


def test_a_figures_table_stands_beside_its_caption_and_not_in_it(page: html.HtmlElement) -> None:
    """In the caption's column it was cut at 436 pixels."""
    assert page.xpath("//figure/details") and not page.xpath("//figcaption//details")


@pytest.mark.parametrize("domain", [None, "medical"])
def test_care_and_advice_are_spoken_of_in_a_medical_study_alone(tmp_path: Path, domain: str | None) -> None:
    text = make_page(make_results(settings=make_settings(study={"domain": domain})), tmp_path).xpath("string(//body)")
    for words in ("medical advice", "in care", "patients", "clinical"):
        assert (words in text) is (domain == "medical"), words


def test_samples_are_marked_and_stand_before_and_after(page: html.HtmlElement) -> None:
    first = page.xpath("//div[@id='samples']//article")[0]
    assert [heading.text_content().split(":")[0] for heading in first.iter("h4")] == ["Before", "After", "Before"]
    details = first.find_class("details")[2].text_content()
    assert "temperature 0.8" in details and "4.48" in details
    marks = [mark.text_content() for mark in first.find_class("mark")]
    repeated, *cut = marks
    assert tells(repeated, 4) and [tells(mark, 60) for mark in cut] == [True, True]


def test_a_sample_that_ends_by_itself_too_soon_is_marked_and_line_breaks_are_shown(tmp_path: Path) -> None:
    samples = [make_sample(num_tokens=number, prompt=str(number), ended=True) for number in (1, 9, 10)]
    samples.append(make_sample(text=".\n\n\nThe\nend"))
    page = make_page(make_results(samples=make_samples(*samples)), tmp_path)
    marks = [mark.text_content() for mark in page.find_class("mark")]
    assert [re.findall(r"\d+", mark) for mark in marks] == [["1"], ["9"], ["60"]]
    assert page.xpath("//blockquote")[-1].text_content() == ". ⏎×3 The ⏎ end"


def test_a_figure_without_data_is_one_sentence_or_left_out_where_its_question_was_not_asked(tmp_path: Path) -> None:
    comparison = with_default(paired(6.0, -0.5, -0.6, -0.4)).model_copy(update={"quantization": {}})
    page = make_page(make_results(comparison=comparison, asked=NOTHING_ASKED), tmp_path)
    (figure,) = page.xpath("//figure[@id='figure-other_settings']")
    assert len(figure.xpath(".//p")) == 1 and not figure.xpath(".//svg | .//a")
    assert not page.xpath("//figure[@id='figure-questions' or @id='figure-quantization']")
    assert len(page.find_class("answer")) == 3


def test_text_of_papers_and_models_is_escaped_everywhere(tmp_path: Path) -> None:
    comparison = with_default(paired(6.0, -0.5, -0.6, -0.4, 7, [f"{EVIL}{index}" for index in range(7)]))
    sample = make_sample(prompt=f'{EVIL}" onload="alert(2)', text=EVIL)
    columns = ["paper", "file", "reason", "detail", "pages"]
    rejected = pd.DataFrame([(EVIL, f"{EVIL}.pdf", "damaged", EVIL, 0)], columns=columns)
    lost = pd.DataFrame([(EVIL, 1, 312, EVIL)], columns=["paper", "page", "num_words", "reason"])
    results = make_results(
        settings=make_settings(study={"title": EVIL}, evaluation={"prompts": [EVIL]}),
        comparison=comparison,
        samples=make_samples(sample),
        corpus=make_corpus(rejected=rejected, dropped_prose=lost),
        provenance=Provenance({EVIL: EVIL}, {EVIL: EVIL}, {EVIL: EVIL}),
        general_text=EVIL,
    )
    page = make_page(results, tmp_path)
    assert not page.xpath("//script | //img | //@onerror | //@onload")
    assert "<script" not in (tmp_path / "index.html").read_text(encoding="utf-8").lower()
    assert page.xpath("string(//h1)") == EVIL and page.xpath("string(//blockquote)").strip() == EVIL


def rows_of(page: html.HtmlElement, caption: str) -> dict[str, list[str]]:
    (table,) = page.xpath(f"//table[contains(caption, '{caption}')]")
    return {row[0].text_content(): [cell.text_content() for cell in row[1:]] for row in table.xpath("tbody/tr")}


def test_what_is_needed_to_make_it_again_is_there(page: html.HtmlElement) -> None:
    (link,) = page.xpath("//div[@id='made']//a[@download='study.yaml']/@href")
    config = yaml.safe_load(base64.b64decode(link.split(",", 1)[1]))
    assert Settings.model_validate(config) == make_settings()
    assert rows_of(page, "SHA-256")["article-03"] == ["train", f"{3:064x}"]
    assert rows_of(page, "Program") == {"commit": ["0123456789abcdef"]}
    assert rows_of(page, "Versions") == {"torch": ["2.13.0"]}
    seeds = rows_of(page, "Seeds")
    assert seeds["over all runs"] == ["0, 1, 2"] and seeds["corpus.split_seed"] == ["0"]


def test_passwords_of_papers_are_on_no_page(tmp_path: Path) -> None:
    settings = make_settings(corpus={"passwords": {"paper": "sesame"}})
    page = make_page(make_results(settings=settings), tmp_path)
    (link,) = page.xpath("//a[@download='study.yaml']/@href")
    assert b"sesame" not in base64.b64decode(link.split(",", 1)[1])
    assert "sesame" not in (tmp_path / "index.html").read_text()


def test_settings_are_told_once_where_all_runs_share_them(page: html.HtmlElement) -> None:
    shared, varied = (
        rows_of(page, f"Settings {which}") for which in ("that all runs share", "in which the runs differ")
    )
    assert (shared["rank"], shared["epochs"]) == (["8"], ["4"]) and "seed" not in shared
    assert len(varied) == 20 and next(iter(varied)) == "default"


def test_the_page_is_small_and_the_same_each_time(drawn: Path, results: TextResults, tmp_path: Path) -> None:
    make_page(results, tmp_path)
    text = (drawn / "index.html").read_bytes()
    assert len(text) < 5_000_000 and (tmp_path / "index.html").read_bytes() == text


def test_every_color_of_the_figures_has_its_variable_in_both_schemes() -> None:
    css = (files("further.report") / "templates" / "style.css").read_text(encoding="utf-8")
    light, dark = css.split("prefers-color-scheme: dark", 1)
    for name, color in COLORS.items():
        assert f"--{name}: {color};" in light, name
        assert re.search(rf"--{name}: #[0-9a-f]{{6}};", dark), name


def test_another_kind_of_study_has_its_own_lists_on_the_same_page(tmp_path: Path) -> None:
    ledger = next(one for one in TEXT.figures if one.name == "ledger")
    kind = Kind[TextResults](
        answers=(lambda results: None,),
        figures=(replace(ledger, section="answers"),),
        sections=(
            Section("samples", "Gallery", lambda results: {"groups": {}, "is_medical": False, "is_named": True}),
        ),
    )
    write_page(kind, make_results(), tmp_path)
    page = html.document_fromstring((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert page.xpath("//figure/@id") == ["figure-ledger"]
    assert not page.find_class("answer") and page.xpath("string(//details//h2)") == "Gallery"
