"""Which documents a run trains on, in which order: decided here, for the plan and for training alike."""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from further.settings import Run
from further.shards import hash_rank
from further.sizes import count_selected

Ids = Sequence[int]


@dataclass(frozen=True)
class Choice:
    """Documents of a run in the order of training: the papers, then general text.

    Attributes:
        papers: Token ids without special tokens, by name.
        replay: The same of general documents, the last one perhaps cut.
    """

    papers: dict[str, Ids]
    replay: dict[str, Ids]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all documents."""
        return (*self.papers, *self.replay)

    @property
    def documents(self) -> list[Ids]:
        """Token ids of all documents."""
        return [*self.papers.values(), *self.replay.values()]


def choose_documents(papers: Mapping[str, Ids], general: Mapping[str, Ids], run: Run) -> Choice:
    """The documents of a run, by its fraction, replay_fraction and seed.

    Args:
        papers: Token ids by name; where only lengths matter, ranges will do.

    Raises:
        ValueError: If the general text is too short for its fraction.
    """
    taken = take_fraction(order_papers(papers, run.seed), run.fraction)
    chosen = {name: papers[name] for name in taken}
    return Choice(chosen, take_replay(general, count_tokens(chosen.values()), run.replay_fraction, run.seed))


def order_papers(papers: Iterable[str], seed: int) -> list[str]:
    """Training papers in the order in which growing fractions take them."""
    return sorted(papers, key=lambda paper: hash_rank(seed, "fraction", paper))


def take_fraction(papers: Sequence[str], fraction: float) -> list[str]:
    """First papers of an order for a fraction in (0, 1], at least one; a smaller one is a part of every larger one."""
    return list(papers[: count_selected(fraction, len(papers))])


def count_tokens(documents: Iterable[Ids]) -> int:
    """Tokens of documents, one EOS each counted."""
    return sum(len(document) + 1 for document in documents)


def take_replay(general: Mapping[str, Ids], num_paper_tokens: int, fraction: float, seed: int) -> dict[str, Ids]:
    """General documents, in an order that depends on the seed, that make a fraction of all tokens trained on.

    Args:
        num_paper_tokens: EOS counted.
        fraction: Of all tokens, in [0, 1); 0 takes nothing.

    Raises:
        ValueError: If the general text is too short for the fraction: nothing is repeated.
    """
    left = wanted = round(fraction * num_paper_tokens / (1 - fraction))
    taken: dict[str, Ids] = {}
    for name in sorted(general, key=lambda name: hashlib.sha256(f"{seed}:replay:{name}".encode()).digest()):
        if left < 2:  # EOS alone would teach nothing
            return taken
        # Cut where the fraction is reached, to the token: one document may be longer than all that is asked for.
        taken[name] = general[name][: left - 1]
        left -= len(taken[name]) + 1
    if left >= 2:
        most = (wanted - left) / (wanted - left + num_paper_tokens)
        most = math.floor(1000 * most) / 1000  # a fraction that is rounded up could not be had
        raise ValueError(
            f"training.replay_fraction: {fraction} of the tokens asks for {wanted:,} tokens of general text beside "
            f"{num_paper_tokens:,} of papers, and there are {wanted - left:,}: at most {most:.3f}"
        )
    return taken
