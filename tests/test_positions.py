"""Limits as published configurations give them."""

import pytest

from facts import naming
from further.positions import check_length, find_limit

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        ({"n_positions": 1024}, 1024),  # GPT-2
        ({"max_position_embeddings": 4096, "rope_scaling": None}, 4096),  # Llama 2
        ({"max_position_embeddings": 4096, "rope_scaling": {"type": "linear", "factor": 4.0}}, 16384),  # Vicuna 16k
        ({"max_position_embeddings": 131072, "rope_scaling": LLAMA3}, 131072),  # Llama 3.1: stretched already
        ({"max_position_embeddings": 131072, "rope_parameters": LLAMA3 | {"rope_theta": 5e5}}, 131072),
        ({"max_position_embeddings": 32768, "rope_parameters": {"rope_type": "default"}}, 32768),  # Qwen2.5
        (
            {
                "max_position_embeddings": 32768,
                "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768},
            },
            131072,
        ),
        ({"text_config": {"max_position_embeddings": 2048}}, 2048),
        ({"model_type": "mamba"}, None),
        ({"rope_scaling": {"factor": 2.0}}, None),
        ({"rope_scaling": {"factor": 2.0, "original_max_position_embeddings": 10}}, None),
        ({"rope_parameters": {"full_attention": {"factor": 8.0}, "sliding_attention": {}}, "n_positions": 10}, 80),
    ],
)
def test_positions_of_published_configurations(config, limit):
    assert find_limit(config) == limit


def test_as_many_tokens_as_positions_are_right_and_one_more_is_not():
    check_length({"n_positions": 1024}, "evaluation.window", 1024)
    check_length({}, "evaluation.window", 10**9)
    with pytest.raises(ValueError, match=naming("evaluation.window", 1025, 1024)):
        check_length({"n_positions": 1024}, "evaluation.window", 1025)
