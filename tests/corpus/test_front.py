"""What stands before an article's first paragraphs and beside them, and lists of contents."""

import pytest

from corpus.made import LEFT, prose, write
from corpus.test_clean import PROSE
from corpus.test_reasons import dropped, section
from corpus.test_small_type import first_page, make_pages, reasons_of

BOX = [
    "Recommendation {}. We recommend that the heart of",
    "a donor is kept at four degrees for no more than",
    "{} hours before it is given to the patient.",
]


def box(number):
    return [text.format(number) for text in BOX]


@pytest.mark.parametrize("page_number", [1, 2])
def test_boxes_of_one_sentence_in_small_type_are_text_at_a_pages_foot_too(tmp_path, page_number):
    """As recommendations of a guideline: two among the paragraphs, and the last of a page at its foot."""

    def draw(number, page):
        if number == 1:
            first_page(page, top=300)
        elif number != page_number:
            return False
        if number == page_number:
            for place, y in enumerate((560, 650, 740), 1):
                write(page, LEFT, y, box(place), size=9)
                write(page, LEFT, y + 40, prose(3, f"{place} box")) if place < 3 else None
        return True

    found = reasons_of(make_pages(tmp_path / "p.pdf", draw))
    assert {found[text] for place in (1, 2, 3) for text in box(place)} == {"kept"}


def test_a_box_on_the_second_page_is_text_if_those_on_the_first_are():
    boxes = [
        {"kind": "text", "text": " ".join(box(n)), "font_size": 9, "page": page} for n, page in ((1, 1), (2, 1), (3, 2))
    ]
    before = [*section("Abstract", 1), *section("Introduction", 1)]
    assert dropped(*before, *boxes, *section("Methods", 2)) == set()
    assert dropped(*before, boxes[-1], *section("Methods", 2)) == {("sidebar", boxes[-1]["text"])}


@pytest.mark.parametrize("name", ["Palabras clave", "Mots-clés", "Schlüsselwörter", "Nyckelord", "Keywords"])
def test_keywords_beside_an_abstract_in_another_language(name):
    words = {"kind": "text", "text": f"{name}: corazón; frío; trasplante", "lead": len(name) + 1}
    assert dropped(*section("Abstract", 1), words, *section("Introduction", 1)) == {("keywords", words["text"])}


def test_the_rest_of_a_note_on_the_next_page_goes_with_it():
    """As PLOS sets "Funding" in the margin: what goes on at its edge is long enough for a paragraph."""
    note = {"kind": "footnote", "text": "Funding: The town paid for it, by", "page": 1, "font_size": 8, "x0": 9}
    rest = {"kind": "text", "text": f"the clinic and {PROSE.strip()}.", "page": 2, "font_size": 8, "x0": 9.2}
    own = [*section("Abstract", 1), *section("Introduction", 1), *section("Methods", 2)]
    lost = ("footnote", rest["text"])
    assert lost in dropped(note, *own, rest, *section("Results", 2))
    for other in (note | {"text": "Funding: The town paid."}, note | {"x0": 300}, note | {"page": 2}):
        assert lost not in dropped(other, *own, rest, *section("Results", 2))
    abstract = rest | {"text": f"The rest of the abstract, {PROSE.strip()}."}  # set as small as the note
    assert lost not in dropped(note, *own, rest, abstract, *section("Results", 2))


SPANISH = (
    "El corazón de un donante se guarda en una caja con hielo hasta que se trasplanta, y no se sabe por cuántas "
    "horas puede quedar en el frío sin que sufra daño."
)


def translation(name, *parts):
    """A Spanish abstract under its name, and what else belongs to it."""
    heading = {"kind": "heading", "text": name, "bold": True}
    return [heading, *({"kind": "text", "text": text} for text in (SPANISH, *parts))]


@pytest.mark.parametrize("name", ["Resumen", "RESUMO", "Zusammenfassung", "Résumé"])
@pytest.mark.parametrize("first", [True, False])
def test_an_abstract_in_another_language_is_dropped_with_its_headings(name, first):
    methods = {"kind": "heading", "text": "Métodos", "bold": True}
    foreign = [*translation(name, SPANISH.replace("hielo", "agua")), methods, *translation("Resultados")[1:]]
    own = section("Abstract", 1)
    front = [*foreign, *own] if first else [*own, *foreign]
    found = dropped(*front, *section("Introduction", 1), *section("Methods"))
    assert found == {("translation", record["text"]) for record in foreign}


def test_a_paragraph_in_another_language_is_no_abstract():
    quoted = {"kind": "text", "text": SPANISH, "page": 3}
    assert dropped(*section("Abstract", 1), *section("Introduction", 1), quoted, *section("Methods")) == set()
    named = {"kind": "heading", "text": "Resumen", "bold": True}  # over a paragraph in English
    assert not any("translation" in pair for pair in dropped(named, *section("Introduction", 1), *section("Methods")))


@pytest.mark.parametrize(
    "text",
    [
        "Home\nAbout\nArticles\nSubmit a manuscript\nEditorial board\nContact us\nLog in\nSubscribe to all of it",
        "We use cookies to enhance your experience on our website. You can change your settings at any time.",
    ],
)
def test_links_and_cookies_of_a_page_printed_from_the_web_are_no_text(text):
    found = dropped({"kind": "text", "text": text}, ("title", "Hearts in a box"), *section("Abstract", 1))
    assert found == {("front matter", text.split("\n")[0])}


def test_a_list_of_contents_whose_pages_are_a_column_beside_it():
    heads = {"kind": "heading", "text": "Contents", "y0": 80, "y1": 90}
    names = {"kind": "text", "text": "Introduction\nMethods\nThe box\nResults", "y0": 100, "y1": 148}
    pages = {"kind": "other", "text": "3\n8\n11", "x0": 280, "y0": 100, "y1": 136}
    last = {"kind": "other", "text": "32", "x0": 280, "y0": 136, "y1": 148}
    body = {"kind": "text", "text": f"In it {PROSE.strip()}.", "page": 2}
    found = dropped(heads, names, pages, last, *section("Introduction", 2), body)
    assert found == {("contents", text) for text in ("Contents", "Introduction", "3", "32")}


@pytest.mark.parametrize(("x0", "kept"), [(70, True), (50, False)])
def test_a_quote_in_from_the_edges_of_the_paragraph_above_it_is_no_aside(x0, kept):
    quote = {"kind": "text", "text": "They never asked us.", "font_size": 8, "page": 2, "x0": x0, "x1": 200}
    found = dropped(*section("Abstract", 1), *section("Introduction", 2), quote, *section("Methods", 2))
    assert found == (set() if kept else {("sidebar", quote["text"])})


@pytest.mark.parametrize("name", ["ACM Reference Format:", "To cite this article:"])
def test_how_to_cite_an_article_goes_with_its_heading(name):
    head = {"kind": "heading", "text": name, "bold": True}
    how = (
        "Ada Maker and Ben Drawer. 2026. The cold storage of the heart, and of what is in it. In Hearts. https://a.b/c"
    )
    cite, body = {"kind": "text", "text": how, "font_size": 8}, section("Introduction", 1)
    assert dropped(*section("Abstract", 1), head, cite, *body) >= {("front matter", how)}
    assert not dropped(*section("Abstract", 1), head, *body) & {("front matter", body[1]["text"])}


@pytest.mark.parametrize("name", ["Statement of originality", "Danksagung", "Remerciements", "Declaración jurada"])
def test_what_stands_under_a_chapter_of_thanks_before_a_thesiss_abstract_is_dropped(name):
    head = {"kind": "heading", "text": name, "font_size": 20, "page": 3}
    thanks = [{"kind": "text", "text": f"To {n} of them: {PROSE.strip()}.", "page": 3 + n} for n in range(2)]
    body = (*section("Abstract", 5), *section("Introduction", 6), *section("Methods", 7))
    assert {text for _, text in dropped(head, *thanks, *body)} == {name, *(one["text"] for one in thanks)}
    small = head | {"font_size": 10}  # beside an article's beginning
    assert not {one["text"] for one in thanks} & {text for _, text in dropped(small, *thanks, *section("Methods", 7))}


def test_a_sidebars_heading_does_not_head_the_column_beside_it():
    side = {"page": 1, "x0": 20.0, "x1": 150.0}
    head = side | {"kind": "heading", "text": "Correspondence", "font_size": 20}
    to = side | {"kind": "text", "text": "Ada Maker, Department of Hearts, a.maker@hearts.example"}
    first = {"kind": "text", "text": f"The opening: {PROSE}", "page": 1, "x0": 200.0, "x1": 500.0}
    found = {text for _, text in dropped(head, to, first, *section("Methods", 2))}
    assert {head["text"], to["text"]} <= found and first["text"].split("\n")[0] not in found
