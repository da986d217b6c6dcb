import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluation.conftest import PROBE
from further.evaluation.scoring import score_documents
from further.evaluation.terms import find_occurrences, measure_terms, rank_words
from further.tokens.tokenizer import load_tokenizer


def test_the_drawn_example():
    text = "Rejection (acute)."
    offsets = [(0, 6), (6, 9), (9, 11), (11, 13), (13, 16), (16, 18)]  # Reject|ion| (|ac|ute|).
    nats = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    found = find_occurrences(text, offsets, nats, nats / 2)
    assert found["word"].tolist() == ["rejection", "acute"]
    assert found["before"].tolist() == [3.0, 24.0]
    assert found["after"].tolist() == [1.5, 12.0]


def test_a_token_over_two_words_goes_to_the_first_and_blanks_belong_to_the_token():
    found = find_occurrences("of the heart", [(0, 6), (6, 12)], np.array([1.0, 2.0]), np.array([0.0, 0.0]))
    assert found[["word", "before"]].values.tolist() == [["of", 1.0], ["the", 0.0], ["heart", 2.0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Left-ventricular assist device's", ["left-ventricular", "assist", "device's"]),
        ("grade 2R, 37 °C in 2019", ["grade", "r", "c", "in"]),
        ("HLA-DR4, β-blocker", ["hla-dr4", "β-blocker"]),
        ("", []),
    ],
)
def test_what_a_word_is(text, words):
    assert find_occurrences(text, [], np.zeros(0), np.zeros(0))["word"].tolist() == words


def occurrences(word, changes, papers):
    return pd.DataFrame({"word": word, "paper": list(papers), "before": 5.0, "after": 5.0 + np.array(changes)})


def test_words_are_ranked_by_the_bound_nearer_to_no_change():
    table = pd.concat(
        [
            occurrences("graft", [-2.0, -2.1, -1.9, -1.8, -2.2], "aabcc"),  # sure
            occurrences("pump", [-9.0, -0.5, -4.0, -3.0], "aabb"),  # more, less sure
            occurrences("the", [0.1, -0.1, 0.2, -0.2], "aabb"),  # no change
            occurrences("object", [1.0, 1.2, 1.1, 1.0], "aabb"),
            occurrences("rare", [-9.0, -9.1], "ab"),  # too few
            occurrences("name", [-9.0, -9.1, -9.0, -9.2], "aaaa"),  # one paper
        ]
    )
    num_words, rose, fell = rank_words(table, min_occurrences=4, number=5)
    assert num_words == 4
    assert [line.word for line in rose] == ["graft"]  # the pump's interval reaches over 0
    assert [line.word for line in fell] == ["object"]
    graft = rose[0]
    means = [-2.05, -1.9, -2.0]  # of the papers a, b and c
    assert graft.change_nats == pytest.approx(-5.95 / 3) and graft.total_nats == pytest.approx(-10.0)
    assert (graft.before_nats, graft.after_nats) == (5.0, pytest.approx(5 - 5.95 / 3))
    assert (graft.num_occurrences, graft.num_papers, graft.num_papers_same_way) == (5, 3, 3)
    independent = stats.ttest_1samp(means, 0).confidence_interval(0.95)
    assert (graft.low, graft.high) == pytest.approx(tuple(independent))


@pytest.mark.parametrize("most", [2, 40])
def test_of_words_that_did_not_change_one_in_twenty_is_listed(most):
    """Each paper moves a word by its own luck; one paper has up to `most` occurrences, the six others two or three."""
    generator = np.random.default_rng(0)
    numbers = generator.integers(2, [most + 1, *[4] * 6], (300, 7)).ravel()
    own = np.repeat(generator.normal(0, 0.3, 2100), numbers)
    word, paper = (np.repeat(names.ravel(), numbers) for names in np.indices((300, 7)))
    changes = own + generator.normal(0, 0.5, len(own))
    table = pd.DataFrame({"word": word, "paper": paper, "before": 5.0, "after": 5.0 + changes})
    num_words, rose, fell = rank_words(table, min_occurrences=5, number=300)
    assert len(rose) + len(fell) <= 0.08 * num_words


def test_the_list_is_cut():
    table = pd.concat([occurrences(word, [-2.0, -2.1, -1.9], "aab") for word in ("one", "two", "three")])
    num_words, rose, _ = rank_words(table, min_occurrences=3, number=2)
    assert len(rose) == 2 and num_words == 3


TEXTS = {
    "a": "The heart, kept cold; the heart of a donor. Café!",
    "b": "A heart is found: the pump is off, the heart is safe.",
}


def test_every_word_s_nats_come_from_the_scores(adapted, model_folder):
    tokenizer = load_tokenizer(model_folder)
    found = measure_terms(adapted, TEXTS, tokenizer, 0, PROBE)
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS.values()]
    assert found.after_nats == pytest.approx(sum(score_documents(adapted, ids, 0, 32, 16, 64)))
    assert 0 < found.in_words_after_nats < found.after_nats
    assert found.num_words == 3  # heart and the in both papers, a once in each


def test_switched_off_it_is_none(adapted, model_folder):
    assert measure_terms(adapted, TEXTS, load_tokenizer(model_folder), 0, PROBE | {"terms": None}) is None
