import hashlib
import math

import numpy as np
import pandas as pd
import pytest

from evaluation.conftest import BOOTSTRAP, make_metrics
from evaluation.conftest import make_scores as scores
from facts import naming
from further.evaluation import intervals
from further.evaluation.comparison import compare, compare_runs, describe_scoring, heldout, summarize
from further.evaluation.intervals import ratio_interval
from further.records.base import Interval
from further.settings import BootstrapSettings

BASE, ADAPTED = "base at nf4", "adapted default at nf4"


def test_a_summary_weighs_every_token_the_same():
    summary = summarize(scores([100.0, 900.0], [100, 300]))
    # 1000 nats over 400 tokens, 200 words and 1600 bytes; the mean of the documents' means would be 2.0
    assert summary.nats_per_token == 2.5
    assert summary.perplexity == pytest.approx(math.e**2.5)
    assert summary.word_perplexity == pytest.approx(math.e**5)
    assert summary.bits_per_byte == pytest.approx(0.625 / math.log(2))
    assert (summary.nats, summary.num_words, summary.num_bytes) == (1000, 200, 1600)
    lines = b"paper-0 hash of paper-0\npaper-1 hash of paper-1\n"
    assert summary.sha256 == hashlib.sha256(lines).hexdigest()


def test_a_comparison_by_hand():
    before = scores([300.0, 200.0, 500.0], [100, 100, 200])
    after = scores([290.0, 195.0, 505.0], [100, 100, 200])
    result = compare(before, after, BOOTSTRAP)
    assert result.difference_nats_per_token.estimate == pytest.approx(-10 / 400)
    assert result.difference_bits_per_byte.estimate == pytest.approx(-10 / math.log(2) / 1600)
    assert (result.num_improved, result.num_documents, result.is_trustworthy) == (2, 3, False)
    assert result.p_value == 1.0  # two of three signs
    assert result.documents[2].after_nats_per_token == pytest.approx(2.525)


def test_all_of_eight_papers_better_is_a_p_value_of_two_in_256():
    before = scores([300.0] * 8, [100] * 8)
    after = scores([300.0 - change for change in range(1, 9)], [100] * 8)
    result = compare(before, after, BOOTSTRAP)
    assert result.p_value == pytest.approx(2 / 256)
    assert result.difference_nats_per_token.high < 0
    assert result.is_trustworthy


def test_an_unchanged_model_has_no_difference():
    same = scores([300.0, 200.0] * 3, [100] * 6)
    result = compare(same, same, BOOTSTRAP)
    assert result.difference_nats_per_token == Interval(estimate=0.0, low=0.0, high=0.0)
    assert result.p_value == 1.0


@pytest.mark.parametrize(
    ("column", "facts"),
    [
        ("base", ["base", "digest of the base", BASE, 11, ADAPTED]),
        ("window", ["window", 256, BASE, 11, ADAPTED]),
        ("stride", ["stride", 128, BASE, 11, ADAPTED]),
        ("begin_id", ["begin_id", 0, BASE, 11, ADAPTED]),
        ("compute_dtype", ["compute_dtype", "float32", BASE, 11, ADAPTED]),
        ("document", ["11, paper-0", BASE, ADAPTED]),
        ("sha256", ["sha256", "paper-0", "hash of paper-0", BASE, 11, ADAPTED]),
        ("num_tokens", ["num_tokens", "paper-0", 10, BASE, 11, ADAPTED]),
    ],
)
def test_scores_that_were_not_made_alike_are_refused_naming_both(column, facts):
    before, after = scores([1.0, 2.0], [10, 10]), scores([1.0, 2.0], [10, 10], subject="adapted", run="default")
    if column in ("document", "sha256", "num_tokens"):
        after.loc[0, column] = 11 if column == "num_tokens" else "11"
    else:
        after[column] = 11
    with pytest.raises(ValueError, match=naming(*facts)):
        compare(before, after, BOOTSTRAP)


def test_a_table_made_in_two_ways_is_refused_even_against_itself():
    mixed = scores([1.0, 2.0], [10, 10])
    mixed.loc[1, "window"] = 512
    with pytest.raises(ValueError, match=naming("window", "256, 512", BASE)):
        compare(mixed, mixed, BOOTSTRAP)


def test_a_base_at_another_precision_is_refused():
    both = [scores([1.0, 2.0], [10, 10]), scores([1.0, 2.0], [10, 10], text_set="general", split="heldout")]
    run = pd.concat(both).assign(subject="adapted", run="default", quantization="int8")
    metrics = {"default": make_metrics("default", quantization="nf4")}
    with pytest.raises(ValueError, match=naming("quantization", "nf4", BASE, "int8", "adapted default at int8")):
        compare_runs({"nf4": pd.concat(both)}, {"default": run}, metrics, BOOTSTRAP)
    right = run.assign(quantization="nf4")
    result = compare_runs({"nf4": pd.concat(both)}, {"default": right}, metrics, BOOTSTRAP)
    assert result["default"].general.num_documents == 2


def test_a_run_is_set_against_the_default_run_on_the_same_papers():
    def table(nats, run):
        adapted = {"subject": "adapted", "run": run}
        general = scores([1.0, 2.0], [10, 10], text_set="general", split="heldout", **adapted)
        return pd.concat([scores(nats, [100] * 6, **adapted), general])

    runs = {
        "default": table([200.0] * 6, "default"),
        "seed-1": table([205.0, 207.0, 203.0, 205.0, 206.0, 204.0], "seed-1"),
    }
    base = {"nf4": table([300.0] * 6, None)}
    result = compare_runs(base, runs, {name: make_metrics(name, quantization="nf4") for name in runs}, BOOTSTRAP)
    against = result["seed-1"].against_default
    assert against.estimate == pytest.approx(0.05) and 0.03 < against.low < 0.05 < against.high < 0.07
    assert result["default"].against_default is None


def test_an_empty_document_is_left_out_of_the_comparison():
    before = scores([300.0, 0.0], [100, 0])
    result = compare(before, before, BOOTSTRAP)
    assert [line.document for line in result.documents] == ["paper-0"]
    assert (result.num_documents, result.before.num_documents) == (1, 2)


def test_without_a_held_out_text_there_is_nothing_to_compare():
    empty = scores([0.0, 0.0], [0, 0])
    with pytest.raises(ValueError, match=naming("papers (test)")):
        compare(empty, empty, BOOTSTRAP)
    with pytest.raises(ValueError, match=naming("general (heldout)")):
        heldout(empty, "general")


def test_the_way_of_scoring_is_told():
    assert describe_scoring(scores([1.0], [10])).model_dump() == {
        "base": "digest of the base",
        "window": 256,
        "stride": 128,
        "begin_id": 0,
        "begin_rule": "BOS",
        "compute_dtype": "float32",
    }


@pytest.mark.parametrize(("papers", "trusted"), [(5, False), (6, True)])
def test_fewer_than_six_papers_are_not_to_be_trusted(papers, trusted):
    before = scores([300.0] * papers, [100] * papers)
    compared = compare(before, before, BOOTSTRAP)
    assert compared.is_trustworthy is trusted
    assert compared.difference_nats_per_token.is_open is not trusted


def covers(interval, truth):
    """Whether an interval holds the truth; an end that is None is open."""
    low, high = interval.low, interval.high
    return (low is None or low <= truth) and (high is None or truth <= high)


@pytest.mark.parametrize("papers", [7, 25])
def test_the_interval_covers_the_truth_as_often_as_it_says(papers):
    """Papers of unequal length, effects that differ by paper; 1,000 trials of a 95 % interval err by 0.7 points."""
    generator, hits, trials = np.random.default_rng(1), 0, 1000
    for _ in range(trials):
        tokens = generator.integers(2_000, 8_000, papers)
        effects = generator.normal(-0.3, 0.1, papers)
        interval = ratio_interval(
            pd.Series(effects * tokens), pd.Series(tokens), BootstrapSettings(bootstrap=1000, seed=0)
        )
        hits += covers(interval, -0.3)
    assert 0.93 <= hits / trials <= 0.97


def test_six_papers_do_not_give_too_sure_an_interval():
    papers = 6
    generator, hits, trials = np.random.default_rng(1), 0, 400
    for _ in range(trials):
        tokens = generator.integers(2_000, 8_000, papers)
        effects = generator.normal(-0.3, 0.1, papers)
        hits += covers(ratio_interval(pd.Series(effects * tokens), pd.Series(tokens), BOOTSTRAP), -0.3)
    assert hits / trials >= 0.92


def test_where_few_papers_change_the_interval_still_covers_the_truth():
    """15 % of 25 papers change by one; in 1.7 % of the trials none does, and no interval can know."""
    generator, hits, trials = np.random.default_rng(1), 0, 400
    for _ in range(trials):
        changes = pd.Series((generator.random(25) < 0.15).astype(float))
        hits += covers(ratio_interval(changes, pd.Series([1] * 25), BOOTSTRAP), 0.15)
    assert hits / trials >= 0.92


def test_the_interval_is_that_of_all_resamples_at_once(monkeypatch):
    """By hand: every resample's distance from the estimate in its own standard errors, and two quantiles of them."""
    values, sizes = np.array([3.0, -1, 4, 1, -5, 9, 2]), np.array([1.0, 2, 1, 3, 2, 1, 2])
    picks = np.random.default_rng(0).integers(0, 7, (500, 7))
    means, errors = [], []
    for pick in [range(7), *picks]:
        mean = values[pick].sum() / sizes[pick].sum()
        spread = sum((values[place] - mean * sizes[place]) ** 2 for place in pick)
        means.append(mean)
        errors.append((7 / 6 * spread) ** 0.5 / sizes[pick].sum())
    upper, lower = np.quantile((np.array(means[1:]) - means[0]) / np.array(errors[1:]), [0.975, 0.025])
    for drawn, kept in ((intervals.DRAWN, intervals.KEPT), (20, 0), (1, 0)):
        monkeypatch.setattr(intervals, "DRAWN", drawn)
        monkeypatch.setattr(intervals, "KEPT", kept)
        found = ratio_interval(pd.Series(values), pd.Series(sizes), BOOTSTRAP)
        expected = (means[0], means[0] - upper * errors[0], means[0] - lower * errors[0])
        assert (found.estimate, found.low, found.high) == pytest.approx(expected)


@pytest.mark.parametrize("papers", [1, 2, 5])
def test_fewer_than_six_papers_have_no_interval(papers):
    interval = ratio_interval(
        pd.Series([-10.0, -60.0, -20.0, -30.0, -40.0][:papers]), pd.Series([100] * papers), BOOTSTRAP
    )
    assert (interval.low, interval.high) == (None, None)
    assert interval.estimate == pytest.approx({1: -0.1, 2: -0.35, 5: -0.32}[papers])


def test_one_of_many_papers_that_moved_leaves_the_end_beyond_it_open():
    """More than a third of the resamples miss it, all without spread: (24/25)**25 = .36."""
    interval = ratio_interval(
        pd.Series([0.0] * 24 + [640.0]), pd.Series([13] * 25), BootstrapSettings(bootstrap=2000, seed=0)
    )
    assert interval.high is None and interval.low < 0 < interval.estimate
