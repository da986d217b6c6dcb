import math

import numpy as np
import pandas as pd
import pytest

from further.evaluation.comparison import compare, ratio_interval, summarise


def scores(nats, tokens):
    return pd.DataFrame(
        {
            "document": [f"paper-{number}" for number in range(len(nats))],
            "nats": nats,
            "num_tokens": tokens,
            "num_words": [count // 2 for count in tokens],
            "num_bytes": [count * 4 for count in tokens],
            "window": 256,
            "stride": 128,
        }
    )


def test_a_summary_weighs_every_token_the_same():
    summary = summarise(scores([100.0, 900.0], [100, 300]))
    # 1000 nats over 400 tokens, 200 words and 1600 bytes; the mean of the documents' means would be 2.0
    assert summary["nats_per_token"] == 2.5
    assert summary["perplexity"] == pytest.approx(math.e**2.5)
    assert summary["word_perplexity"] == pytest.approx(math.e**5)
    assert summary["bits_per_byte"] == pytest.approx(0.625 / math.log(2))


def test_a_comparison_by_hand():
    before = scores([300.0, 200.0, 500.0], [100, 100, 200])
    after = scores([290.0, 195.0, 505.0], [100, 100, 200])
    result = compare(before, after, resamples=500, seed=0)
    assert result["difference_nats_per_token"]["estimate"] == pytest.approx(-10 / 400)
    assert result["difference_bits_per_byte"]["estimate"] == pytest.approx(-10 / math.log(2) / 1600)
    assert (result["num_improved"], result["num_documents"], result["trustworthy"]) == (2, 3, False)
    assert result["p_value"] == 1.0  # two of three signs
    assert result["documents"][2]["after_nats_per_token"] == pytest.approx(2.525)


def test_all_of_eight_papers_better_is_a_p_value_of_two_in_256():
    before = scores([300.0] * 8, [100] * 8)
    after = scores([300.0 - change for change in range(1, 9)], [100] * 8)
    result = compare(before, after, resamples=500, seed=0)
    assert result["p_value"] == pytest.approx(2 / 256)
    assert result["difference_nats_per_token"]["high"] < 0
    assert result["trustworthy"]


def test_an_unchanged_model_has_no_difference():
    same = scores([300.0, 200.0], [100, 100])
    result = compare(same, same, resamples=500, seed=0)
    assert result["difference_nats_per_token"] == {"estimate": 0.0, "low": 0.0, "high": 0.0, "level": 0.95}
    assert result["p_value"] == 1.0


@pytest.mark.parametrize("column", ["document", "num_tokens", "window"])
def test_scores_that_were_not_made_alike_are_refused(column):
    before, after = scores([1.0, 2.0], [10, 10]), scores([1.0, 2.0], [10, 10])
    after.loc[0, column] = "other" if column == "document" else 11
    with pytest.raises(ValueError, match="scored differently"):
        compare(before, after, resamples=500, seed=0)


@pytest.mark.parametrize("papers", [7, 25])
def test_the_interval_covers_the_truth_as_often_as_it_says(papers):
    """Papers of unequal length, effects that differ by paper; 1,000 trials of a 95 % interval err by 0.7 points."""
    generator, hits, trials = np.random.default_rng(1), 0, 1000
    for _ in range(trials):
        tokens = generator.integers(2_000, 8_000, papers)
        effects = generator.normal(-0.3, 0.1, papers)
        interval = ratio_interval(pd.Series(effects * tokens), pd.Series(tokens), resamples=1000, seed=0)
        hits += interval["low"] <= -0.3 <= interval["high"]
    assert 0.93 <= hits / trials <= 0.97
