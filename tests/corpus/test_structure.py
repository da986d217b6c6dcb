"""References, licences, addresses, captions and section names, told by their structure."""

import pytest

from further.corpus.clean.structure import is_address, is_biography, is_legend, is_license, is_note, is_reference
from further.corpus.sections import EVERY, is_section, plain_heading, run_in

PROSE = "We found that the hearts which had been kept in the cold for four hours did as well as the others did."


@pytest.mark.parametrize(
    "text",
    [
        "12. Maker A, Drawer B, et al. Hearts kept in a box. J Made Art. 2019;12(3):45-52.",
        "Maker, A., and Drawer, B. (2019). Hearts kept in a box. Journal of Art 12, 45–52. doi: 10.1000/xyz",
        "[7] A. Maker, B. Drawer, Hearts kept in a box, J. Made Art. 12 (2019) 45–52.",
    ],
)
def test_references(text):
    assert is_reference(text)
    assert not is_license(text)


@pytest.mark.parametrize(
    "text", [PROSE, "As Maker et al. (2019) found, the hearts that were kept in the cold did as well as others."]
)
def test_prose_is_none_of_them(text):
    assert not is_reference(text) and not is_license(text) and not is_address(text) and not is_legend(text)


def test_licences():
    assert is_license("© 2020 The Authors. This is an open access article under the terms of the licence CC BY.")
    assert is_license("Permission to make copies of this work for personal or classroom use is granted. © 2020 ACM")
    assert is_license("Published by Made Press Ltd.") and is_license("© 2020 The Authors")
    assert is_license("Published by Made Publications on behalf of the Union of Makers.")


@pytest.mark.parametrize(
    "text",
    [
        "The hospital holds a copyright notice for its own guideline, " + PROSE,
        "The two groups did not differ in terms of the primary outcome.",
        "In a trial published by Lee et al. including 120 patients, mortality was lower.",
        "The drug lost the licence for this indication in 2015.",
        "The questionnaire is under copyright and was used with permission.",
        "A study published by Kim et al. showed increased pressures; the centres differed in terms of the age.",
    ],
)
def test_what_is_said_with_a_licences_words_is_none(text):
    assert not is_license(text)


@pytest.mark.parametrize(
    "text",
    [
        "1Department of Surgery, University of Somewhere, Sometown, Country; 2Institute of Boxes, Othertown",
        "*Correspondence: ada.maker@example.org",
        "Received 3 May 2019; accepted 7 June 2019",
        "Received: 14.08.2019 / Accepted: 2.10.2019",
        "Published online: 12 March 2020",
        "Article type: Review article",
        "Accepted for publication Sept 1, 2018",
        "Edited by: Ada Maker, University of Somewhere",
        "Our paper was received on 3 May 2019 and accepted on 7 June 2019",
        "Ada Maker, ada.maker@example.org",
    ],
)
def test_addresses(text):
    assert is_address(text)


@pytest.mark.parametrize("repeats", [1, 4])
def test_prose_with_an_address_of_e_mail_is_one_while_it_is_short(repeats):
    """Of 22 and of 82 words."""
    assert is_address(repeats * PROSE + " ada.maker@example.org") is (repeats == 1)


@pytest.mark.parametrize(
    "text",
    [
        "Published data on the outcome are scarce, and it is not known whether they hold for women.",
        "Participants received a telephone call; controls received 20 mg of the drug and usual care at the clinic.",
    ],
)
def test_what_was_received_or_published_on_no_date_is_no_date(text):
    assert not is_address(text)


def test_legend_of_abbreviations():
    assert is_legend("BP = blood pressure; HR = heart rate; CI = confidence interval")


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("2.1. Study design", "Study design"),
        ("IV. RESULTS", "RESULTS"),
        ("1 | INTRODUCTION", "INTRODUCTION"),
        ("a b s t r a c t", "abstract"),
        ("B. Study design", "Study design"),
        ("b) study design", "study design"),
        ("C. elegans strains", "C. elegans strains"),
        ("V. cholerae", "V. cholerae"),
        ("X chromosome inactivation", "X chromosome inactivation"),
        ("3. E. coli strains", "E. coli strains"),
    ],
)
def test_headings_lose_their_number(heading, plain):
    assert plain_heading(heading) == plain


def test_section_names():
    assert is_section(EVERY.abstract, "Abstract") and is_section(EVERY.body, "3 Materials and methods")
    assert is_section(EVERY.back, "Acknowledgments") and is_section(EVERY.back, "Author contributions")
    assert is_section(EVERY.back, "Conflict of interest statement") and is_section(
        EVERY.back, "Data Availability Statement"
    )
    assert not is_section(EVERY.back, "Data collection") and not is_section(
        EVERY.back, "Contribution of the donor to survival"
    )
    assert EVERY.references.fullmatch("References") and not EVERY.references.fullmatch("Reference values of troponin")


@pytest.mark.parametrize(
    ("text", "lead", "expected"),
    [
        ("Funding: This work was paid for by nobody.", 0, True),
        ("Acknowledgements\nWe thank the nurses of the clinic and all\nwho helped", 0, True),
        ("Acknowledgements We thank the nurses", 16, True),
        ("Funding of transplantation differs between countries and years", 0, False),
        ("Consent was asked of every patient before", 0, False),
    ],
)
def test_run_in_headings(text, lead, expected):
    assert run_in(EVERY.back, text, lead) is expected


@pytest.mark.parametrize(
    "text",
    [
        "BP: Blood pressure; HR: Heart rate; CI: Confidence interval; OR: Odds ratio",
        "CI- complete inhibition, NL- neutral lipids, PL- phospholipids, UM- unsaponifiable matter",
        "+++=Numerous, -=Not detected, +=A few, ChAT=Choline acetyltransferase, O. sanctum=Ocimum sanctum",
        "FPKM, fragments per kilobase; DXS, deoxyxylulose synthase; HMGR, hydroxymethylglutaryl reductase",
    ],
)
def test_legends_of_abbreviations_between_other_marks(text):
    assert is_legend(text)


@pytest.mark.parametrize(
    "text",
    [
        "Friederike Maker earned a Ph.D. in Psychology from the University of Somewhere.",
        "BEN DRAWER received the B.S. and M.S. degrees in electrical engineering from a college.",
        "He holds a diploma in physics and is now a professor of boxes.",
    ],
)
def test_lives_of_authors(text):
    assert is_biography(text)


@pytest.mark.parametrize(
    "text",
    ["Patients received a high degree of care.", "The drug obtained a license.", "The group received a dose of 5 mg."],
)
def test_what_patients_receive_is_no_life(text):
    assert not is_biography(text)


@pytest.mark.parametrize(
    "text",
    [
        "* These authors contributed equally to the work.",
        "This work was supported in part by the fund for the study of the heart.",
        "The funders had no role in the design of the study.",
        "The costs of publication were defrayed by page charges.",
        "© 2020 The Authors. Published by Made Press Ltd.",
    ],
)
def test_notes(text):
    assert is_note(text)


@pytest.mark.parametrize(
    ("heading", "plain"),
    [
        ("AC K N OWL E D G M E N T S", "ACKNOWLEDGMENTS"),
        ("C O N FL I C T O F I N T E R E S T", "CONFLICT OF INTEREST"),
        ("DATA AVA I L A B I L I T Y S TAT E M E N T", "DATA AVAILABILITY STATEMENT"),
        ("AU T H O R C O N T R I B U T I O N S", "AUTHOR CONTRIBUTIONS"),
        ("K E Y W O R D S", "KEYWORDS"),
        ("USE OF A B CELL TEST IN US", "USE OF A B CELL TEST IN US"),
        ("A use of it in us", "A use of it in us"),
    ],
)
def test_spaced_letters_are_closed_to_the_words_of_section_names(heading, plain):
    assert plain_heading(heading) == plain
