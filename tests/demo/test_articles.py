import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from demo.sample import ARTICLE, SENTENCE
from further.demo.articles import Block, parse_article

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


def check_format(text, article):
    """Parts in their order, one table and one figure, references by number, and no markup that would be printed."""
    _, front, rest = text.split("---\n", 2)
    assert [line.partition(":")[0] for line in front.splitlines()] == ["title", "running_head", "keywords"]
    assert rest.lstrip().startswith("> ") and all((article.title, article.running_head, article.keywords))
    headings = re.findall(r"^## (.*)$", rest, flags=re.M)
    assert (headings[0], headings[-1], len(headings) > 2) == ("Abstract", "References", True)
    kinds = Counter(block.kind for block in article.body)
    assert (kinds["table"], kinds["figure"], kinds["heading"]) == (1, 1, len(headings) - 2)
    assert not any(one.kind == two.kind == "heading" for one, two in pairwise(article.body))
    [table] = [block for block in article.body if block.kind == "table"]
    assert len(table.rows) > 1 and len({len(row) for row in table.rows}) == 1
    assert not re.search(r"^(#{4,}|# |[*+] |```|!\[)", rest, flags=re.M) and not re.search(r"^\|", table.text)
    assert not any(
        re.search(r"^([|>]|Table \d+\. )", block.text) for block in article.body if block.kind == "paragraph"
    )
    numbers = re.findall(r"^(\d+)\. ", rest.partition("## References")[2], flags=re.M)
    assert numbers == [str(number) for number in range(1, len(article.references) + 1)]


def test_the_25_bundled_articles_follow_the_format_and_the_length_asked_for():
    paths = sorted(BUNDLED.glob("*.md"))
    assert len(paths) == 25
    for path in paths:
        article = parse_article(path.read_text(encoding="utf-8"))
        check_format(path.read_text(encoding="utf-8"), article)
        text = " ".join([*article.abstract, *(block.text for block in article.body)])
        assert 700 <= len(re.findall(r"\S+", text)) <= 1300, path.name
        assert re.search(r"(?i)demonstrat.*\bFurther\b", article.notice), path.name
        assert all("placeholder" in reference.lower() for reference in article.references), path.name
        cited = {int(n) for group in re.findall(r"\[([\d, –-]+)\]", text) for n in re.findall(r"\d+", group)}
        assert cited <= set(range(1, len(article.references) + 1)), path.name
