"""Names and marks that end an article, and the same words where they do not."""

import pytest

from corpus.test_clean import PROSE, ledger_of, make_blocks
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.sections import EVERY, is_section

SETTINGS = CleanSettings(keep_captions=False, keep_headings=True, min_words=10)


def section(heading, page=3):
    """A bold heading and 66 words under it, no two paragraphs alike."""
    return (
        {"kind": "heading", "text": heading, "page": page, "bold": True},
        {"kind": "text", "text": f"Under {heading} {PROSE.strip()}.", "page": page},
    )


def article(*headings):
    """Sections one below the other, the abstract on the first page."""
    return (*section("Abstract", 1), *section("Introduction", 1), *(b for name in headings for b in section(name)))


def dropped(*records):
    """First lines of what is dropped, by reason, and of what is kept."""
    blocks = make_blocks(*records)
    decisions = clean_papers(blocks, SETTINGS)[3]
    pairs = zip(decisions["reason"].to_pylist(), blocks["text"].to_pylist(), strict=True)
    return {(reason, text.split("\n")[0]) for reason, text in pairs if reason != "kept"}


@pytest.mark.parametrize(
    "heading",
    [
        "Annexin V staining",
        "Declaration of Helsinki",
        "Disclosure of HIV status",
        "Financial toxicity",
        "Funding models",
        "Data sharing in transplantation",
        "Supporting information needs",
        "Correspondence analysis",
        "Presentation at admission",
        "Consent to donation",
        "Availability of donor hearts",
        "Received dose 2",
        "Biographical data",
    ],
)
def test_a_subject_that_begins_like_back_matter_is_none(heading):
    assert not is_section(EVERY.back, heading)
    assert dropped(*article("Epidemiology", heading, "Allocation", "Outcomes")) == set()


@pytest.mark.parametrize(
    "heading",
    [
        "Statement of Ethics",
        "Statements and declarations",
        "Conflict-of-interest disclosure",
        "Financial & competing interests disclosure",
        "Authorship",
        "CRediT authorship contribution statement",
        "Article Information",
        "Role of the Funder/Sponsor",
        "Nonstandard Abbreviations and Acronyms",
        "Declaration of generative AI and AI-assisted technologies in the writing process",
        "Generative AI statement",
        "Multimedia Appendix 1",
        "Appendix A. Supplementary data",
        "Sample Availability",
        "Ethics approval and consent to participate",
        "Institutional review board approval",
        "Compliance with Ethics Guidelines",
        "Peer-review",
        "Disclaimer",
    ],
)
def test_names_of_back_matter(heading):
    assert is_section(EVERY.back, heading)
    end = section(heading)
    reasons = clean_papers(make_blocks(*article("Methods", "Discussion"), *end), SETTINGS)[3]["reason"].to_pylist()
    assert reasons[-2:] == ["back matter", "back matter"]


@pytest.mark.parametrize("heading", ["References (57)", "References cited", "Further reading", "LITERATURE CITED"])
def test_names_of_reference_lists(heading):
    assert EVERY.references.fullmatch(heading)


@pytest.mark.parametrize("opener", ["Ethics statement", "Statement of Ethics", "Data availability", "Peer review"])
def test_a_part_of_the_last_section_ends_at_the_next_heading_set_alike(opener):
    """Journals that print the methods last often begin them with the ethics statement."""
    methods = {"kind": "heading", "text": "Methods", "page": 3, "bold": True}
    end = ({"kind": "heading", "text": "Acknowledgements", "page": 4, "bold": True}, ("text", "We thank all."))
    found = dropped(
        *article("Results", "Discussion"), methods, *section(opener), *section("Animals"), *section("Imaging"), *end
    )
    assert found - {("heading", "Methods")} == {
        ("back matter", opener),
        ("back matter", f"Under {opener} {PROSE.strip()}."),
        ("back matter", "Acknowledgements"),
        ("back matter", "We thank all."),
    }


def test_a_run_in_part_of_the_last_section_is_one_paragraph():
    ethics = {"kind": "text", "text": "Ethics statement. Approval was given.", "page": 3, "lead": 17}
    for below in (section("Animals"), section("Animals")[1:]):
        ledger = ledger_of(clean_papers(make_blocks(*article("Results", "Methods"), ethics, *below), SETTINGS)[1])
        assert ledger["back matter"] == len("Ethics statement. Approval was given.")


def test_what_looks_like_a_reference_is_none_in_the_first_half_of_an_article():
    cited = "Maker A, Drawer B, et al. Donor hearts kept in cold boxes. J Made Art. 2019;12(3):45-52."
    end = [block for name in ("Methods", "Results", "Discussion", "Limits") for block in section(name)]
    assert not dropped(*article("Books"), ("text", cited), *end)
    assert dropped(*article("Books"), *end, ("text", cited)) == {("reference", cited)}


def test_a_turned_table_of_many_cells_under_the_name_of_references_is_no_list_of_them():
    cells = [{"kind": "other", "text": f"Maker the {number}th of this", "page": 3} for number in range(12)]
    head = {"kind": "other", "text": "Reference", "page": 3}
    assert not {
        text for reason, text in dropped(*article("Drugs"), head, *cells, *section("Devices")) if reason == "reference"
    }


def entries(*numbers):
    return [
        ("reference", f"{n}. Maker A, Drawer B. Hearts kept in a box. J Made Art. 2019;{n}:11-19.") for n in numbers
    ]


@pytest.mark.parametrize(
    "head",
    [
        {"kind": "other", "text": "Reference", "page": 3},  # of a turned table
        {"kind": "heading", "text": "References", "page": 3, "font_size": 8},  # of a table without a caption
        {"kind": "text", "text": "Literature", "page": 3},  # in a figure's box
    ],
)
def test_a_column_of_a_table_named_references_begins_no_list_of_them(head):
    cells = [{"kind": "other", "text": cell, "page": 3} for cell in ("Maker 2019", "31")]
    list_of_them = ({"kind": "heading", "text": "References", "page": 4, "bold": True}, *entries(1, 2))
    found = dropped(
        *article("Drugs"), head, *cells, *section("Devices"), *section("Surgery"), *section("Outcomes"), *list_of_them
    )
    assert {text for reason, text in found if reason == "reference"} == {
        "References",
        *(text for _, text in entries(1, 2)),
    }


@pytest.mark.parametrize(
    "after", [entries(1, 2, 3), [("text", "1. Maker, Art Weekly, 12, 45"), ("text", "2. Drawer, ibid.")], []]
)
def test_a_list_of_references_needs_no_entry_that_can_be_told_but_no_prose(after):
    found = dropped(*article("Methods", "Discussion"), {"kind": "heading", "text": "References", "page": 4}, *after)
    assert found == {("reference", text) for text in ("References", *(text for _, text in after))}


@pytest.mark.parametrize(
    "paragraph",
    [
        {"text": "Setting: Three university hospitals, Sweden."},
        {"text": "Setting Tertiary referral centre, London, UK.", "lead": 7},
        {"text": "Methods: Fifty patients received one drug and 48 received the other.", "font_size": 9},
        {"text": "Results: It was better (HR = 0.72, 95% CI = 0.55-0.94, p = 0.016) and rarer (OR = 0.61, p = 0.03)."},
        {"text": "The groups differed (M = 3.2, SD = 1.1), t(48) = 2.61, p = .012, d = 0.75, in all of them."},
        {"text": "Let G = (V, E) be a graph with n = |V| vertices, where a = 1 if i = j and 0 if not."},
    ],
)
def test_a_paragraph_of_a_structured_abstract_is_no_address_and_no_glossary(paragraph):
    blocks = ({"kind": "heading", "text": "Abstract"}, {"kind": "text"} | paragraph, *section("Introduction", 1))
    assert dropped(*blocks) == set()


def test_an_address_and_a_glossary_on_the_first_page_are_dropped():
    address = "Department of Surgery, University Hospital, Sometown, Country"
    glossary = "CI = confidence interval; HR = hazard ratio; OR = odds ratio"
    found = dropped(*section("Abstract", 1), ("text", address), ("text", glossary), *section("Introduction", 1))
    assert found == {("affiliation", address), ("table", glossary)}


PLACES = "Department of Surgery, University Hospital, Sometown, Country; Cold Ward, Clinic Town, Othertown; Faculty"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"1{PLACES} Medicine, Thirdtown, Country, Ada Maker, Ben Drawer", "affiliation"),
        (f"{PLACES} Medicine, Thirdtown, Country, Ada Maker, Ben Drawer", "affiliation"),
        ("1Drugs, doses and hours, from one single hospital: " + "dose, drug, hour, " * 6, "affiliation"),
        ("Drugs, doses and hours, from one single hospital: " + "dose, drug, hour, " * 6, "kept"),
    ],
)
def test_addresses_set_in_the_bodys_size_are_told_by_a_mark_or_by_two_places(text, reason):
    found = dropped(*section("Abstract", 1), ("text", text), *section("Introduction", 1))
    assert found == ({(reason, text)} if reason != "kept" else set())


def test_a_heading_behind_the_first_page_that_names_an_institution_is_no_address():
    heading = {"kind": "heading", "text": "2.2 Anna’s Laboratory for Safe Automobiles Work", "page": 2, "bold": True}
    paragraph = {"kind": "text", "text": "In it " + PROSE.strip() + ".", "page": 2}
    assert dropped(*section("Abstract", 1), heading, paragraph, *section("Discussion", 3)) == set()
    first = dropped(*section("Abstract", 1), heading | {"page": 1}, *section("Introduction", 1))
    assert first == {("affiliation", heading["text"])}


def test_a_reference_with_many_authors_is_no_legend_of_abbreviations():
    entry = "Maker, K.; Drawer, B.; Chen, C.; Jain, A.; Lost, F. Hearts kept in a box. J. Made Art. 2022, 8, 45–52."
    listed = (
        {"kind": "heading", "text": "References", "page": 5, "bold": True},
        {"kind": "list", "text": entry, "page": 5},
    )
    assert ("reference", entry) in dropped(*article("Methods", "Discussion"), *listed)


def test_a_short_box_is_a_sidebar_and_an_abstract_set_otherwise_than_the_graphical_one_before_it_is_none():
    legend = {"kind": "text", "text": "The graft as it was seen in the clinic by the team.", "font_size": 8}
    abstract = {"kind": "text", "text": "We " + PROSE.strip() + ".", "font_size": 9}
    box = {"kind": "text", "text": "What is known: the graft is kept in the cold.", "font_size": 7}
    heads = [{"kind": "heading", "text": text, "font_size": 9} for text in ("Graphical abstract", "Abstract")]
    found = dropped(heads[0], legend, heads[1], abstract, box, *section("Introduction", 1), *section("Methods", 3))
    assert found == {("sidebar", box["text"])}


def test_a_box_of_key_concepts_that_reads_as_prose_is_kept():
    box = {"kind": "text", "text": "Social tolerance " + PROSE.strip() + ".", "font_size": 7}
    assert dropped(*section("Abstract", 1), box, *section("Introduction", 1)) == set()


LABELS = tuple(
    {"kind": "heading", "text": text, "bold": True, "font_size": 7, "page": 3} for text in ("STEM", "OLD LEAF")
)
PARTS = ({"kind": "other", "text": "CH3", "page": 3}, {"kind": "caption", "text": "Figure 2. A leaf", "page": 3})


@pytest.mark.parametrize("size", [6.5, 11])
def test_headings_that_part_a_sentence_are_labels_of_a_figure(size):
    labels = [label | {"font_size": size} for label in LABELS]
    halves = ("The hearts were kept in boxes at four degrees and", "were warmed in the morning by a nurse who")
    records = [{"kind": "text", "text": f"{half} {PROSE.strip()}", "page": 3} for half in halves]
    parted = dropped(*article("Outcomes"), records[0] | {"text": halves[0]}, *labels, records[1])
    assert parted == {("figure text", "STEM"), ("figure text", "OLD LEAF")}
    whole = dropped(*article("Outcomes"), records[0] | {"text": f"{halves[0]} so on."}, *labels, records[1])
    assert whole == set()


def test_small_headings_between_parts_of_a_figure_are_labels():
    found = dropped(*article("Outcomes"), PARTS[0], *LABELS, PARTS[1], *section("Deaths"))
    assert {text for reason, text in found if reason == "figure text"} == {"CH3", "STEM", "OLD LEAF"}
    alone = dropped(*article("Outcomes"), PARTS[1], LABELS[0], *section("Deaths")[1:])
    assert alone == {("caption", "Figure 2. A leaf")}


@pytest.mark.parametrize(
    ("end", "start", "joined"),
    [
        ("was recorded at 75.7", "mm in all", True),
        ("was kept.7", "the heart", False),
        ("in 2005.7", "Hearts were", False),
    ],
)
def test_a_decimal_number_at_a_blocks_end_is_no_end_of_a_sentence(end, start, joined):
    blocks = make_blocks(
        *article("Outcomes"), ("text", f"The plan {PROSE.strip()} {end}"), ("text", f"{start} {PROSE}")
    )
    texts = clean_papers(blocks, SETTINGS)[0]["text"].to_pylist()
    assert any(f"{end} {start}" in text for text in texts) is joined


@pytest.mark.parametrize(("size", "reason"), [(13, "kept"), (8, "front matter")])
def test_prose_larger_than_the_body_before_an_articles_first_paragraph_is_kept(size, reason):
    lead = {"kind": "text", "text": " ".join(PROSE.split()[19::-1]) + ".", "font_size": size}
    title = {"kind": "title", "text": "Hearts that are kept in the cold of the box", "font_size": 18}
    found = dropped(title, lead, *article("Introduction", "Methods"))
    assert {why for why, text in found if text == lead["text"]} == {reason} - {"kept"}


@pytest.mark.parametrize(
    ("lead", "reason"),
    [
        ("In this note we describe two ways to keep the heart of a donor in the cold.", "kept"),
        ("This work was supported by the council of the town for which the team was made.", "front matter"),
        ("Ada Maker, Department of Tests, University of Somewhere, Faculty of Boxes, Sometown", "affiliation"),
    ],
)
def test_a_short_first_paragraph_is_kept(lead, reason):
    title = {"kind": "title", "text": "Hearts that are kept in the cold of the box", "font_size": 18}
    found = dropped(title, ("text", lead), *section("Two ways", 1), *section("Results", 2))
    assert {why for why, text in found if text == lead} == {reason} - {"kept"}
