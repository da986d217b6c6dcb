"""Memorization: how far a model continues a paragraph word for word from its first tokens, greedily."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy import stats

from further.evaluation.before_after import before_and_after
from further.evaluation.intervals import LEVEL, ratio_interval, share_interval
from further.evaluation.scoring import explain_scoring
from further.models import Model
from further.positions import check_length
from further.records.base import DEFAULT_RUN
from further.records.comparison import MIN_PAPERS
from further.records.probes import Memorization, Recited, RecitedBoth, RecitedPassage
from further.settings import BootstrapSettings, ProbeSettings

CHUNK = 1024  # predicted positions whose logits stand in memory at once
EXAMPLES = 5  # of the training paragraphs continued farthest

Lengths = NDArray[np.int64]
Floats = NDArray[np.float64]


class Passage(NamedTuple):
    """The first tokens of a paragraph: the prefix that the model is given, and its continuation."""

    paper: str
    row: int
    ids: tuple[int, ...]


def sample_passages(
    rows: pd.DataFrame, papers: Collection[str], encode: Callable[[str], list[int]], length: int, number: int, seed: int
) -> list[Passage]:
    """Draw paragraphs of some papers that have so many tokens (no special ones), and keep the order of the rows."""
    own = rows[rows["paper"].isin(papers)].sort_values(["paper", "row"])
    pairs = zip(own["paper"], own["row"], map(encode, own["text"]), strict=True)
    long = [Passage(paper, int(row), tuple(ids[:length])) for paper, row, ids in pairs if len(ids) >= length]
    picked = np.random.default_rng(seed).permutation(len(long))[:number]
    return [long[place] for place in sorted(picked)]


@torch.no_grad()
def match_lengths(model: Model, passages: Sequence[Passage], begin: int, prefix: int, batch_tokens: int) -> Lengths:
    """How many tokens after the prefix greedy decoding says as they stand in the passage.

    Args:
        model: A causal language model in evaluation mode.
        passages: Of one length, at least `prefix` + 1.
        prefix: Tokens that the model is given, after `begin`.
        batch_tokens: Inputs per forward pass, at most, at least one passage.

    Returns:
        One number per passage, from 0 to its length less the prefix.

    Raises:
        ValueError: If passages are longer than the model's positions.
    """
    if not passages:
        return np.zeros(0, dtype=np.int64)
    both = "evaluation.memorization_prefix_tokens + memorization_new_tokens"
    check_length(model.config, both, len(passages[0].ids))
    # Nothing is generated: up to its first wrong token greedy decoding has read the passage itself, so one forward pass
    # over the passage finds that token.
    device, head = model.device, model.head
    ids_PT = torch.tensor([passage.ids for passage in passages], device=device)
    inputs_PT = torch.cat([torch.full_like(ids_PT[:, :1], begin), ids_PT[:, :-1]], 1)
    said = []
    for inputs_BT in inputs_PT.split(max(1, batch_tokens // ids_PT.shape[1])):
        with explain_scoring(*inputs_BT.shape):
            hidden = model.encode({"input_ids": inputs_BT})[:, prefix:]
            likeliest = [head(part).argmax(-1) for part in hidden.flatten(0, 1).split(CHUNK)]
            said.append(torch.cat(likeliest).view(hidden.shape[:2]))
    right = torch.cat(said) == ids_PT[:, prefix:]
    lengths: Lengths = right.long().cumprod(1).sum(1).cpu().numpy()
    return lengths


def measure_memorization(
    model: Model,
    rows: pd.DataFrame,
    papers: Mapping[str, Collection[str]],
    tokenizer: Any,
    begin: int,
    settings: ProbeSettings,
) -> Memorization | None:
    """Continue paragraphs of training and of held-out papers with the base and with the adapted model.

    Args:
        papers: By group, `train` and `heldout`.
        settings: Without a number of paragraphs nothing is measured.
    """
    number, prefix, new = (
        settings.memorization_paragraphs, settings.memorization_prefix_tokens, settings.memorization_new_tokens
    )  # fmt: skip
    if number is None:
        return None

    def encode(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    passages = {
        group: sample_passages(rows, own, encode, prefix + new, number, settings.seed) for group, own in papers.items()
    }
    lengths = {
        group: before_and_after(model, match_lengths, chosen, begin, prefix, settings.batch_tokens)
        for group, chosen in passages.items()
    }
    return Memorization(
        run=DEFAULT_RUN,
        prefix_tokens=prefix,
        new_tokens=new,
        level=LEVEL,
        **{group: compare_lengths(passages[group], *pair, new, settings) for group, pair in lengths.items()},
        p_value_train_heldout=permute_papers(
            [count_papers(passages[group], after, new) for group, (_, after) in lengths.items()], settings
        ),
        examples=_examples(passages["train"], *lengths["train"], prefix, tokenizer.decode),
    )


def compare_lengths(
    passages: Sequence[Passage], before: Lengths, after: Lengths, new: int, how: BootstrapSettings
) -> RecitedBoth:
    """Base and adapted model on the same passages, paired; papers are the unit.

    The p-value is that of the exact sign test of the papers of which more, or fewer, paragraphs are continued word for
    word than before.
    """
    counts = count_papers(passages, after, new)
    papers = counts - count_papers(passages, before, new)
    rose, fell = int((papers["verbatim"] > 0).sum()), int((papers["verbatim"] < 0).sum())
    return RecitedBoth(
        num_paragraphs=len(passages),
        num_papers=len(papers),
        base=describe_lengths(passages, before, new),
        adapted=describe_lengths(passages, after, new),
        difference_match_tokens=ratio_interval(papers["tokens"], counts["paragraphs"], how) if len(papers) else None,
        p_value=float(stats.binomtest(rose, rose + fell).pvalue) if rose + fell else 1.0,
    )


def count_papers(passages: Sequence[Passage], lengths: Lengths, new: int) -> pd.DataFrame:
    """Columns by paper: its paragraphs, those continued to the end (verbatim), and tokens said as they stand."""
    papers = [passage.paper for passage in passages]
    counts = pd.DataFrame({"paragraphs": 1, "verbatim": (lengths == new).astype(int), "tokens": lengths})
    return counts.groupby(np.array(papers, dtype=object)).sum()


def describe_lengths(passages: Sequence[Passage], lengths: Lengths, new: int) -> Recited:
    """Fraction of passages continued to the end, with its interval over papers, and how far the others went."""
    papers, number = count_papers(passages, lengths, new), len(lengths)
    low, high = share_interval(papers["verbatim"], papers["paragraphs"]) if len(papers) >= MIN_PAPERS else (None, None)
    return Recited(
        num_verbatim=int(papers["verbatim"].sum()),
        share=float((lengths == new).mean()) if number else None,
        low=low,
        high=high,
        mean_match_tokens=float(lengths.mean()) if number else None,
        max_match_tokens=int(lengths.max()) if number else None,
        histogram=tuple(np.bincount(lengths, minlength=new + 1).tolist()),
    )


def permute_papers(groups: Sequence[pd.DataFrame], how: BootstrapSettings) -> float:
    """Two-sided p-value that paragraphs of both groups of papers are continued word for word as often.

    Whole papers are exchanged between the two tables of `count_papers`, as paragraphs of one paper are memorized, or
    not, together. With fewer than two papers in one group the p-value is 1.
    """

    def difference(first: Floats, second: Floats, axis: int) -> Floats:
        return np.asarray(first.mean(axis) - second.mean(axis))

    if min(map(len, groups)) < 2:
        return 1.0
    # By fraction: the group with fewer papers has more paragraphs drawn from each.
    shares = [(papers["verbatim"] / papers["paragraphs"]).to_numpy() for papers in groups]
    test = stats.permutation_test(shares, difference, vectorized=True, n_resamples=how.bootstrap, rng=how.seed)
    return float(test.pvalue)


def _examples(
    passages: Sequence[Passage],
    before: Lengths,
    after: Lengths,
    prefix: int,
    decode_text: Callable[[Sequence[int]], str],
) -> tuple[RecitedPassage, ...]:
    order = np.argsort(-after, kind="stable")[:EXAMPLES]
    return tuple(
        RecitedPassage(
            paper=passages[place].paper,
            row=passages[place].row,
            prefix=decode_text(passages[place].ids[:prefix]),
            continued=decode_text(passages[place].ids[prefix : prefix + int(after[place])]),
            base_match_tokens=int(before[place]),
            adapted_match_tokens=int(after[place]),
        )
        for place in order
    )
