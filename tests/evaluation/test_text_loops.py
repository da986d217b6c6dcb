from pathlib import Path

import pytest

from further.evaluation.text_loops import MAX_REPEATS, longest_repeat

ARTICLES = sorted((Path(__file__).resolve().parents[2] / "resources/demo/articles").glob("*.md"))
NINE = "one two three four five six seven eight nine "


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("cec. cec. cec. cec.", 4),
        ("cec. cec. cec.", 3),
        ("it is the heart of the heart of the heart of the heart of the", 4),
        ("the heart and the lungs and the kidneys", 1),
        ("heart", 1),
        ("", 0),
        ("Cec cec CEC cec", 4),
        ("the heart, the heart. The heart; the heart", 4),
        (NINE * 5, 5),
        ("a circycycycycycycycy", 8),
        ("cec.cec.cec.cec.cec.", 5),
        ("\n" * 60, 60),
        ("the list:\n" + "- \n" * 20, 20),
        ("心" * 60, 60),
        ("肝脏大小正常，未见异常信号。" * 4, 4),
        ("0000ab" * 4, 4),  # the zeros alone say too little to count
    ],
)
def test_what_stands_four_times_in_a_row_is_a_loop(text, repeats):
    assert longest_repeat(text) == repeats
    assert (longest_repeat(text) >= MAX_REPEATS) is (repeats >= 4)


@pytest.mark.parametrize(
    "text",
    [
        "Introduction ............................ 3",
        "GATTACAGATTACAGATTACA and AAAAAA",
        "type III and 10000 of 1000000",
        "| --- | --- | --- | --- | --- |",
        "a \u2014 b \u2014 c \u2014 d \u2014 e",
    ],
)
def test_what_people_write_is_no_loop(text):
    assert longest_repeat(text) < MAX_REPEATS


def test_no_article_of_the_demonstration_loops():
    texts = [article.read_text(encoding="utf-8") for article in ARTICLES]
    assert len(texts) == 25 and max(map(longest_repeat, texts)) == 3  # a row of a table: none, none, none
