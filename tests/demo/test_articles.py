import re
from pathlib import Path

import pytest

from demo.sample import ARTICLE, SENTENCE
from further.demo.articles import Block, parse_article, read_article

BUNDLED = Path(__file__).resolve().parents[2] / "resources" / "demo" / "articles"


def test_parts_of_an_article_come_in_their_order():
    article = parse_article(ARTICLE)
    assert article.title == "A first look at the final outflow"
    assert article.running_head == "Final outflow"
    assert article.keywords == ("heart", "flow")
    assert article.notice == "Demonstration text written for a test."
    assert article.abstract == (SENTENCE,)
    assert [block.kind for block in article.body] == [
        *["heading", "paragraph", "paragraph", "subheading", "paragraph", "table", "paragraph", "figure"],
        *["item", "item", "heading", "paragraph", "paragraph", "paragraph"],
    ]
    assert article.references == ("Placeholder reference: one.", "Placeholder reference: two.")


def test_a_table_keeps_its_caption_its_header_and_its_rows():
    table = next(block for block in parse_article(ARTICLE).body if block.kind == "table")
    rows = (("Item", "Value", "Unit"), ("Flow", "4.5", "l/min"), ("Pressure", "≤ 80", "mmHg"))
    assert table == Block("table", "Table 1. Two values.", rows)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\ntitle", "title", "front matter between two lines"),
        ("keywords: heart; flow\n", "", r"front matter has \['running_head', 'title'\]"),
        ("running_head: Final outflow", "running_head:", "none empty"),
        ("> Demonstration", "Demonstration", "the notice"),
        ("## Abstract", "## Summary", "expected Abstract first"),
        ("## References", "## Sources", "References last"),
        ("Table 1. Two values.\n", "Table 1. Two values.\n\n", "a pipe table"),
        ("Table 1. Two values.\n", "", "a table must follow its caption"),
        ("| Flow | 4.5 | l/min |", "| Flow | 4.5 |", r"rows have \[3, 3, 2, 3\] cells"),
        ("Figure 1. An invented trace.", "", "0 of kind figure; expected exactly one"),
        ("2. Placeholder", "3. Placeholder", "expected it to begin with '2. '"),
        ("1. Placeholder reference: one.\n", "1. Placeholder reference: one.\n\n", "without blank lines"),
        ("### Methods in brief", "#### Methods in brief", "only '##', '###'"),
        ("## Conclusion\n", "## Discussion\n## Conclusion\n", r"sections without text: \['Discussion'\]"),
    ],
)
def test_a_broken_article_is_an_error_with_its_file_and_what_is_wrong(tmp_path, old, new, message):
    assert old in ARTICLE
    path = tmp_path / "broken.md"
    path.write_text(ARTICLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_article(path)
    assert str(caught.value).startswith("broken.md: ")


def test_a_file_that_is_not_utf8_is_an_error_with_its_name(tmp_path):
    path = tmp_path / "latin.md"
    path.write_bytes(ARTICLE.encode().replace(b"heart", b"h\xe9art"))
    with pytest.raises(ValueError, match=r"latin\.md: .*utf-8"):
        read_article(path)


def test_the_25_bundled_articles_follow_the_format_and_the_length_asked_for():
    paths = sorted(BUNDLED.glob("*.md"))
    assert len(paths) == 25
    for path in paths:
        article = read_article(path)
        text = " ".join([*article.abstract, *(block.text for block in article.body)])
        assert 700 <= len(re.findall(r"\S+", text)) <= 1300, path.name
        assert re.search(r"(?i)demonstrat.*\bFurther\b", article.notice), path.name
        assert all("placeholder" in reference.lower() for reference in article.references), path.name
        cited = {int(n) for group in re.findall(r"\[([\d, –-]+)\]", text) for n in re.findall(r"\d+", group)}
        assert cited <= set(range(1, len(article.references) + 1)), path.name
