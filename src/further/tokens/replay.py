"""General text trained on beside the papers, so that less of it is forgotten."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Ids = Sequence[int]


def count_tokens(documents: Iterable[Ids]) -> int:
    """Tokens of documents, one end mark each counted."""
    return sum(len(document) + 1 for document in documents)


def take_replay(general: Mapping[str, Ids], num_paper_tokens: int, share: float, seed: int) -> dict[str, Ids]:
    """General documents, in an order that depends on the seed, that make a share of all tokens trained on.

    The last one is cut where the share is reached, so the share is exact to a token: one document may be longer than
    all that is asked for.

    Args:
        general: Token ids of the general documents to train on, by name.
        num_paper_tokens: Tokens of the papers, end marks counted.
        share: Of all tokens, in [0, 1); 0 takes nothing.
        seed: The run's.

    Returns:
        Token ids by name, in the order of training.

    Raises:
        ValueError: If the general text is too short for the share: nothing is repeated.
    """
    left = wanted = round(share * num_paper_tokens / (1 - share))
    taken: dict[str, Ids] = {}
    for name in sorted(general, key=lambda name: hashlib.sha256(f"{seed}:replay:{name}".encode()).digest()):
        if left < 2:  # the end mark alone would teach nothing
            return taken
        taken[name] = general[name][: left - 1]
        left -= len(taken[name]) + 1
    if left >= 2:
        most = (wanted - left) / (wanted - left + num_paper_tokens)
        raise ValueError(
            f"training.replay_fraction: {share} of the tokens asks for {wanted:,} tokens of general text beside "
            f"{num_paper_tokens:,} of papers, and there are {wanted - left:,}: at most {most:.3f}"
        )
    return taken
