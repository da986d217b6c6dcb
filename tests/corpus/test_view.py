"""The papers page by page: every block once, in its color, with nothing of its text taken for markup."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import html

from corpus.test_clean import PROSE, make_blocks
from facts import tells
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.schemas import LOSSES, REJECTED, REPEATS, SPLIT
from further.corpus.view import REASONS, count_shares, explain, lay_out, write_view

HOSTILE = "<script>alert(1)</script> & \x07 " + PROSE.strip() + "."


def nothing_lost(paper):
    lost = {"paper": paper, "pages": 1, "unread_pages": [], "damaged_pages": [], "repaired": False, "unread_fonts": []}
    return lost | {"told_signs": [], "unknown_signs": 0, "unknown_at_numbers": 0, "flagged": False}


def write_tables(folder, blocks, decisions, **given):
    given = {"losses": [nothing_lost(paper) for paper in blocks["paper"].unique().to_pylist()]} | given
    schemas = {"repeats": REPEATS, "rejected": REJECTED, "split": SPLIT, "losses": LOSSES}
    tables = {name: pa.Table.from_pylist(given.get(name, []), schema) for name, schema in schemas.items()}
    for name, table in (tables | {"blocks": blocks, "decisions": decisions}).items():
        pq.write_table(table, folder / f"{name}.parquet")
    files = {name: folder / f"{name}.parquet" for name in schemas}
    return [(folder / "blocks.parquet", folder / "decisions.parquet")], files


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """Two papers: one with a repeated paragraph and hostile text, one that was rejected; and one without blocks."""
    folder = tmp_path_factory.mktemp("view")
    one = make_blocks(
        ("heading", "Introduction"), ("text", HOSTILE), {"kind": "text", "text": PROSE, "page": 2}, ("table", "1 2 3")
    )
    two = make_blocks({"kind": "text", "text": "Five words stand right here.", "paper": "short"})
    blocks = pa.concat_tables([one, two])
    _, _, rejected, decisions = clean_papers(blocks, CleanSettings(False, True, 20))
    refusals = [*rejected.to_pylist(), {"paper": "bad", "reason": "damaged", "detail": "no <objects>", "pages": None}]
    repeat = {"paper": "p", "row": 2, "reason": "also in test", "like_paper": "q", "like_row": 7, "similarity": 0.9}
    lost = nothing_lost("p") | {"pages": 9, "unread_pages": [4], "damaged_pages": [2, 7], "flagged": True}
    lost |= {"told_signs": ["<Pi>: m is μ"], "unknown_signs": 5, "unknown_at_numbers": 4}
    losses, split = [lost, nothing_lost("short")], [{"paper": "p", "split": "train"}]
    given = {"rejected": refusals, "repeats": [repeat], "split": split, "losses": losses}
    shards, files = write_tables(folder, blocks, decisions, **given)
    write_view(shards, files, folder / "view/index.html", folder / "view/papers")
    return folder / "view"


def read(file):
    return html.fromstring(file.read_text(encoding="utf-8"))


def test_every_block_is_drawn_once_with_its_reason(view):
    page = read(view / "papers/p.html")
    titles = page.xpath("//g/title/text()")
    *others, last = [title.split(":")[0] for title in titles]
    assert others == ["kept, row 0, heading", "kept, row 1, text", "table, table"]
    assert tells(last, "also in test", "90%", "row 7", "q", "row 2", "text")
    assert page.xpath("//g/@class") == [f"r{REASONS.index('kept')}"] * 2 + [
        f"r{REASONS.index(reason)} dropped" for reason in ("table", "also in test")
    ]
    assert page.xpath("//g//text[@class='mark']/text()") == ["0", "1", "table", "also in test"]
    assert page.xpath("//h2/text()") == ["Page 1", "Page 2"]


def test_nothing_of_a_paper_is_markup_and_nothing_is_asked_of_the_network(view):
    for file in view.rglob("*.html"):
        page = read(file)
        assert not page.xpath("//script | //link | //img | //@src")
        assert all(not link.startswith(("http", "//")) for link in page.xpath("//@href"))
        assert "\x07" not in file.read_text()
    assert "<script>alert(1)</script> & \ufffd" in read(view / "papers/p.html").xpath("//tspan/text()")[1]


def test_index_names_every_paper_and_links_those_with_pages(view):
    page = read(view / "index.html")
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")]
    assert rows[0] == "bad rejected, damaged: no <objects>"
    assert rows[1].startswith("p train 9 ")  # the file's pages, of which two have blocks
    assert tells(rows[2], "short", "too short", 5, 20, "1 100 %")
    links = page.xpath("//tbody//a/@href")
    assert links == ["papers/p.html", "papers/short.html"]
    assert all((view / link).is_file() for link in links)
    assert read(view / links[0]).xpath("//a/@href") == ["../index.html"]


def test_rejected_paper_says_so(view):
    (text,) = read(view / "papers/short.html").xpath("//p[@class='refusal']/text()")
    assert text.startswith("Rejected, too short: 5 words")


def test_dropped_prose_is_named_on_the_papers_page_and_counted_in_the_index(tmp_path):
    box = {"kind": "footnote", "text": "We saw that " + PROSE.strip() + ".", "page": 2}
    blocks = make_blocks(("heading", "Introduction"), ("text", PROSE), box)
    _, _, rejected, decisions = clean_papers(blocks, CleanSettings(False, True, 20))
    shards, files = write_tables(tmp_path, blocks, decisions, rejected=rejected.to_pylist())
    write_view(shards, files, tmp_path / "view/index.html", tmp_path / "view/papers")
    (link,) = read(tmp_path / "view/papers/p.html").xpath("//ul[@class='lost']//a")
    words = len(box["text"].split())
    assert tells(link.text, words, "footnote", 2) and link.get("href") == "#page-2"
    assert read(tmp_path / "view/index.html").xpath("//tbody/tr/td[4]/text()") == [str(words)]


def test_shares_are_those_of_the_ledger(article_blocks):
    _, ledger, _, decisions = clean_papers(article_blocks, CleanSettings(False, True, 100))
    blocks = [block | decided for block, decided in zip(article_blocks.to_pylist(), decisions.to_pylist(), strict=True)]
    explain(blocks, {})
    characters = dict(zip(ledger["reason"].to_pylist(), ledger["characters"].to_pylist(), strict=True))
    total = sum(characters.values())
    assert dict(count_shares(blocks)) == {reason: number / total for reason, number in characters.items()}
    # Within the page made for it, 600 points wide: left edge 50, and the right column ends by 550.
    assert all(500 < page["width"] <= 650 for page in lay_out(blocks))


def test_what_was_lost_is_said_in_the_index_and_on_the_papers_page(view):
    sentences = [
        "1 of 9 pages (4) cannot be read.",
        "2 of 9 pages (2, 7) could be read in part only.",
        "5 signs of the kept text have no meaning, 4 of them beside a number or a unit.",
    ]
    page = read(view / "papers/p.html")
    assert page.xpath("//p[@class='loss']/text()") == sentences
    assert page.xpath("//details//li/text()") == ["<Pi>: m is μ"]
    assert read(view / "index.html").xpath("//td[@class='flagged']/text()") == [" ".join(sentences)]


def test_kept_text_with_unknown_signs_is_framed_and_counted_apart(tmp_path):
    blocks = make_blocks(("text", PROSE + "of 10 \ufffdM."), ("text", PROSE), ("table", "\ufffd 1 2"))
    _, ledger, rejected, decisions = clean_papers(blocks, CleanSettings(False, True, 20))
    shards, files = write_tables(tmp_path, blocks, decisions, rejected=rejected.to_pylist())
    write_view(shards, files, tmp_path / "index.html", tmp_path / "papers")
    framed = read(tmp_path / "papers/p.html").xpath("//g[rect[@class='unknown']]/title/text()")
    assert len(framed) == 1 and "\ufffd" in framed[0]
    counted = {line["reason"]: line["characters"] for line in ledger.to_pylist()}
    assert counted["unknown sign"] == 1
    assert counted["kept"] == 2 * len(PROSE) + len("of 10 M.")
