"""Cross-validation over papers: every paper is scored by a model that did not train on it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from further.evaluation.comparison import compare, heldout
from further.evaluation.overlap import count_dropped, count_shared
from further.evaluation.pairing import check_alike
from further.records.comparison import CrossValidation, FoldComparison
from further.settings import ComparisonSettings


@dataclass(frozen=True)
class Fold:
    """The tables of a fold: scores of base and run, its split (`test` is the fold), its rows, and what was dropped."""

    base: pd.DataFrame
    run: pd.DataFrame
    split: pd.DataFrame
    rows: pd.DataFrame
    repeats: pd.DataFrame


def cross_validate(folds: Mapping[str, Fold], how: ComparisonSettings) -> CrossValidation | None:
    """Compare base and adapted models over all papers, each held out in one fold.

    The interval takes papers as independent. It does not know that the models of two folds share most of their training
    papers; no unbiased estimate of the variance exists.

    Args:
        folds: By name, in order; none gives None.

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
    # Each fold has a run of its own; in a message the pool has one name.
    pooled = compare(before, after.assign(run="of the folds"), how)
    documents = tuple(line.model_copy(update={"fold": owner[line.document]}) for line in pooled.documents)
    papers = {paper for fold in folds.values() for paper in fold.split["paper"]}
    return CrossValidation(
        papers=pooled.model_copy(update={"documents": documents}),
        folds={name: _compare_fold(fold, how) for name, fold in folds.items()},
        num_papers=len(papers),
        not_held_out=tuple(sorted(papers - set(owner))),
    )


def _compare_fold(fold: Fold, how: ComparisonSettings) -> FoldComparison:
    compared = compare(heldout(fold.base, "papers"), heldout(fold.run, "papers"), how)
    sizes = fold.split["split"].value_counts()
    return FoldComparison(
        num_train_papers=int(sizes["train"]),
        num_test_papers=int(sizes["test"]),
        before=compared.before,
        after=compared.after,
        difference_nats_per_token=compared.difference_nats_per_token,
        num_improved=compared.num_improved,
        dropped=count_dropped(fold.repeats),
        shared_paragraphs_left=count_shared(fold.rows, fold.split, how.paragraph_words),
    )
