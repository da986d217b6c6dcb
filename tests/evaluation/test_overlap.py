import pandas as pd

from further.evaluation.overlap import count_dropped, count_excluded, count_shared
from further.settings import ComparisonSettings

REPEATS = pd.DataFrame({"reason": ["also in test", "repeated paragraph", "also in test"], "characters": [100, 20, 3]})


def test_dropped_paragraphs_by_reason():
    assert count_dropped(REPEATS).model_dump() == {
        "paragraphs": {"repeated paragraph": 1, "also in test": 2, "also in validation": 0},
        "characters": {"repeated paragraph": 20, "also in test": 103, "also in validation": 0},
    }


def test_rejected_duplicates_are_counted_apart_from_other_rejections():
    rejected = pd.DataFrame({"paper": ["a", "b", "c"], "reason": ["damaged", "duplicate", "duplicate"]})
    rows = pd.DataFrame({"paper": ["a", "d"], "text": ["one two three", "One, two, three"]})
    split = pd.DataFrame({"paper": ["a", "d"], "split": ["train", "test"]})
    how = ComparisonSettings(
        bootstrap=500, seed=0, paper_similarity=0.5, paragraph_similarity=None, paragraph_words=3, quantization_runs={}
    )
    counted = count_excluded(rejected, REPEATS.iloc[:0], rows, split, how)
    assert (counted.duplicate_papers, counted.shared_paragraphs_left) == (2, 1)
    assert counted.paragraphs["also in test"] == 0
    assert (counted.paper_similarity, counted.paragraph_similarity) == (0.5, None)


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
