"""Hashes a few bits apart, against a plain loop."""

import numpy as np
import pytest

from further.cases.near_equal import find_near_pairs


def to_hash(bits):
    return np.packbits(bits).tobytes().hex()


def test_pairs_are_those_of_a_plain_loop():
    generator = np.random.default_rng(0)
    bits = generator.integers(0, 2, (300, 256), dtype=np.uint8)
    for place in range(0, 100, 2):  # neighbors, 0 to 24 bits apart
        bits[place + 1] = bits[place]
        bits[place + 1, generator.choice(256, place // 4, replace=False)] ^= 1
    wanted = [
        (one, two, int((bits[one] != bits[two]).sum()))
        for one in range(300) for two in range(one + 1, 300) if (bits[one] != bits[two]).sum() <= 16
    ]  # fmt: skip
    assert find_near_pairs([to_hash(row) for row in bits], 16) == wanted
    assert len(wanted) == 34  # those of 0 to 16 bits: places 0 to 66


def test_nearly_even_pictures_are_not_called_one():
    one, two = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
    one[:5], two[5:10] = 1, 1
    assert find_near_pairs([to_hash(one), to_hash(two), to_hash(one)], 16) == []


@pytest.mark.parametrize(("bits", "pairs"), [(31, []), (32, [(0, 1, 0)])])
def test_a_hash_tells_pictures_apart_from_an_eighth_of_its_bits(bits, pairs):
    picture = np.zeros(256, np.uint8)
    picture[:bits] = 1
    assert find_near_pairs([to_hash(picture)] * 2, 16) == pairs
