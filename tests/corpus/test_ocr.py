"""Scanned papers: their own hidden text, OCR where Tesseract is there, a reason where it is not."""

import pymupdf
import pytest

from facts import tells
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.parse.children import parse_papers
from further.corpus.parse.lines import Line, Page
from further.corpus.parse.ocr import find_language_data, follow_columns, set_scan
from further.corpus.parse.pages import show_hidden

LIMITS = {"timeout_s": 120, "memory_mb": 2000}


def scan(article, path, *, text=False):
    """The pages of a PDF as pictures; with `text`, its text invisible over them, as scanners write it."""
    with pymupdf.open(article) as source, pymupdf.open() as made:
        for page in source:
            copy = made.new_page(width=page.rect.width, height=page.rect.height)
            copy.insert_image(copy.rect, pixmap=page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY))
            lines = [line for block in page.get_text("dict")["blocks"] for line in block.get("lines", ())]
            for span in (span for line in lines if text for span in line["spans"]):
                copy.insert_text(span["origin"], span["text"], fontsize=span["size"], render_mode=3)
        made.save(path)
    return path


def test_the_hidden_text_of_a_scanned_paper_is_read(article, tmp_path):
    blocks, rejected, _ = parse_papers([scan(article, tmp_path / "layer.pdf", text=True)], **LIMITS)
    assert rejected.num_rows == 0
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=100))
    assert any("it does so in transplantation. It does" in text for text in rows["text"].to_pylist())


def test_hidden_text_beside_visible_text_is_not_read(tmp_path):
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((50, 100), "What people see on this page of the paper.")
        page.insert_text((50, 120), "What they do not.", render_mode=3)
        document.save(tmp_path / "both.pdf")
    blocks, *_ = parse_papers([tmp_path / "both.pdf"], **LIMITS)
    assert blocks["text"].to_pylist() == ["What people see on this page of the paper."]


def test_words_of_hidden_lines_share_their_median_size():
    spans = [{"text": text, "size": size, "flags": 4, "alpha": 0} for text, size in (("a ", 9), ("b ", 10), ("c", 14))]
    found = {"blocks": [{"lines": [{"spans": spans}]}]}
    assert show_hidden(found)
    assert found["blocks"][0]["lines"][0]["spans"] == [{"text": "a b c", "size": 10, "flags": 0, "alpha": 255}]


def test_sizes_near_the_body_become_the_body_and_others_whole_points():
    def page(hidden, *sizes):
        lines = tuple(Line(1, 0, 0, 9, 9, size, "f", False, "ten letters") for size in sizes)
        return Page(1, 100, 100, lines, (), hidden)

    steady = set_scan([page(True, 9.1, 10.0, 10.3, 17.6), page(False, 9.1)])
    # Four lines of eleven letters: half of the letters are reached with the second line, 10 points.
    assert [line.size for line in steady[0].lines] == [10.0, 10.0, 10.0, 18.0]
    assert steady[1].lines[0].size == 9.1


def test_lines_read_across_a_gutter_stand_in_columns():
    def line(x0, baseline, text):
        return Line(1, x0, baseline - 8, x0 + 200, baseline, 10, "f", False, text, baseline=baseline)

    across = [line(50, 100, "l1"), line(300, 101, "r1"), line(50, 112, "l2"), line(300, 113, "r2"), line(50, 160, "l3")]
    assert [line.text for line in follow_columns(across)] == ["l1", "l2", "r1", "r2", "l3"]


def test_words_of_a_stretched_line_are_joined_though_the_page_lies_askew():
    def line(text, x0, x1, baseline):
        return Line(1, x0, baseline - 8, x1, baseline + 2, 10, "f", False, text, baseline=baseline)

    above = line("the heart was kept in the cold and it", 50, 250, 100)
    words = [line("frequently", 51, 100, 112), line("recurs in", 125, 175, 110), line("patients", 200, 256, 108)]
    below = line("who had been seen by the team there.", 50, 250, 124)
    (page,) = set_scan([Page(1, 300, 200, (above, *words, below), (), True)])
    assert [line.text for line in page.lines] == [above.text, "frequently recurs in patients", below.text]


def test_a_sections_name_alone_on_a_line_is_bold():
    texts = ("Methods", "Methods of the study were these", "Results.", "results", "References")
    lines = tuple(Line(1, 0, 0, 90, 9, 10, "f", False, text, baseline=20 * n) for n, text in enumerate(texts))
    (page,) = set_scan([Page(1, 100, 100, lines, (), True)])
    assert [line.text for line in page.lines if line.bold] == ["Methods", "References"]


def test_without_tesseract_a_scanned_paper_is_rejected_and_says_why(article, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    if find_language_data() is not None:
        pytest.skip("Tesseract is found without PATH")
    _, rejected, _ = parse_papers([scan(article, tmp_path / "scan.pdf")], **LIMITS, ocr="eng")
    (line,) = rejected.to_pylist()
    assert line["reason"] == "scanned" and tells(line["detail"], 4, "Tesseract")


def test_with_tesseract_a_scanned_paper_is_read(article, tmp_path):
    if find_language_data() is None:
        pytest.skip("no Tesseract language data: OCR is not checked")
    blocks, rejected, _ = parse_papers([scan(article, tmp_path / "scan.pdf")], **LIMITS, ocr="eng")
    assert rejected.num_rows == 0
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=100))
    text = " ".join(rows["text"].to_pylist())
    assert "asked whether the heart of a donor keeps well in the cold" in text
    assert "J Made Art" not in text
