"""Near-duplicates: shares worked by hand, and what the sketches may not miss."""

import random

import pytest

from further.corpus.select.similar import NUM_HASHES, SimilarTexts, choose_bands, find_shingles, similarity


def test_sequences_of_five_words():
    assert find_shingles("One two, three four-five SIX.") == {"one two three four five", "two three four five six"}
    assert find_shingles("Only three words") == {"only three words"}
    assert find_shingles(" - ") == set()


def test_similarity_is_the_share_of_sequences_in_both():
    # 6 words make 2 sequences; another last word leaves 1 of 3 in common.
    assert similarity(find_shingles("a b c d e f"), find_shingles("a b c d e g")) == 1 / 3
    assert similarity(set(), set()) == 0


@pytest.mark.parametrize(("threshold", "bands"), [(0.5, 64), (0.7, 32), (0.9, 16), (1.0, 8), (0.01, 128)])
def test_bands(threshold, bands):
    # At .5, bands of 4 hashes: 1 - (1 - .0625)**32 = .87; of 2: 1 - (1 - .25)**64 > .99.
    assert choose_bands(threshold) == bands
    assert NUM_HASHES % bands == 0


def words(number, seed):
    chance = random.Random(seed)
    return [f"w{chance.randrange(5000)}" for _ in range(number)]


def test_a_changed_word_in_sixty_is_found_and_names_the_first():
    known = SimilarTexts(0.7)
    texts = [" ".join(words(60, seed)) for seed in range(50)]
    assert [known.match_or_add(text) for text in texts] == [None] * 50
    changed = words(60, 17)
    changed[30] = "other"
    # 56 sequences each, 5 of them hold the changed word: 51 of 61 are shared.
    assert known.match_or_add(" ".join(changed)) == (17, 51 / 61)


def test_a_pair_below_the_threshold_is_two_texts():
    known = SimilarTexts(0.7)
    text = words(60, 1)
    assert known.match_or_add(" ".join(text)) is None
    text[10] = text[30] = "other"  # 46 of 66 are shared: .697
    assert known.match_or_add(" ".join(text)) is None


@pytest.mark.parametrize("threshold", [0.0, 1.1])
def test_threshold_outside_its_range_is_refused(threshold):
    with pytest.raises(ValueError, match=str(threshold)):
        SimilarTexts(threshold)
