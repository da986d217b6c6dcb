import pytest

from further.tokens.replay import count_tokens, take_replay

GENERAL = {f"g{number:02}": [number] * 9 for number in range(30)}  # ten tokens each, end marks counted


def test_a_share_of_all_tokens_not_of_the_papers():
    assert count_tokens(take_replay(GENERAL, 100, 0.5, 0)) == 100
    assert count_tokens(take_replay(GENERAL, 100, 0.2, 0)) == 20  # 25 asked for: 20 is as near as 30
    assert count_tokens(take_replay(GENERAL, 104, 0.2, 0)) == 30  # 26 asked for
    assert take_replay(GENERAL, 100, 0.0, 0) == []
    assert take_replay({}, 100, 0.0, 0) == []


def test_the_seed_chooses_and_a_larger_share_holds_the_smaller_one():
    small, large, other = (take_replay(GENERAL, 100, *given) for given in ((0.2, 0), (0.5, 0), (0.5, 1)))
    assert large[: len(small)] == small
    assert sorted(large) != sorted(other)
    assert len({tuple(document) for document in large}) == len(large)  # none twice


def test_too_little_general_text_is_said_with_numbers():
    with pytest.raises(
        ValueError, match=r"replay_share: 0\.9 .* asks for 900 .* beside 100 .* there are 300: at most 0\.750"
    ):
        take_replay(GENERAL, 100, 0.9, 0)
