"""Where references, back matter and appendices begin and end."""

import pytest

from corpus.test_clean import PROSE, make_blocks
from corpus.test_reasons import article, dropped, entries, section
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.sections import sections_in

WORDS = len(PROSE.split())  # 66 words a paragraph


def paragraph(name, page=3, **columns):
    return {"kind": "text", "text": f"In the {name} {PROSE.strip()}.", "page": page} | columns


def heading(text, page=3, **columns):
    return {"kind": "heading", "text": text, "page": page, "bold": True} | columns


def reasons(*records, **settings):
    """Reason of each block, by its first three words."""
    blocks = make_blocks(*records)
    made = clean_papers(blocks, CleanSettings(keep_captions=False, keep_headings=True, min_words=10, **settings))[3]
    pairs = zip(blocks["text"].to_pylist(), made["reason"].to_pylist(), strict=True)
    return {" ".join(text.split()[:3]): reason for text, reason in pairs}


@pytest.mark.parametrize("kind", ["text", "footnote", "other"])
@pytest.mark.parametrize(
    "note",
    [
        "Author contributions: A.M. and B.L. designed the research, and C.O. wrote the paper.",
        "Funding: This work was supported by the fund for the study of the heart.",
        "Conflict of interest: The authors declare none.",
        "Disclosures: None of the authors has anything to disclose.",
        "Acknowledgments: We thank the nurses of the ward.",
        "Data availability: All data are in the article.",
        "Reprints: Requests go to the first author.",
    ],
)
def test_back_matter_in_small_print_on_the_first_page_ends_with_its_block(kind, note):
    """The article has no heading of the body behind it."""
    small = {"kind": kind, "text": note, "page": 1, "font_size": 6}
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = dropped(*section("Abstract", 1), paragraph("beginning", page=1), small, *body)
    assert {text for _, text in found} == {note}


def test_a_note_that_goes_on_in_the_next_block_is_dropped_whole():
    note = ({"kind": "text", "text": "Funding: This work was", "page": 1, "font_size": 6, "lead": 8},)
    rest = ({"kind": "text", "text": "supported by the fund for the study of the heart.", "page": 1, "font_size": 6},)
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = dropped(*section("Abstract", 1), paragraph("beginning", page=1), *note, *rest, *body)
    assert {text for _, text in found} == {note[0]["text"], rest[0]["text"]}


def test_small_print_under_a_heading_goes_on_over_a_page():
    note = [
        {"kind": "heading", "text": "Funding information", "page": 4, "font_size": 7, "bold": True},
        {"kind": "text", "text": "It was paid for by the fund for the study of", "page": 4, "font_size": 7},
        {"kind": "text", "text": "the heart, and by others.", "page": 5, "font_size": 7},
    ]
    before = [paragraph(f"beginning {number}", page=3) for number in range(6)]
    body = [paragraph(f"part {number} of the article", page=5) for number in range(6)]
    found = dropped(*section("Abstract", 1), *before, *note, *body)
    assert {text for _, text in found} == {piece["text"] for piece in note}


def test_a_heading_in_small_print_takes_the_small_print_under_it_and_no_more():
    note = [
        {"kind": "heading", "text": "Funding information", "page": 2, "font_size": 7, "bold": True},
        {"kind": "text", "text": "The fund for the study of the heart, and others.", "page": 2, "font_size": 7},
        {"kind": "text", "text": "The ward of the clinic, for its time.", "page": 2, "font_size": 7},
    ]
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = dropped(*section("Abstract", 1), paragraph("beginning", page=1), *note, *body)
    assert {text for _, text in found} == {piece["text"] for piece in note}


@pytest.mark.parametrize(("following", "kept"), [(3, False), (4, True)])
def test_back_matter_is_no_end_where_more_than_200_words_of_the_body_follow(following, kept):
    """Of paragraphs of 70 words the first is the acknowledgement's own; 3 x 70 - 70 is below 200, 4 x 70 - 70 above."""
    body = [paragraph(f"part {number}") for number in range(following)]
    found = reasons(*article("Methods", "Discussion"), heading("Acknowledgements"), *body)
    assert found["In the part"] == ("kept" if kept else "back matter")
    every = make_blocks(*article("Methods", "Discussion"), heading("Acknowledgements"), *body)
    decided = clean_papers(every, CleanSettings(False, True, 10))[3]["reason"].to_pylist()[-following:]
    assert decided == ["back matter"] + ["kept" if kept else "back matter"] * (following - 1)


@pytest.mark.parametrize(("parts", "kept"), [(20, False), (10, True)])
def test_a_tenth_of_the_body_may_follow_back_matter_of_a_long_article(parts, kept):
    """280 words in four paragraphs, of which three count: a tenth of 20 sections is more, of 10 sections less."""
    body = [paragraph(f"part {number}") for number in range(4)]
    names = [f"Subject {number}" for number in range(2 * parts)]
    blocks = make_blocks(*article(*names), heading("Acknowledgements"), *body)
    decided = clean_papers(blocks, CleanSettings(False, True, 10))[3]["reason"].to_pylist()
    assert decided[-1] == ("kept" if kept else "back matter")


OWED = "The authors were funded by the council. They had consent, and the data are available on request. "


@pytest.mark.parametrize(
    ("below", "reason"),
    [
        (PROSE.strip().capitalize() + ".", "kept"),
        (f"{OWED}{PROSE.strip()}.", "back matter"),
        ("Ada Maker received the B.Sc. degree from the school of the town. " + PROSE.strip(), "back matter"),
        ("The graft was seen by the team.", "back matter"),
    ],
)
def test_a_section_of_unknown_name_behind_back_matter_is_kept_over_60_words_about_a_subject(below, reason):
    end = (heading("Acknowledgements", 4), {"kind": "text", "text": "We thank all who helped.", "page": 4})
    more = (heading("Lessons for wards", 4), {"kind": "text", "text": below, "page": 4})
    found = reasons(*article("Methods", "Discussion"), *end, *more, heading("Funding", 4), paragraph("fund", 4))
    assert (found["Lessons for wards"], found[" ".join(below.split()[:3])]) == (reason, reason)
    assert (found["We thank all"], found["In the fund"]) == ("back matter", "back matter")


@pytest.mark.parametrize(("size", "kept"), [(7, False), (10, True)])
def test_small_print_named_as_a_section_is_none_of_the_body(size, kept):
    """As over the parts of a figure, or in the title of a reference."""
    body = [paragraph(f"part {number}") for number in range(2)]
    results = heading("Results", 4, bold=False, font_size=size)
    blocks = make_blocks(*article("Methods", "Discussion"), heading("Acknowledgements"), *body, results, *body[:1])
    decided = clean_papers(blocks, CleanSettings(False, True, 10))[3]["reason"].to_pylist()
    assert decided[-3] == ("kept" if kept else "back matter")


def test_prose_behind_the_references_without_a_heading_is_no_reference():
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    more = [paragraph(f"experiment {number}", 6) for number in range(5)]
    assert reasons(*body, *more)["In the experiment"] == "kept"


@pytest.mark.parametrize("name", ["Open Peer Review", "Referee Report 1", "Decision letter"])
def test_what_referees_wrote_behind_the_references_is_dropped_however_long_it_is(name):
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    review = [paragraph(f"review {number}", 6) for number in range(9)]
    found = reasons(*body, heading(name, 6), *review, heading("Competing views", 7), paragraph("answer", 7))
    assert (found["In the review"], found["In the answer"]) == ("back matter", "back matter")


def test_lives_of_authors_behind_the_references_are_no_appendix():
    life = "Ada Maker received the B.Sc. degree from the school of the town in which she and her team work. "
    lives = [{"kind": "text", "text": life + PROSE.strip() + f" {number}.", "page": 6} for number in range(6)]
    body = (*article("Methods", "Discussion"), heading("References", 5), *entries(1, 2, 3))
    assert reasons(*body, *lives)["Ada Maker received"] == "reference"


def test_chapters_with_references_of_their_own_are_all_kept():
    chapters = [
        block
        for number in range(1, 4)
        for block in (
            heading(f"{number} Methods of the chapter", number),
            paragraph(f"chapter {number}", number),
            heading("References", number),
            *entries(number),
        )
    ]
    found = dropped(*section("Abstract", 1), *chapters)
    assert {reason for reason, text in found if text.startswith("In the chapter")} == set()
    assert {text for reason, text in found if reason == "reference"} >= {text for _, text in entries(1, 2, 3)}


def test_small_print_may_begin_with_a_name_and_no_mark():
    """Fonts that do not say that they are bold: "Acknowledgments This work was conducted"."""
    note = {
        "kind": "text",
        "text": "Acknowledgments This work was done as part of a thesis.",
        "font_size": 8,
        "page": 4,
    }
    assert dropped(*article("Methods", "Discussion"), note) == {("back matter", note["text"])}


def entry(number, sure):
    cite = "Maker A, Drawer B, et al. Hearts kept. J Made Art. 2019;12(3):45-52."
    text = cite if sure else "heart in its box, and of what became of it in the clinic, by the team of the ward."
    return {"kind": "list", "text": f"[{number}] A {text}", "page": 4}


@pytest.mark.parametrize(("sure", "reason"), [({1, 4, 6}, "reference"), ({1}, "kept")])
def test_a_numbered_list_without_a_heading_is_one_of_references_if_a_third_of_it_surely_is(sure, reason):
    listed = [entry(number, number in sure) for number in range(1, 7)]
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = reasons(*section("Abstract", 1), *body, *listed, paragraph("second article", page=4))
    assert found["[2] A heart"] == found["[5] A heart"] == reason
    assert found["In the second"] == "kept"


def test_a_supplements_references_are_references():
    listed = [entry(number, number in {2, 4}) for number in range(1, 6)]
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = reasons(*section("Abstract", 1), *body, heading("Supplementary References"), *listed[1:])
    assert {found["[3] A heart"], found["[4] A Maker"], found["[5] A heart"]} == {"reference"}


@pytest.mark.parametrize(
    "thanks",
    [
        "We thank the nurses of the ward for their help with this study of the heart.",
        "The authors are grateful to the nurses of the ward. This work was supported by the fund for the study of it.",
        "This research was partially supported by the fund for the study of the heart under grant 12.",
    ],
)
def test_acknowledgements_without_a_heading_end_the_article(thanks):
    note = {"kind": "text", "text": thanks, "page": 4}
    assert dropped(*article("Methods", "Discussion"), paragraph("end", page=4), note) == {("back matter", thanks)}


def test_what_the_authors_acknowledge_of_their_study_is_none():
    said = "We acknowledge that the study of the heart was small and that the wards were not the same."
    assert not dropped(*article("Methods", "Discussion"), {"kind": "text", "text": said, "page": 4})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wir danken den Schwestern der Station."),
        ("fr", "Nous remercions les infirmières du service."),
        ("es", "Agradecemos a las enfermeras del servicio."),
        ("pt", "Os autores agradecem às enfermeiras."),
        ("it", "Ringraziamo le infermiere del reparto."),
        ("nl", "Wij danken de verpleegkundigen."),
        ("sv", "Vi tackar sjuksköterskorna på avdelningen."),
    ],
)
def test_acknowledgements_begin_with_thanks_in_each_language(language, text):
    assert sections_in(language).thanks.match(text)
    assert sections_in(language).owed.search(text)
    assert not sections_in("en").thanks.match(text)


def test_an_entry_of_a_list_of_figures_may_have_several_lines():
    entries = [
        {
            "kind": "heading",
            "text": "1.1 How the heart of a donor is kept in the cold for as long as",
            "y0": 130,
            "y1": 140,
        },
        {"kind": "text", "text": "it takes to bring it . . . . . . . . . . . 12", "y0": 142, "y1": 152},
    ]
    body = [paragraph(f"part {number} of the article", page=2) for number in range(6)]
    found = reasons(
        {"kind": "heading", "text": "List of Figures", "page": 1}, *entries, *section("Introduction", 2), *body
    )
    assert [found[" ".join(entry["text"].split()[:3])] for entry in entries] == ["contents", "contents"]


@pytest.mark.parametrize(
    "thanks",
    [
        "We are grateful to the staff of the clinic for their help in all of this.",
        "The authors thank A. Maker for reading the paper.",
        "This work was supported by the fund for the study of the heart.",
        "The funders of the study had no role in it.",
    ],
)
def test_thanks_without_a_heading_are_back_matter_at_the_end_alone(thanks):
    body = [paragraph(f"part {number} of the article", page=2) for number in range(12)]
    note = {"kind": "text", "text": thanks, "page": 4}
    listed = (heading("References", 5), *entries(1, 2, 3))
    start = " ".join(thanks.split()[:3])
    assert reasons(*section("Abstract", 1), *body, note, *listed)[start] == "back matter"
    assert reasons(*section("Abstract", 1), *body[:6], note, *body[6:], *listed)[start] == "kept"


def test_methods_in_small_type_behind_the_references_are_kept():
    body = (*article("Introduction", "Results"), heading("References", 5), *entries(1, 2, 3))
    methods = [paragraph(f"method {number}", 6, font_size=8) for number in range(3)]
    found = reasons(*body, heading("Methods", 6), *methods)
    assert found["In the method"] == "kept"


@pytest.mark.parametrize(("repeats", "note", "reason"), [(40, False, "reference"), (20, True, "affiliation")])
def test_addresses_behind_the_references_are_dropped(repeats, note, reason):
    """Journals of the Nature family print all authors and their institutions between references and methods."""
    body = (*article("Introduction", "Results"), heading("References", 5), *entries(1, 2, 3))
    address = "1Department of Surgery, University of Somewhere, Sometown, Country. 2Institute of Boxes, Othertown. "
    places = {"kind": "text", "text": repeats * address + "e-mail: ada.maker@example.org", "page": 6, "font_size": 7}
    small = (heading("Additional information", 5, font_size=7),) if note else ()
    methods = [paragraph(f"method {number}", 7) for number in range(5)]
    found = reasons(*body, *small, places, heading("Methods", 7), *methods)
    assert found["1Department of Surgery,"] == reason and found["In the method"] == "kept"


@pytest.mark.parametrize(("size", "reason"), [(13, "sidebar"), (10, "kept")])
def test_lettering_that_says_again_what_a_paragraph_says_is_a_pull_quote(size, reason):
    quote = "“" + " ".join(PROSE.split()[3:12]) + "”"
    found = reasons(*article("Methods", "Discussion"), {"kind": "text", "text": quote, "page": 3, "font_size": size})
    assert found[" ".join(quote.split()[:3])] == reason
