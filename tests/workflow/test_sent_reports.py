"""What leaves a study's folder: the archive of `snakemake --report`, and the page sent alone."""

import json
import re
import shutil
import zipfile

import pytest

from further.report import FIGURES

pytestmark = pytest.mark.slow
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def archive(finished, tmp_path_factory):
    """The archive of a finished study, unpacked elsewhere."""
    folder = tmp_path_factory.mktemp("sent")
    plain = ("--profile", finished.code / "profiles/default", *finished.config)
    finished.snakemake(*plain, "--report", folder / "report.zip")
    zipfile.ZipFile(folder / "report.zip").extractall(folder)
    return folder / "report"


def read_variable(html, name):
    """A JSON value that the archive's page shows, in a script of its own."""
    start = re.search(rf'<script id="{name}">\s*var {name} = ', html).end()
    return json.JSONDecoder().raw_decode(html, start)[0]


def words(text):
    return re.findall("[a-z]+", text.lower())


def test_the_archive_holds_each_figure_with_label_and_caption_and_the_page(finished, archive):
    html = (archive / "report.html").read_text()
    results, categories = read_variable(html, "results"), read_variable(html, "categories")
    figures = {f"results/report/figures/{name}.svg": name for name in FIGURES["text"]}
    page = "results/report/index.html"
    assert {name: set(files["Other"]) for name, files in categories.items()} == {
        "Figures": set(figures), "Page": {page}
    }  # fmt: skip
    for path, name in {**figures, page: "page"}.items():
        assert (archive / results[path]["data_uri"]).read_bytes() == (finished.study / path).read_bytes()
        caption = (finished.code / f"workflow/report/{'page' if name == 'page' else 'figure'}.rst").read_text()
        assert words(results[path]["caption"])[1:9] == words(caption)[:8], name  # the first word is the paragraph's tag
    assert {results[path]["labels"]["figure"] for path in figures} == {
        name.replace("_", " ") for name in FIGURES["text"]
    }


@pytest.mark.skipif(BROWSER is None, reason="no chromium or chrome on the path")
def test_the_archive_opens_without_a_network_and_lists_the_figures(archive):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        asked, failed = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto((archive / "report.html").as_uri())
        page.get_by_text("Figures", exact=True).first.click()
        for name in FIGURES["text"]:
            page.get_by_text(name.replace("_", " "), exact=True).first.wait_for(timeout=20_000)
        browser.close()
    assert failed == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_page_needs_no_file_beside_it_and_says_where_its_links_lead(finished):
    """Sent alone, a link out of the page is dead: its words then say where in the study's folder that file lies."""
    html = (finished.study / "results/report/index.html").read_text()
    links = re.findall(r"""<a [^>]*href="(?!#|data:)([^"]*)"[^>]*>(.*?)</a>""", html, re.S)
    assert links
    for href, place in links:
        target = (finished.study / "results/report" / href).resolve()
        assert target == finished.study / place and target.is_file()
    sources = re.findall(r"""(?:<link [^>]*href|src|srcset|data)="([^"]+)""", html)
    assert [source for source in sources if not source.startswith("data:")] == []
