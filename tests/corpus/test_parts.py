"""Parts of an article left out by name, and none of their characters lost."""

import re
from pathlib import Path
from typing import get_args

import pyarrow.compute as pc
import pytest

from corpus.test_clean import PROSE, ledger_of, make_blocks, texts
from facts import naming
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.clean.parts import NAMES
from further.corpus.view import REASONS
from further.settings.corpus import Part

ROOT = Path(__file__).parents[2]

ARTICLE = (
    ("title", "Hearts in a box"),
    ("heading", "Abstract"),
    ("heading", "Methods"),
    ("text", "Short methods. " + PROSE),
    ("heading", "1. Introduction"),
    ("text", "Why. " + PROSE),
    ("heading", "2. Materials and methods"),
    ("text", "How. " + PROSE),
    ("heading", "2.1 The box"),
    ("text", "It is cold. " + PROSE),
    ("heading", "3. Results"),
    ("text", "What. " + PROSE),
)


def clean(*dropped, article=ARTICLE):
    settings = CleanSettings(keep_captions=False, keep_headings=True, min_words=10, drop_sections=dropped)
    return clean_papers(make_blocks(*article), settings)


def beginnings(rows):
    return [re.split(r"(?<=[.])\s(?=[a-z])", text)[0] for text in texts(rows)]


def test_nothing_is_left_out_by_default():
    assert len(texts(clean()[0])) == len(ARTICLE)


def test_a_part_goes_with_its_headings_and_what_stands_under_them():
    blocks = make_blocks(*ARTICLE)
    rows, ledger, *_ = clean("methods")
    left = [
        "Hearts in a box",
        "Abstract",
        "Methods",
        "Short methods.",
        "1. Introduction",
        "Why.",
        "3. Results",
        "What.",
    ]
    assert beginnings(rows) == left
    count = ledger_of(ledger)
    assert count["section"] == len("2. Materials and methods2.1 The boxHow. It is cold. " + 2 * PROSE)
    assert sum(count.values()) == pc.sum(pc.utf8_length(blocks["text"])).as_py()


def test_a_structured_abstract_goes_whole_and_the_title_stays():
    rows, *_ = clean("abstract")
    assert beginnings(rows)[:3] == ["Hearts in a box", "1. Introduction", "Why."]


def test_an_abstract_before_no_introduction_ends_at_the_next_part():
    article = [record for record in ARTICLE if record[1] not in ("1. Introduction", "Methods")]
    rows, *_ = clean("abstract", article=article)
    assert beginnings(rows) == ["Hearts in a box", "2. Materials and methods", "How.", "2.1 The box", "It is cold.",
                                "3. Results", "What."]  # fmt: skip


def test_an_introduction_ends_at_the_next_heading_set_as_its_own():
    article = (
        ("heading", "Introduction"),
        ("text", "Why. " + PROSE),
        {"kind": "heading", "text": "Of boxes", "font_size": 9},
        ("text", "Small. " + PROSE),
        ("heading", "Hearts in the cold"),
        ("text", "Long. " + PROSE),
    )
    rows, *_ = clean("introduction", article=article)
    assert beginnings(rows) == ["Hearts in the cold", "Long."]


def test_an_unknown_part_is_refused():
    with pytest.raises(ValueError, match=naming("apologies", "abstract, introduction")):
        clean("apologies")


def test_the_configuration_knows_the_same_parts():
    assert get_args(Part) == NAMES


def test_every_reason_has_a_color():
    style = (ROOT / "src/further/corpus/templates/style.css").read_text()
    fills = re.findall(r'"(#\w{6}) #\w{6}"', style)
    assert len(fills) == len(set(fills)) == len(REASONS)
