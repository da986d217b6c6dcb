"""General text trained on beside the papers, so that less of it is forgotten."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Ids = Sequence[int]


def count_tokens(documents: Iterable[Ids]) -> int:
    """Tokens of documents, one end mark each counted."""
    return sum(len(document) + 1 for document in documents)


def take_replay(general: Mapping[str, Ids], num_paper_tokens: int, share: float, seed: int) -> list[Ids]:
    """Whole general documents, in an order that depends on the seed, that make a share of all tokens trained on.

    A document is taken as long as it brings the share closer to what is asked for, so the share is exact to half a
    document; the metrics report what it came to.

    Args:
        general: Token ids of the general documents to train on, by name.
        num_paper_tokens: Tokens of the papers, end marks counted.
        share: Of all tokens, in [0, 1); 0 takes nothing.
        seed: The run's.

    Raises:
        ValueError: If the general text is too short for the share: nothing is repeated.
    """
    wanted = share * num_paper_tokens / (1 - share)
    taken: list[Ids] = []
    num_tokens = 0
    for name in sorted(general, key=lambda name: hashlib.sha256(f"{seed}:replay:{name}".encode()).digest()):
        size = len(general[name]) + 1
        if abs(num_tokens + size - wanted) >= abs(num_tokens - wanted):
            return taken
        taken.append(general[name])
        num_tokens += size
    if num_tokens < wanted:
        most = num_tokens / (num_tokens + num_paper_tokens)
        raise ValueError(
            f"training.replay_share: {share} of the tokens asks for {wanted:,.0f} tokens of general text beside "
            f"{num_paper_tokens:,} of papers, and there are {num_tokens:,}: at most {most:.3f}"
        )
    return taken
