"""The page in a real browser: nothing is asked of the network, nothing is cut off, nothing shuts a reader out."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from further.report.kind import TEXT
from further.report.page import write_page
from further.report.results import TextResults
from report.corpus_case import make_corpus
from report.guard_case import make_two_types
from report.probes_case import make_sample, make_samples
from report.results_case import make_results, make_settings, paired, with_default

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


def write_report(folder: Path, results: TextResults) -> str:
    write_page(TEXT, results, folder)
    return (folder / "index.html").as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = make_settings(model={"source": "toy", "path": None}, study={"domain": "medical"})
    return write_report(tmp_path_factory.mktemp("browser"), make_results(settings=settings, guard=make_two_types()))


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

    def open_at(address: str, width: int = DESK, scheme: str = "light", unfold: bool = False) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address)
        if unfold:
            page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true; })")
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
def test_the_first_screens_hold_the_answers_and_the_page_is_short(open_page: Any, address: str, width: int) -> None:
    """Folded, the page is at most 6,000 px high at 1,280; the answers end within one screen there, four on a phone."""
    page = open_page(address, width)
    assert page.evaluate("document.documentElement.scrollHeight") <= {DESK: 6000, PHONE: 8000}[width]
    answers = page.locator(".answers").bounding_box()
    assert answers["y"] + answers["height"] <= {DESK: 900, PHONE: 4 * 844}[width]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_figure_is_inside_the_window_and_large_enough_to_read(open_page: Any, address: str, width: int) -> None:
    page = open_page(address, width, unfold=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in (figure.name for figure in TEXT.figures):
        box = page.locator(f"#figure-{name} svg").bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width, name
        assert box["width"] >= 340 and box["height"] >= 60, name
        sizes = page.locator(f"#figure-{name} svg text").evaluate_all(
            "texts => texts.map(text => text.getBoundingClientRect().height)"
        )
        assert min(sizes) >= 8, name  # CSS pixels, the height of a line


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_letter_of_a_figure_is_cut_off(open_page: Any, address: str, width: int) -> None:
    page = open_page(address, width, unfold=True)
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
    assert [kind for _, kind in printed] == ["avoid"] * len(TEXT.figures)
    assert max(height for height, _ in printed) < a4_inside
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pymupdf.open(tmp_path / "page.pdf") as document:
        pages = [" ".join(sheet.get_text().split()) for sheet in document]
        assert all(round(sheet.rect.width) == 595 and round(sheet.rect.height) == 842 for sheet in document)
    ends = {"scaling_law": ("held-out loss", "unique training tokens"), "quantization": ("nf4", "cost against no")}
    for figure in TEXT.figures:
        words = (figure.title, *ends.get(figure.name, ()))
        assert any(all(word in text for word in words) for text in pages), figure.name


def test_print_holds_what_is_folded_and_leaves_no_heading_alone(open_page: Any, address: str, tmp_path: Path) -> None:
    pymupdf = pytest.importorskip("pymupdf")
    page = open_page(address)
    headings = set(page.locator("h2, h3, caption, summary, thead th").all_text_contents())
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    with pymupdf.open(tmp_path / "page.pdf") as document:
        pages = [[block for block in sheet.get_text("blocks") if block[4].strip()] for sheet in document]
    text = " ".join(" ".join(block[4].split()) for blocks in pages for block in blocks)
    for words in ("In parentheses: 95% confidence intervals", "In the order of TRIPOD-LLM", "allograft"):
        assert words in text, words
    lowest = [max(blocks, key=lambda block: block[1])[4] for blocks in pages]
    assert [text for text in lowest if {line.strip() for line in text.splitlines()} <= headings] == []


def test_markup_in_papers_prompts_and_samples_does_no_harm(open_page: Any, tmp_path: Path) -> None:
    comparison = with_default(paired(6.0, -0.5, -0.6, -0.4, 7, [f"{EVIL}{index}" for index in range(7)]))
    samples = make_samples(make_sample(prompt=f"\"'>{EVIL}", text=EVIL))
    columns = ["paper", "file", "reason", "detail", "pages"]
    corpus = make_corpus(rejected=pd.DataFrame([(EVIL, f"{EVIL}.pdf", "damaged", EVIL, 0)], columns=columns))
    settings = make_settings(study={"title": EVIL})
    results = make_results(settings=settings, comparison=comparison, samples=samples, corpus=corpus)
    address = write_report(tmp_path, results)
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    assert page.title() == EVIL
    assert page.said == [] and [url for url in page.asked if not url.startswith("data:")] == [address]
    assert page.locator("h1").text_content() == EVIL


def test_the_keyboard_reaches_the_answers_first_and_opens_what_is_folded(open_page: Any, address: str) -> None:
    page = open_page(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#answers"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#answers"
    folded = page.locator("details").first
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    assert folded.evaluate("details => details.open")


def test_data_can_be_downloaded_from_the_page(open_page: Any, address: str, drawn: Path) -> None:
    page = open_page(address)
    with page.expect_download() as download:
        page.locator("#figure-quantization a[download]").click()
    assert download.value.suggested_filename == "quantization.csv"
    assert download.value.path().read_bytes() == (drawn / "data" / "quantization.csv").read_bytes()


def test_a_link_into_a_folded_part_opens_it(open_page: Any, address: str) -> None:
    page = open_page(f"{address}#runs")
    assert page.locator("details:has(> #runs)").evaluate("details => details.open")


def test_the_page_opens_within_two_seconds(open_page: Any, address: str) -> None:
    before = used()
    open_page(address)
    assert used() - before < 2


def used() -> float:
    """CPU seconds of the browser's processes, as another process may hold them up."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += sum(process.cpu_times()[:2])
    return total


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci --prefix tests/report")
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(open_page: Any, address: str, width: int, scheme: str) -> None:
    page = open_page(address, width, scheme, unfold=True)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    assert grave == [], json.dumps([{fault["id"]: [node["html"] for node in fault["nodes"]][:3]} for fault in grave])
