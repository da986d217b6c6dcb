import pytest

from facts import naming
from further.tokens.choice import count_tokens, take_replay

GENERAL = {f"g{number:02}": [number] * 9 for number in range(30)}  # ten tokens each, EOS counted


def test_a_share_of_all_tokens_not_of_the_papers():
    assert count_tokens(take_replay(GENERAL, 100, 0.5, 0).values()) == 100
    assert take_replay(GENERAL, 100, 0.0, 0) == take_replay({}, 100, 0.0, 0) == {}
    taken = take_replay(GENERAL, 100, 0.2, 0)  # 25 asked for: ten, ten, and the beginning of a third
    assert [len(ids) + 1 for ids in taken.values()] == [10, 10, 5]
    assert all(list(ids) == GENERAL[name][: len(ids)] for name, ids in taken.items())


@pytest.mark.parametrize("seed", range(8))
def test_one_long_document_among_short_ones_does_not_change_the_share(seed):
    """Whole documents only: the long one ended the replay early, at once where it came first."""
    long = GENERAL | {"long": [99] * 5000}
    assert count_tokens(take_replay(long, 600, 0.25, seed).values()) == 200
    assert count_tokens(take_replay(long, 600, 0.001, seed).values()) == 0  # 1 token, which a mark alone would be


def test_the_seed_chooses_and_a_larger_share_holds_the_smaller_one():
    small, large, other = (list(take_replay(GENERAL, 100, *given)) for given in ((0.2, 0), (0.5, 0), (0.5, 1)))
    assert large[: len(small)] == small
    assert sorted(large) != sorted(other)


def test_too_little_general_text_is_said_with_numbers():
    with pytest.raises(ValueError, match=naming("training.replay_fraction", 0.9, 900, 100, 300, "0.750")):
        take_replay(GENERAL, 100, 0.9, 0)


def test_the_fraction_that_is_said_to_be_the_most_can_be_had():
    """300 tokens beside 161 are .6508 of all: .651 would ask for one more than there are."""
    with pytest.raises(ValueError, match=naming("training.replay_fraction", 0.9, 300, "0.650")):
        take_replay(GENERAL, 161, 0.9, 0)
    assert count_tokens(take_replay(GENERAL, 161, 0.650, 0).values()) == 299
