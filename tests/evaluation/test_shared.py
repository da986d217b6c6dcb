import pandas as pd

from further.evaluation.shared import count_dropped, count_excluded, count_shared

REPEATS = pd.DataFrame({"reason": ["also in test", "repeated paragraph", "also in test"], "characters": [100, 20, 3]})


def test_dropped_paragraphs_by_reason():
    assert count_dropped(REPEATS) == {
        "paragraphs": {"repeated paragraph": 1, "also in test": 2, "also in validation": 0},
        "characters": {"repeated paragraph": 20, "also in test": 103, "also in validation": 0},
    }


def test_rejected_duplicates_are_counted_apart_from_other_rejections():
    rejected = pd.DataFrame({"paper": ["a", "b", "c"], "reason": ["damaged", "duplicate", "duplicate"]})
    counted = count_excluded(rejected, REPEATS.iloc[:0], {"paper_similarity": 0.5, "paragraph_similarity": None})
    assert counted["duplicate_papers"] == 2
    assert counted["paragraphs"]["also in test"] == 0
    assert (counted["paper_similarity"], counted["paragraph_similarity"]) == (0.5, None)


def test_paragraphs_still_shared_word_for_word():
    rows = pd.DataFrame(
        [
            ("train", "The heart is kept cold, always."),
            ("train", "Results"),
            ("test", "The Heart is kept cold always"),  # the same words
            ("test", "The heart is kept warm, always."),
            ("test", "Results"),  # too short to count
            ("validation", "The heart is kept cold, always."),  # not the test
        ],
        columns=["paper", "text"],
    )
    split = pd.DataFrame({"paper": ["train", "test", "validation"], "split": ["train", "test", "validation"]})
    assert count_shared(rows, split, min_words=3) == 1
    assert count_shared(rows, split, min_words=1) == 2
