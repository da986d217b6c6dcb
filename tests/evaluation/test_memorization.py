import numpy as np
import pandas as pd
import pytest
import torch

from evaluation.conftest import BOOTSTRAP, PROBE
from facts import naming
from further.evaluation.intervals import share_interval
from further.evaluation.memorization import (
    Passage,
    compare_lengths,
    count_papers,
    describe_lengths,
    match_lengths,
    measure_memorization,
    permute_papers,
    sample_passages,
)
from further.tokens.tokenizer import load_tokenizer

PREFIX, NEW = 4, 6


def generated(model, given):
    """What transformers' own greedy decoding says."""
    inputs = torch.tensor([given])
    output = model.network.generate(
        input_ids=inputs, attention_mask=torch.ones_like(inputs), max_new_tokens=NEW, do_sample=False, pad_token_id=1
    )
    return output[0, len(given) :].tolist()


def test_one_forward_pass_finds_what_greedy_generation_says(adapted):
    """Passages that follow the model's own words for 0 to 6 tokens and then leave them."""
    passages, expected = [], []
    for start in range(20):
        prefix = [10 + start, 50 + start, 90 + start, 130 + start]
        said = generated(adapted, [0, *prefix])[:NEW]
        said += [2] * (NEW - len(said))
        kept = start % (NEW + 1)
        other = [token if place < kept else (token + 1) % 300 for place, token in enumerate(said)]
        passages.append(Passage("paper", start, (*prefix, *other)))
        expected.append(kept)
    for batch_tokens in (1, 35, 10_000):
        assert match_lengths(adapted, passages, 0, PREFIX, batch_tokens).tolist() == expected


def test_passages_beyond_the_models_positions_are_refused(adapted):
    with pytest.raises(ValueError, match=naming("memorization_prefix_tokens", 129, 128)):
        match_lengths(adapted, [Passage("paper", 0, (5,) * 129)], 0, PREFIX, 1000)


def of_papers(names):
    return [Passage(name, row, (1,)) for row, name in enumerate(names)]


def test_lengths_by_hand():
    described = describe_lengths(of_papers("abcd"), np.array([0, 2, 3, 3]), new=3)
    assert described.histogram == (1, 0, 1, 2)
    assert (described.num_verbatim, described.share, described.mean_match_tokens) == (2, 0.5, 2.0)
    assert (described.low, described.high) == (None, None)  # of four papers
    half = describe_lengths(of_papers("abcdef"), np.array([0, 0, 0, 3, 3, 3]), new=3)
    # Clopper and Pearson for 3 of 6, as in their tables: 11.8 to 88.2 %
    assert (half.low, half.high) == (pytest.approx(0.1181, abs=1e-4), pytest.approx(0.8819, abs=1e-4))


def test_no_passage_has_no_share():
    described = describe_lengths([], np.array([], dtype=np.int64), new=3)
    assert (described.share, described.low, described.mean_match_tokens) == (None, None, None)
    assert described.histogram == (0, 0, 0, 0)


def test_paragraphs_that_are_known_paper_by_paper_count_as_papers():
    """Of ten papers with ten paragraphs each five are known whole: as sure as five papers of ten, 18.7 to 81.3 %."""
    names, known = [name for name in "abcdefghij" for _ in range(10)], np.repeat([3, 0], 50)
    described = describe_lengths(of_papers(names), known, new=3)
    alone = describe_lengths(of_papers("abcdefghij"), known[::10], new=3)
    # Clopper and Pearson for 5 of 10, as in their tables
    assert (alone.low, alone.high) == (pytest.approx(0.1871, abs=1e-4), pytest.approx(0.8129, abs=1e-4))
    assert described.low < 0.25 and described.high > 0.75 and described.share == 0.5


def test_paragraphs_more_alike_than_chance_are_worth_no_more_than_they_are():
    """One of two in each of ten papers: no spread at all, yet 20 paragraphs never count as more than 20.

    With Student's factor for ten papers they count as 20 (2.0930 / 2.2622)**2 = 17.12, of which 8.56 are known; Clopper
    and Pearson's limits for 8.56 of 17.12 lie between those of their tables for 8 of 17 (.2298) and 9 of 17 (.2781).
    """
    low, high = share_interval(pd.Series([1] * 10), pd.Series([2] * 10))
    assert 0.2298 < low < 0.2781 and low == pytest.approx(1 - high)


def test_one_paper_known_by_heart_does_not_make_training_papers_known():
    """20 of 206 training paragraphs, all of one paper, against 0 of 100: Fisher's test would say .0003."""
    names = ["known"] * 20 + [f"paper{row % 14}" for row in range(186)]
    said = np.repeat([3, 0], [20, 186])
    heldout = count_papers(of_papers([f"other{row % 7}" for row in range(100)]), np.zeros(100, dtype=int), 3)
    assert permute_papers([count_papers(of_papers(names), said, 3), heldout], BOOTSTRAP) > 0.5
    assert compare_lengths(of_papers(names), np.zeros(206, dtype=int), said, 3, BOOTSTRAP).p_value == 1.0


def test_all_of_three_papers_against_none_of_three_is_two_of_twenty_exchanges():
    train = count_papers(of_papers("aabc"), np.array([3, 3, 3, 3]), 3)
    heldout = count_papers(of_papers("deff"), np.array([0, 0, 0, 0]), 3)
    assert permute_papers([train, heldout], BOOTSTRAP) == pytest.approx(2 / 20)
    assert permute_papers([train, train.iloc[:0]], BOOTSTRAP) == 1.0


def test_base_and_adapted_are_paired_by_paper():
    passages = of_papers("aabbbb")
    before, after = np.array([0, 1, 0, 0, 3, 2]), np.array([3, 3, 0, 1, 3, 3])
    compared = compare_lengths(passages, before, after, new=3, how=BOOTSTRAP)
    assert compared.difference_match_tokens.estimate == pytest.approx(7 / 6)
    # both papers have more paragraphs that are continued by the adapted model: 2 / 2**2
    assert compared.p_value == pytest.approx(0.5)
    assert (compared.num_papers, compared.num_paragraphs, compared.is_trustworthy) == (2, 6, False)


def test_paragraphs_that_are_too_short_or_of_other_papers_are_not_drawn():
    rows = pd.DataFrame(
        [("a", 0, "one two three four"), ("a", 2, "one"), ("b", 0, "five six seven eight"), ("c", 0, "a b c d e")],
        columns=["paper", "row", "text"],
    )
    drawn = sample_passages(rows, {"a", "c"}, lambda text: list(map(len, text.split())), 3, 10, seed=0)
    assert drawn == [Passage("a", 0, (3, 3, 5)), Passage("c", 0, (1, 1, 1))]
    assert len(sample_passages(rows, {"a", "b", "c"}, lambda text: list(map(len, text.split())), 3, 2, seed=0)) == 2


@pytest.fixture(scope="module")
def corpus():
    text = "The heart of a donor is kept cold while it travels, and a pump may carry the patient until then."
    return pd.DataFrame([("a", 0, text), ("a", 1, text[4:]), ("b", 0, text[10:])], columns=["paper", "row", "text"])


def test_a_model_trained_on_one_paragraph_alone_knows_it_by_heart(model_folder, tmp_path, corpus):
    from peft import LoraConfig, get_peft_model

    from further.models import Precision, load, load_adapted

    torch.manual_seed(0)
    tokenizer = load_tokenizer(model_folder)
    ids = tokenizer.encode(corpus["text"][0], add_special_tokens=False).ids
    model = get_peft_model(
        load(model_folder, Precision("none", "float32")).network,
        LoraConfig(r=16, target_modules="all-linear", task_type="CAUSAL_LM"),
    ).train()
    optimizer = torch.optim.Adam([parameter for parameter in model.parameters() if parameter.requires_grad], 1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        model(input_ids=torch.tensor([[0, *ids]]), labels=torch.tensor([[0, *ids]])).loss.backward()
        optimizer.step()
    model.save_pretrained(tmp_path)
    loaded = load_adapted(model_folder, tmp_path, Precision("none", "float32"))
    found = measure_memorization(loaded, corpus, {"train": ["a"], "heldout": ["b"]}, tokenizer, 0, PROBE)
    assert found.train.base.num_verbatim == 0
    assert found.train.adapted.max_match_tokens == 6
    best = found.examples[0]
    assert (best.paper, best.row, best.adapted_match_tokens) == ("a", 0, 6)
    assert corpus["text"][0].startswith(best.prefix + best.continued)


def test_switched_off_it_is_none(adapted, model_folder, corpus):
    off = PROBE | {"memorization_paragraphs": None}
    assert measure_memorization(adapted, corpus, {}, load_tokenizer(model_folder), 0, off) is None


def test_without_a_long_paragraph_there_are_no_numbers_and_no_failure(adapted, model_folder, corpus):
    long = PROBE | {"memorization_new_tokens": 5000}
    found = measure_memorization(
        adapted, corpus, {"train": ["a"], "heldout": ["b"]}, load_tokenizer(model_folder), 0, long
    )
    assert found.train.num_paragraphs == 0 and found.train.difference_match_tokens is None
    assert found.examples == ()
