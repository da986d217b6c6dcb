"""The page in a real browser: nothing is asked of the network, nothing is cut off, nothing shuts a reader out."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from further.report import FIGURES
from further.report.figures import draw_figures
from further.report.inputs import ReportInputs
from further.report.page import write_page
from further.report.study import PageSettings
from report.study import TITLES, change, make_comparison, make_inputs, make_samples

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")
BROWSER = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
EVIL = (
    '<script>document.title = "taken"; console.error("ran")</script><img src="https://example.org/x.png" onerror="0">'
)
PHONE, DESK = 390, 1280  # CSS pixels wide

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no chromium or chrome on the path"),
]


def write_report(folder: Path, inputs: ReportInputs) -> str:
    draw_figures(inputs, folder / "figures", folder / "data")
    target = folder / "index.html"
    write_page(inputs, folder / "figures", folder / "data", target, PageSettings(toy_base=True))
    return target.as_uri()


@pytest.fixture(scope="module")
def address(inputs: ReportInputs, tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(tmp_path_factory.mktemp("browser"), inputs)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """A function that opens an address and returns the page, with what it asked for and complained of."""
    contexts = []

    def open_at(address: str, width: int = DESK, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_quietly_and_asks_for_nothing_else(
    open_page: Any, address: str, width: int, scheme: str
) -> None:
    page = open_page(address, width, scheme)
    page.wait_for_load_state("networkidle")
    assert page.said == []
    assert [url for url in page.asked if not url.startswith("data:")] == [address]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_figure_is_inside_the_window_and_large_enough_to_read(open_page: Any, address: str, width: int) -> None:
    page = open_page(address, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in FIGURES:
        box = page.locator(f"#figure-{name} svg").bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert box["width"] >= 340 and box["height"] >= 60, name
        sizes = page.locator(f"#figure-{name} svg text").evaluate_all(
            "texts => texts.map(text => text.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 8, name  # CSS pixels, the height of a line


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_letter_of_a_figure_is_cut_off(open_page: Any, address: str, width: int) -> None:
    page = open_page(address, width)
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".drawing svg")].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll("text")].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1
                    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert cut == []


def test_colors_follow_the_reader_s_scheme(open_page: Any, address: str) -> None:
    grounds = {
        scheme: open_page(address, DESK, scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert grounds["light"] == "rgb(255, 255, 255)" and grounds["dark"] != grounds["light"]


def test_printing_cuts_no_figure(open_page: Any, address: str, tmp_path: Path) -> None:
    """Each drawing fits on a page, may not be broken, and the words of each are in the PDF."""
    pymupdf = pytest.importorskip("pymupdf")
    page = open_page(address)
    page.emulate_media(media="print", color_scheme="dark")
    printed = page.evaluate(
        """() => [...document.querySelectorAll(".figure")].map(figure => [
            figure.querySelector("svg").getBoundingClientRect().height, getComputedStyle(figure).breakInside])"""
    )
    a4_inside = (297 - 32) / 25.4 * 96  # CSS pixels between the margins
    assert [kind for _, kind in printed] == ["avoid"] * len(FIGURES)
    assert max(height for height, _ in printed) < a4_inside
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pymupdf.open(tmp_path / "page.pdf") as document:
        pages = [" ".join(sheet.get_text().split()) for sheet in document]
        assert all(round(sheet.rect.width) == 595 and round(sheet.rect.height) == 842 for sheet in document)
    ends = {"scaling_law": ("held-out loss", "unique training tokens"), "quantization": ("none", "cost against no")}
    for name, words in ends.items():
        assert any(all(word in text for word in (TITLES[name], *words)) for text in pages), name


def test_print_holds_the_words_meaning_and_leaves_no_heading_alone(
    open_page: Any, address: str, tmp_path: Path
) -> None:
    pymupdf = pytest.importorskip("pymupdf")
    page = open_page(address)
    headings = set(page.locator("h2, h3, caption, summary, thead th").all_text_contents())
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pymupdf.open(tmp_path / "page.pdf") as document:
        pages = [[block for block in sheet.get_text("blocks") if block[4].strip()] for sheet in document]
    assert any("Among how many equally likely" in block[4] for blocks in pages for block in blocks)
    lowest = [max(blocks, key=lambda block: block[1])[4] for blocks in pages]
    assert [text for text in lowest if {line.strip() for line in text.splitlines()} <= headings] == []


def test_a_screen_without_a_pointer_is_not_told_to_rest_it(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 900}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    assert not page.locator(".hint").is_visible()
    context.close()


def test_markup_in_papers_prompts_and_samples_does_no_harm(open_page: Any, tmp_path: Path) -> None:
    comparison = make_comparison()
    papers = change(6.0, -0.5, -0.6, -0.4, 7, [f"{EVIL}{index}" for index in range(7)])
    comparison["runs"]["default"]["papers"] = papers
    samples = [{**sample, "prompt": f"\"'>{EVIL}", "text": EVIL} for sample in make_samples()]
    columns = ["paper", "file", "reason", "detail", "pages"]
    rejected = pd.DataFrame([(EVIL, f"{EVIL}.pdf", "damaged", EVIL, 0)], columns=columns)
    inputs = make_inputs(title=EVIL, comparison=comparison, samples=samples, rejected=rejected)
    address = write_report(tmp_path, inputs)
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    assert page.title() == EVIL
    assert page.said == [] and [url for url in page.asked if not url.startswith("data:")] == [address]
    assert page.locator("h1").text_content() == EVIL


def test_the_keyboard_reaches_the_answers_first_and_opens_what_is_folded(open_page: Any, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answers"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#answers"
    folded = page.locator("details:not(.terms)").first
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    assert folded.evaluate("details => details.open")


def test_data_can_be_downloaded_from_the_page(open_page: Any, address: str, drawn: Path) -> None:
    page = open_page(address)
    with page.expect_download() as download:
        page.locator("#figure-quantization a[download]").click()
    assert download.value.suggested_filename == "quantization.csv"
    assert download.value.path().read_bytes() == (drawn / "data" / "quantization.csv").read_bytes()


def test_the_page_opens_within_two_seconds(open_page: Any, address: str) -> None:
    start = time.perf_counter()
    open_page(address)
    assert time.perf_counter() - start < 2


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci --prefix tests/report")
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_page: Any, address: str, width: int, scheme: str) -> None:
    page = open_page(address, width, scheme)
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert grave == [], json.dumps([{fault["id"]: [node["html"] for node in fault["nodes"]][:3]} for fault in grave])
