import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pymupdf
import pytest

from demo.sample import ARTICLE
from facts import naming
from further.demo.render import render_article
from further.demo.typography import set_ligatures, to_markup

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = sorted((ROOT / "resources" / "demo" / "articles").glob("*.md"))
WITH_LIGATURES = pymupdf.TEXT_PRESERVE_LIGATURES | pymupdf.TEXT_PRESERVE_WHITESPACE


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("render")
    (folder / "article.md").write_text(ARTICLE, encoding="utf-8")
    render_article(folder / "article.md", folder / "deep" / "article.pdf")
    with pymupdf.open(folder / "deep" / "article.pdf") as document:
        yield document


def lines_of(page):
    """(x0, y0, text, size) of every line of a page."""
    lines = [line for block in page.get_text("dict", flags=WITH_LIGATURES)["blocks"] for line in block["lines"]]
    return [
        (*line["bbox"][:2], "".join(span["text"] for span in line["spans"]), line["spans"][0]["size"]) for line in lines
    ]


def test_text_stands_in_two_columns_below_a_title_across_the_page(pdf):
    body = [(round(x0), y0) for x0, y0, _, size in lines_of(pdf[0]) if 9.7 < size < 9.9]
    (first, many), (second, few) = Counter(x0 for x0, _ in body).most_common(2)
    assert min(many, few) >= 10
    assert abs(first - second) > pdf[0].rect.width / 3
    title = next(line for line in lines_of(pdf[0]) if line[3] > 18)
    assert title[1] < min(y0 for _, y0 in body)


def test_lines_of_the_left_column_end_before_the_right_column_begins(pdf):
    words = [word for word in pdf[1].get_text("words") if 80 < word[1] < pdf[1].rect.height - 80]
    middle = pdf[1].rect.width / 2
    assert words
    assert not [word[4] for word in words if word[0] < middle - 5 and word[2] > middle + 5]


def test_each_page_has_a_running_head_and_its_number(pdf):
    assert len(pdf) >= 2
    for number, page in enumerate(pdf, start=1):
        top = page.get_textbox((0, 0, page.rect.width, 66))
        assert "Final outflow" in unicodedata.normalize("NFKC", top)
        assert "Demonstration article" in top
        foot = page.get_textbox((0, page.rect.height - 60, page.rect.width, page.rect.height))
        assert foot.strip() == str(number)


def test_the_text_has_ligature_glyphs_and_hyphens_at_line_ends(pdf):
    text = "\n".join(page.get_text(flags=WITH_LIGATURES) for page in pdf)
    assert {"\ufb01", "\ufb02", "\ufb03"} <= set(text)
    assert not re.search("f[fil]", text)
    broken = re.findall(r"[a-z]-\n[a-z]", text)
    assert len(broken) >= 5


def test_joining_broken_words_gives_back_every_word_in_order(pdf):
    text = unicodedata.normalize("NFKC", "\n".join(page.get_text() for page in pdf))
    assert re.search(r"cold-\n?storage", text)
    squeezed = re.sub(r"[\s-]", "", text)
    last_words = (
        "beginsimmediately;coldstorage,wellcontrolledhaemodynamicsandreflectivecommunicationinfluencetheoutcome[1]."
    )
    # The abstract and 7 paragraphs of 5 sentences; a page or column change within one costs at most its match.
    assert 36 - 2 * len(pdf) <= squeezed.count(last_words) <= 36


def test_captions_table_list_and_references_are_there(pdf):
    text = unicodedata.normalize("NFKC", " ".join(" ".join(page.get_text().split()) for page in pdf))
    for part in ("Table 1. Two values.", "Pressure ≤ 80 mmHg", "Figure 1. An invented trace.", "• First item"):
        assert part in text
    assert text.index("References") < text.index("1. Placeholder reference: one.")
    body, reference = (
        next(size for page in pdf for _, _, line, size in lines_of(page) if start in line)
        for start in ("The di", "Placeholder")
    )
    assert reference < body


def test_a_table_has_rules_and_a_figure_a_box(pdf):
    drawings = [drawing for page in pdf for drawing in page.get_drawings()]
    column = pdf[0].rect.width / 3
    boxes = [d["rect"] for d in drawings if d["fill"] is not None and d["rect"].width > column]
    flat = [d for d in drawings if d["rect"].height < 1 and column < d["rect"].width < 2 * column]
    rules = [d["rect"] for d in flat if d["width"] >= 0.5]  # the figure's grid is finer
    assert len(boxes) == 1
    assert boxes[0].height > 50
    assert len(rules) == 3


def test_italics_are_set_in_an_italic_font(pdf):
    spans = [
        span
        for page in pdf
        for block in page.get_text("dict")["blocks"]
        for line in block["lines"]
        for span in line["spans"]
    ]
    assert ["Italic" in span["font"] for span in spans if "Candida" in span["text"]] == [True]


def test_metadata_names_the_article_and_no_author(pdf):
    assert pdf.metadata["title"] == "A first look at the final outflow"
    assert pdf.metadata["subject"] == "Demonstration article"
    assert not pdf.metadata["author"]


def test_rendering_twice_gives_the_same_bytes_whatever_the_hash_seed(tmp_path):
    code = "import sys, pathlib, further.demo.render as r; r.render_article(*map(pathlib.Path, sys.argv[1:]))"
    digests = set()
    for seed in ("1", "2"):
        target = tmp_path / f"{seed}.pdf"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")}
        subprocess.run([sys.executable, "-c", code, BUNDLED[0], target], env=environment, check=True)
        digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
    for name in ("third", "fourth"):  # in one process, where fonts have been used before
        render_article(BUNDLED[0], tmp_path / f"{name}.pdf")
        digests.add(hashlib.sha256((tmp_path / f"{name}.pdf").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_every_bundled_article_renders_with_all_its_compounds_and_no_gap(tmp_path):
    for source in BUNDLED:
        render_article(source, tmp_path / "article.pdf")
        with pymupdf.open(tmp_path / "article.pdf") as document:
            text = unicodedata.normalize("NFKC", "\n".join(page.get_text() for page in document))
            assert 2 <= len(document) <= 4, source.name
            for page in list(document)[:-1]:  # a float that waits must not leave a column half empty
                for x in (0, page.rect.width / 2):
                    column = pymupdf.Rect(x, 80, x + page.rect.width / 2, page.rect.height - 50)
                    lowest = max(word[3] for word in page.get_text("words", clip=column))
                    assert lowest > page.rect.height * 0.75, (source.name, page.number)
        for compound in set(re.findall(r"[a-z]{2,}(?:-[a-z]{2,})+", source.read_text().split("---", 2)[2])):
            pattern = r"[-\s]*".join("-" if letter == "-" else letter for letter in compound)
            assert re.search(pattern.replace(r"[-\s]*-[-\s]*", r"-\s*"), text), (source.name, compound)


def test_ligatures_take_the_longest_match():
    assert set_ligatures("office baffle staff fire flow f i") == "o\ufb03ce ba\ufb04e sta\ufb00 \ufb01re \ufb02ow f i"


def test_markup_escapes_what_is_not_markup():
    assert to_markup("p < 0.05 & *Candida* in the donor's **graft**") == (
        "p &lt; 0.05 &amp; <i>Candida</i> in the donor\u2019s <b>graft</b>"
    )


def test_a_character_without_a_glyph_is_an_error_with_the_file(tmp_path):
    path = tmp_path / "glyph.md"
    path.write_text(ARTICLE.replace("First item", "First 心 item"), encoding="utf-8")
    with pytest.raises(ValueError, match=naming("glyph.md", "['心']")):
        render_article(path, tmp_path / "glyph.pdf")
    assert not (tmp_path / "glyph.pdf").exists()
