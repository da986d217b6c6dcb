"""Cross-validation over papers: every paper is scored by a model that did not train on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from further.evaluation.comparison import compare, heldout
from further.evaluation.pairing import check_alike
from further.evaluation.shared import count_dropped, count_shared


@dataclass(frozen=True)
class Fold:
    """One fold's tables.

    Attributes:
        base: Scores of the base at the run's quantization.
        run: Scores of the run that trained on the other folds' papers.
        split: Columns paper and split; `test` is the fold.
        rows: Columns paper and text, without what was dropped.
        repeats: What was dropped from this fold's training and why: columns reason and characters.
    """

    base: pd.DataFrame
    run: pd.DataFrame
    split: pd.DataFrame
    rows: pd.DataFrame
    repeats: pd.DataFrame


def cross_validate(folds: Mapping[str, Fold], min_words: int, resamples: int, seed: int) -> dict[str, Any] | None:
    """Compare base and adapted models over all papers, each held out in one fold.

    The interval takes papers as independent. Models of two folds share most of their training papers, which it does
    not know of: no estimate from one cross-validation does without bias.

    Args:
        folds: By name, in order; none gives None.
        min_words: Words under which a paragraph does not count as shared.
        resamples: Bootstrap resamples.
        seed: Of the bootstrap.

    Returns:
        `papers`: the pooled comparison, each document with its fold; `folds`: each fold's own difference and what was
        dropped from its training; `num_papers`, and `not_held_out`: papers without a text of their own.

    Raises:
        ValueError: If a paper is held out twice, or base and run were not scored alike.

    Source:
        Bengio and Grandvalet 2004, No unbiased estimator of the variance of k-fold cross-validation.
    """
    if not folds:
        return None
    owner: dict[str, str] = {}
    for name, fold in folds.items():
        check_alike(fold.base, fold.run, ["quantization"])
        for paper in fold.split.loc[fold.split["split"] == "test", "paper"]:
            if paper in owner:
                raise ValueError(f"{paper} is held out in {owner[paper]} and again in {name}")
            owner[paper] = name
    before, after = (
        pd.concat([heldout(getattr(fold, kind), "papers") for fold in folds.values()]) for kind in ("base", "run")
    )
    pooled = compare(before, after.assign(run="of the folds"), resamples, seed)
    pooled["documents"] = [line | {"fold": owner[line["document"]]} for line in pooled["documents"]]
    papers = {paper for fold in folds.values() for paper in fold.split["paper"]}
    return {
        "papers": pooled,
        "folds": {name: _describe(fold, min_words, resamples, seed) for name, fold in folds.items()},
        "num_papers": len(papers),
        "not_held_out": sorted(papers - set(owner)),
    }


def _describe(fold: Fold, min_words: int, resamples: int, seed: int) -> dict[str, Any]:
    compared = compare(heldout(fold.base, "papers"), heldout(fold.run, "papers"), resamples, seed)
    sizes = fold.split["split"].value_counts()
    return {
        "num_train_papers": int(sizes["train"]),
        "num_test_papers": int(sizes["test"]),
        "before": compared["before"],
        "after": compared["after"],
        "difference_nats_per_token": compared["difference_nats_per_token"],
        "trustworthy": compared["trustworthy"],
        "num_improved": compared["num_improved"],
        "dropped": count_dropped(fold.repeats),
        "shared_paragraphs_left": count_shared(fold.rows, fold.split, min_words),
    }
