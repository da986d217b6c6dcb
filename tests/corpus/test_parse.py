"""PDFs to blocks: kinds and order on an article made here, and every way in which a file may fail."""

import os
import signal
from pathlib import Path

import pymupdf
import pytest

from corpus.made import WORDS
from facts import tells
from further.children import Child
from further.corpus.parse.children import WORKER, parse_paper, parse_papers
from further.corpus.parse.document import Refusal, parse_document
from further.corpus.schemas import BLOCKS, KINDS, REASONS, REJECTED

LINE = " ".join(WORDS[:12])
LIMITS = {"timeout_s": 60, "memory_mb": 2000}


def children() -> list[str]:
    """Processes that this one started and that are not gone, zombies included."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def only(rejected):
    assert rejected.schema == REJECTED
    (record,) = rejected.to_pylist()
    assert record["reason"] in REASONS
    return record


def kind_of(blocks, text):
    kinds = {b["kind"] for b in blocks.to_pylist() if text in b["text"]}
    assert len(kinds) == 1, f"{text!r} in {len(kinds)} kinds"
    return kinds.pop()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Cold storage of the donor heart", "title"),
        ("Introduction", "heading"),
        ("plan was that the heart came", "text"),
        ("Table 1. Hearts by time", "caption"),
        ("Failed", "table"),
        ("Figure 1. The box", "caption"),
        ("Journal of Made Articles 2", "page header"),
    ],
)
def test_kinds(article_blocks, text, kind):
    assert kind_of(article_blocks, text) == kind


def test_blocks_have_the_schema_and_stand_in_order(article_blocks):
    assert article_blocks.schema == BLOCKS
    assert set(article_blocks["kind"].to_pylist()) <= set(KINDS)
    assert article_blocks["block"].to_pylist() == list(range(article_blocks.num_rows))
    text = "\n".join(article_blocks["text"].to_pylist())
    order = ["Abstract", "Introduction", "found with the", "plan was that", "Methods", "Discussion", "References"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_page_turned_by_a_quarter_reads_as_if_upright(tmp_path):
    document = pymupdf.open()
    page = document.new_page(width=800, height=600)
    for number in range(10):
        page.insert_text((100 + 14 * number, 550), LINE, rotate=90)
    document.save(tmp_path / "turned.pdf")
    blocks, *_ = parse_papers([tmp_path / "turned.pdf"], **LIMITS)
    assert blocks["text"].to_pylist() == ["\n".join([LINE] * 10)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html><body>Access denied</body></html>", "not a PDF"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged"),
    ],
)
def test_files_that_are_no_paper(tmp_path, content, reason):
    (tmp_path / "bad.pdf").write_bytes(content)
    blocks, rejected, _ = parse_papers([tmp_path / "bad.pdf"], **LIMITS)
    assert blocks.num_rows == 0
    record = only(rejected)
    assert (record["reason"], record["paper"], record["file"]) == (reason, "bad", "bad.pdf")
    assert str(tmp_path) not in record["detail"]


def test_a_file_that_cannot_be_read_is_damaged():
    answer = parse_document(Path("/proc/self/mem"))  # opens, and gives an error when it is read
    assert isinstance(answer, Refusal) and answer.reason == "damaged" and tells(answer.detail, "OSError")


def test_marks_in_letters_of_no_size_cost_no_page(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    for number in range(10):
        page.insert_text((50, 100 + 12 * number), LINE)
    for x in (50, 50.5):
        page.insert_text((x, 300), "COPY MADE FOR A READER", fontsize=0.02)
    document.save(tmp_path / "marked.pdf")
    blocks, _, readings = parse_papers([tmp_path / "marked.pdf"], **LIMITS)
    assert readings["unread_pages"].to_pylist() == [[]]
    assert blocks["text"].to_pylist()[0] == "\n".join([LINE] * 10)


def test_page_without_text_is_empty_and_a_picture_of_a_page_is_scanned(tmp_path):
    document = pymupdf.open()
    document.new_page()
    document.save(tmp_path / "blank.pdf")
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 50, 50))
    document[0].insert_image(document[0].rect, pixmap=picture)
    document.save(tmp_path / "scan.pdf")
    _, rejected, _ = parse_papers([tmp_path / "blank.pdf", tmp_path / "scan.pdf"], **LIMITS)
    assert rejected["reason"].to_pylist() == ["empty", "scanned"]
    assert tells(rejected["detail"].to_pylist()[1], "1 page")


def test_a_cover_and_stamps_on_pictures_of_pages_are_no_text_layer(tmp_path, article):
    """Each picture lies in strips, as scanners make them; the cover has text, and is one page of five."""
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 50, 50))
    document = pymupdf.open()
    document.insert_pdf(pymupdf.open(article), to_page=0)
    for number in range(4):
        page = document.new_page(width=600, height=800)
        for strip in range(8):
            page.insert_image(
                pymupdf.Rect(0, 100 * strip, 600, 100 * strip + 100), pixmap=picture, keep_proportion=False
            )
        page.insert_text((60, 790), f"Downloaded by guest on 3 May 2021, page {number}", fontsize=7)
    document.save(tmp_path / "stamped.pdf")
    _, rejected, _ = parse_papers([tmp_path / "stamped.pdf"], **LIMITS)
    [line] = rejected.to_pylist()
    assert line["reason"] == "scanned" and tells(line["detail"], "5 pages")


def test_password(tmp_path, article):
    locked = tmp_path / "locked.pdf"
    with pymupdf.open(article) as document:
        document.save(locked, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own")
    without, wrong = (
        only(parse_papers([locked], **LIMITS, **each)[1]) for each in ({}, {"password": {"locked": "shut"}})
    )
    assert without["reason"] == wrong["reason"] == "encrypted" and without["detail"] != wrong["detail"]
    assert "shut" not in wrong["detail"]
    assert parse_papers([locked], **LIMITS, password={"locked": "open"})[0].num_rows > 0


def test_time_limit(article):
    blocks, rejected, _ = parse_papers([article], timeout_s=0.01, memory_mb=2000)
    assert blocks.num_rows == 0
    assert only(rejected)["reason"] == "timed out"
    assert children() == []


def test_memory_limit(tmp_path):
    # A page of 400,000 letters; its text alone needs more than 1 MB.
    document = pymupdf.open()
    page = document.new_page()
    for _ in range(40):
        page.insert_textbox(page.rect, (LINE + " ") * 150, fontsize=1)
    document.save(tmp_path / "large.pdf")
    for memory_mb in (1, 2):
        record = only(parse_papers([tmp_path / "large.pdf"], timeout_s=60, memory_mb=memory_mb)[1])
        assert record["reason"] == "too large" and record["detail"].startswith("out of memory")


def test_a_killed_child_costs_its_paper_alone(article):
    with Child(WORKER, 60, 2000) as child:
        assert "blocks" in parse_paper(child, article, "")
        assert child.process is not None
        os.kill(child.process.pid, signal.SIGSEGV)
        assert parse_paper(child, article, "")["refusal"]["reason"] == "damaged"
        assert "blocks" in parse_paper(child, article, "")
    assert children() == []


def test_nothing_is_left_open(article):
    before = sorted(os.listdir("/proc/self/fd"))
    parse_papers([article], **LIMITS)
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert children() == []


@pytest.mark.parametrize("limits", [{"timeout_s": 0, "memory_mb": 1}, {"timeout_s": 1, "memory_mb": 0}])
def test_limits_must_be_positive(limits):
    with pytest.raises(ValueError, match="above 0"):
        parse_papers([], **limits)
