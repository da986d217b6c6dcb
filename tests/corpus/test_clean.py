"""Blocks to rows, and where every character went."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from facts import naming, tells
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.schemas import BLOCKS, DROP_REASONS, KEPT, LEDGER, READINGS, ROWS

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=100)
WITH_CAPTIONS = CleanSettings(keep_captions=True, keep_headings=False, min_words=100)


def make_blocks(*records):
    """Blocks from (kind, text) or a dictionary of columns, one below the other."""
    plain = {"paper": "p", "page": 1, "x0": 50, "x1": 290, "font_size": 10, "bold": False, "lead": 0, "raised": []}
    blocks = []
    for number, record in enumerate(records):
        given = record if isinstance(record, dict) else dict(zip(("kind", "text"), record, strict=True))
        blocks.append(plain | {"block": number, "y0": 30 * number, "y1": 30 * number + 20} | given)
    return pa.Table.from_pylist(blocks, BLOCKS)


def texts(rows):
    return rows["text"].to_pylist()


def ledger_of(ledger):
    return dict(zip(ledger["reason"].to_pylist(), ledger["characters"].to_pylist(), strict=True))


@pytest.fixture(scope="module")
def cleaned(article_blocks):
    return clean_papers(article_blocks, SETTINGS)


def test_rows_of_the_made_article(cleaned):
    rows, _, rejected, _ = cleaned
    assert rejected.num_rows == 0
    assert rows.schema == ROWS
    assert rows["row"].to_pylist() == list(range(rows.num_rows))
    assert texts(rows)[0] == "Cold storage of the donor heart before transplantation"
    headings = [text for text in texts(rows) if len(text) < 20]
    assert headings == ["Abstract", "Introduction", "Methods", "Results", "Discussion"]


def test_word_broken_at_a_line_end_is_whole(cleaned):
    assert any("it does so in transplantation. It does" in text for text in texts(cleaned[0]))


def test_paragraph_goes_on_in_the_next_column(cleaned):
    row = next(row for row in cleaned[0].to_pylist() if "found with the plan was that the heart" in row["text"])
    assert (row["section"], row["page"], round(row["x0"])) == ("Introduction", 1, 50)


@pytest.mark.parametrize(
    "junk", ["J Made Art", "Journal of Made", "Failed", "nurses", "University", "Ada Maker", "The box in"]
)
def test_what_is_not_body_is_gone(cleaned, junk):
    assert not any(junk in text for text in texts(cleaned[0]))


def test_captions_and_headings_are_kept_if_asked(article_blocks):
    rows, *_ = clean_papers(article_blocks, WITH_CAPTIONS)
    assert "Figure 1. The box in which a heart travels." in texts(rows)
    assert "Methods" not in texts(rows)
    assert "Methods" in rows["section"].to_pylist()


def test_every_character_has_one_reason(article_blocks, cleaned):
    _, ledger, *_ = cleaned
    assert ledger.schema == LEDGER
    count = ledger_of(ledger)
    assert set(count) <= {KEPT, *DROP_REASONS}
    assert sum(count.values()) == pc.sum(pc.utf8_length(article_blocks["text"])).as_py()
    assert count["back matter"] == len("Acknowledgements") + len("We thank the nurses of the clinic for their help.")
    # Eight entries of two lines, 43 and 28 letters with a line feed between; one letter more in 10(2); a heading.
    assert count["reference"] == len("References") + 8 * (43 + 1 + 28) + 1


PROSE = "the graft and the patient were seen in the clinic by the team that had made the plan for this study of it " * 3


def test_paragraph_goes_on_over_a_table_and_a_page():
    blocks = make_blocks(
        ("heading", "Introduction"),
        ("text", PROSE + "and the heart of the"),
        ("table", "1 2 3"),
        {"kind": "page header", "text": "Journal", "page": 2},
        {"kind": "text", "text": "donor was kept in the cold. " + PROSE, "page": 2},
    )
    rows, ledger, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=False, min_words=10))
    assert len(texts(rows)) == 1
    assert "the heart of the donor was kept" in texts(rows)[0]
    assert ledger_of(ledger)["table"] == 5 and ledger_of(ledger)["page header"] == 7


@pytest.mark.parametrize(("keep", "shown"), [(True, "the grafts¹² of 10⁶ cells"), (False, "the grafts of 10⁶ cells")])
def test_citations_are_kept_raised_or_cut_and_counted(keep, shown):
    text = PROSE + "and the grafts12 of 106 cells."
    start, power = text.index("12"), text.index("106") + 2
    raised = [start, start + 2, power, power + 1]
    blocks = make_blocks(("heading", "Introduction"), {"kind": "text", "text": text, "raised": raised})
    settings = CleanSettings(keep_captions=False, keep_headings=False, min_words=10, keep_citations=keep)
    rows, ledger, *_ = clean_papers(blocks, settings)
    assert shown in texts(rows)[0]
    assert ledger_of(ledger).get("citation", 0) == (0 if keep else 2)
    assert sum(ledger_of(ledger).values()) == len(text) + len("Introduction")
    assert rows["characters"].to_pylist() == [ledger_of(ledger)[KEPT]]


def test_body_after_the_references_is_kept():
    blocks = make_blocks(
        ("heading", "Introduction"),
        ("text", PROSE),
        {"kind": "heading", "text": "References", "page": 2},
        {"kind": "text", "text": "1. Maker A. Hearts in a box. J Art. 2019;1:2-3.", "page": 2, "font_size": 7},
        {"kind": "heading", "text": "Methods", "page": 3},
        {"kind": "text", "text": PROSE, "page": 3},
    )
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=10))
    assert [text[:12] for text in texts(rows)] == ["Introduction", "the graft an", "Methods", "the graft an"]


def test_ethics_among_the_methods_stays_and_at_the_end_goes():
    ethics = ("heading", "Ethics approval")
    blocks = make_blocks(
        ("heading", "Methods"),
        ("text", PROSE),
        ethics,
        ("text", PROSE),
        ("heading", "Results"),
        ("text", PROSE),
        ethics,
        ("text", "Given."),
    )
    rows, ledger, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=10))
    assert texts(rows).count("Ethics approval") == 1
    assert ledger_of(ledger)["back matter"] == len("Ethics approval") + len("Given.")


def test_short_paper_is_rejected_with_both_numbers():
    rows, ledger, rejected, _ = clean_papers(make_blocks(("text", "Only five words stand here.")), SETTINGS)
    assert rows.num_rows == 0
    (record,) = rejected.to_pylist()
    assert record["reason"] == "too short" and tells(record["detail"], 5, 100)
    assert ledger_of(ledger) == {"rejected paper": 27}


def test_paper_of_unmapped_glyphs_is_rejected():
    _, _, rejected, _ = clean_papers(make_blocks(("text", "\ufffd\ue001 " * 500)), SETTINGS)
    assert rejected["reason"].to_pylist() == ["unreadable font"]


def test_papers_do_not_mix():
    blocks = pa.concat_tables([make_blocks({"kind": "text", "text": PROSE, "paper": name}) for name in ("a", "b")])
    rows, *_ = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=10))
    assert rows["paper"].to_pylist() == ["a", "b"]
    assert rows["row"].to_pylist() == [0, 0]


def test_no_papers_make_empty_tables():
    rows, ledger, rejected, _ = clean_papers(BLOCKS.empty_table(), SETTINGS)
    assert rows.num_rows == ledger.num_rows == rejected.num_rows == 0


GERMAN = """Nach einer Herztransplantation werden die Patienten in den ersten Monaten engmaschig untersucht, weil eine
Abstoßung in dieser Zeit am häufigsten ist. Die Biopsie des rechten Ventrikels gilt noch immer als das sicherste
Verfahren, doch sie ist belastend und wird deshalb in vielen Zentren seltener als früher vorgenommen. """
CHINESE = "心脏移植后,患者在最初几个月内需要接受密切的检查,因为这一时期最容易发生排斥反应。" * 12


def only_english(*records):
    settings = CleanSettings(keep_captions=False, keep_headings=True, min_words=100, language="en")
    return clean_papers(make_blocks(*records), settings)


@pytest.mark.parametrize(("text", "language"), [(GERMAN * 3, "de"), (CHINESE, "zh")])
def test_paper_in_another_language_is_rejected_with_the_language_found(text, language):
    _, ledger, rejected, _ = only_english(("text", text), ("reference", "Smith J. Hearts in a box. 2019."))
    (record,) = rejected.to_pylist()
    assert record["reason"] == "other language" and tells(record["detail"], language, "en")
    assert ledger_of(ledger) == {"rejected paper": len(text) + len("Smith J. Hearts in a box. 2019.")}


def test_an_abstract_in_another_language_is_no_reason():
    rows, _, rejected, _ = only_english(("text", GERMAN), *[("text", PROSE)] * 5)
    assert rejected.num_rows == 0 and rows.num_rows > 0


def test_any_language_is_kept_if_asked():
    assert clean_papers(make_blocks(("text", GERMAN * 3)), SETTINGS)[2].num_rows == 0


def test_a_text_too_short_to_tell_is_too_short():
    assert only_english(("text", "Die Biopsie des rechten Ventrikels."))[2]["reason"].to_pylist() == ["too short"]


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match=naming("'eng'", "en")):
        clean_papers(BLOCKS.empty_table(), CleanSettings(False, True, 100, language="eng"))


def test_the_heading_over_how_to_cite_is_front_matter():
    cite = "► Please cite this article as:"
    _, ledger, *_ = clean_papers(make_blocks(("text", PROSE), ("heading", cite), ("text", PROSE)), SETTINGS)
    assert ledger_of(ledger)["front matter"] == len(cite)


def test_words_of_papers_cleaned_together_help_each_other():
    """As another paper writes it: "colony-forming"."""
    broken = make_blocks(("text", PROSE + "\nof the colony-\nforming units."))
    helper = make_blocks({"kind": "text", "text": PROSE + "of the colony-forming units.", "paper": "q"})
    settings = CleanSettings(keep_captions=False, keep_headings=True, min_words=10)
    rows = clean_papers(pa.concat_tables([broken, helper]), settings)[0]
    assert texts(rows)[0].endswith("of the colony-forming units.")


def test_a_semicolon_at_a_columns_foot_ends_no_paragraph():
    above = {"kind": "text", "text": f"In the first column {PROSE.strip()};", "y0": 600, "y1": 700}
    below = {"kind": "text", "text": f"Maker and Drawer {PROSE.strip()}.", "y0": 80, "y1": 180, "x0": 310, "x1": 550}
    rows, *_ = clean_papers(make_blocks(above, below), SETTINGS)
    assert len(texts(rows)) == 1
    rows, *_ = clean_papers(make_blocks(above, below | {"y0": 710, "y1": 800}), SETTINGS)
    assert len(texts(rows)) == 2


@pytest.mark.parametrize(("carried", "size", "rows"), [(True, 10, 1), (False, 10, 2), (True, 8, 2)])
def test_a_block_that_is_carried_goes_on_behind_a_full_stop(carried, size, rows):
    above = {"kind": "text", "text": f"In the first column {PROSE.strip()}.", "font_size": size}
    below = {"kind": "text", "text": f"In the next {PROSE.strip()}.", "carried": carried}
    assert len(texts(clean_papers(make_blocks(above, below), SETTINGS)[0])) == rows


@pytest.mark.parametrize(("unread", "refused"), [([3], []), ([3, 8], [("damaged", 9)])])
def test_a_paper_too_many_of_whose_pages_are_unread_is_damaged_and_has_the_pages_of_its_file(unread, refused):
    """Of nine pages a fifth may be lost, which is one; only the first has blocks."""
    read = {"paper": "p", "file": "P 2020.pdf", "pages": 9, "unread_pages": unread, "damaged_pages": unread[:1]}
    readings = pa.Table.from_pylist([read], READINGS)
    settings = CleanSettings(keep_captions=False, keep_headings=True, min_words=10, max_damaged_fraction=0.2)
    rejected = clean_papers(make_blocks(("heading", "Introduction"), ("text", PROSE)), settings, readings)[2]
    assert [(line["reason"], line["pages"]) for line in rejected.to_pylist()] == refused
    assert set(rejected["file"].to_pylist()) <= {"P 2020.pdf"}  # as its folder has it, not the name that it got here
