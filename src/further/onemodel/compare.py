"""Arms over seeds and test cases, and their differences: intervals that count both. No torch."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from further.evaluation.answers.match import exact_match, normalize
from further.evaluation.intervals import LEVEL, half_width
from further.onemodel.arms import ENCODER_DECODER, NO_OBJECTIVE
from further.records.base import Interval
from further.records.onemodel import ArmRecord, OneModelRecord, SeedRecord, Taken

Floats = NDArray[np.float64]


def crossed_interval(amounts_SC: Floats, sizes_C: Floats) -> Interval:
    """A ratio of sums over seeds and cases, with an interval for other seeds and other cases.

    Args:
        amounts_SC: Of each seed and case, such as right answers.
        sizes_C: Of each case, such as questions.

    Returns:
        The estimate with Student's quantile at the degrees of freedom of Satterthwaite (1946); without ends for one
        seed or one case.

    Source:
        Owen 2007, The pigeonhole bootstrap, section 3: variance of a mean under crossed random effects.
    """
    num_seeds, num_cases = amounts_SC.shape
    estimate = float(amounts_SC.sum() / (num_seeds * sizes_C.sum()))
    if num_seeds < 2 or num_cases < 2:
        return Interval(estimate=estimate, low=None, high=None, level=LEVEL)
    # The noise of single answers is in both variances and counts twice: too wide rather than too narrow.
    residuals_SC = (amounts_SC - estimate * sizes_C) / sizes_C.mean()
    parts = [residuals_SC.mean(axis=axis) for axis in (0, 1)]  # of cases, of seeds
    variances = [float(part.var(ddof=1)) / len(part) for part in parts]
    total = sum(variances)
    if total == 0:
        return Interval(estimate=estimate, low=estimate, high=estimate, level=LEVEL)
    freedom = total**2 / sum(one**2 / (len(part) - 1) for one, part in zip(variances, parts, strict=True))
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * total**0.5
    return Interval(estimate=estimate, low=estimate - half, high=estimate + half, level=LEVEL)


def within_bounds(accuracy: Interval) -> Interval:
    """An accuracy's interval cut to 0 to 1, beyond which Student's ends may lie."""
    if accuracy.low is None or accuracy.high is None:
        return accuracy
    ends = {"low": max(0.0, accuracy.low), "high": min(1.0, accuracy.high)}
    return Interval(estimate=accuracy.estimate, **ends, level=accuracy.level)


def mean_interval(values: Sequence[float]) -> Interval:
    """Mean over two or more seeds with Student's interval."""
    array = np.asarray(values, dtype=np.float64)
    estimate, half = float(array.mean()), half_width(array)
    return Interval(estimate=estimate, low=estimate - half, high=estimate + half, level=LEVEL)


def mark_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Answers with `right`, 0 or 1 by exact match."""
    pairs = zip(answers["answer"], answers["reference"], strict=True)
    return answers.assign(right=[float(exact_match(*pair)) for pair in pairs])


def lay_out(marked: pd.DataFrame, column: str, size: str | None = None) -> tuple[Floats, Floats]:
    """Sums of a column by seed and case, and sizes by case (of a column, or the number of questions).

    Raises:
        ValueError: If a seed was not asked about the same as the others.
    """
    sums = marked.pivot_table(index="seed", columns="case", values=column, aggfunc="sum")
    counts = marked.pivot_table(index="seed", columns="case", values=size or column, aggfunc="sum" if size else "count")
    if counts.isna().any(axis=None) or (counts.nunique() > 1).any():
        raise ValueError("seeds of one arm were not asked the same questions")
    return sums.to_numpy(dtype=np.float64), counts.iloc[0].to_numpy(dtype=np.float64)


def difference(marked: pd.DataFrame, reference: pd.DataFrame) -> Interval:
    """Accuracy of an arm less that of another, paired by seed and case.

    Raises:
        ValueError: If they share no seed, or were asked about different cases.
    """
    shared = sorted(set(marked["seed"]) & set(reference["seed"]))
    first, second = (one[one["seed"].isin(shared)] for one in (marked, reference))
    if not shared or Counter(first["case"]) != Counter(second["case"]):
        raise ValueError("arms that are compared share no seed, or were asked different questions")
    (own, sizes), (other, _) = (lay_out(one, "right") for one in (first, second))
    return crossed_interval(own - other, sizes)


def reference_of(arm: str, table: str) -> str | None:
    """The arm that another is compared with; None where it is that arm itself, or is compared with none."""
    if table == "objectives":
        number = arm.rpartition("-")[2]
        name = f"objective-{NO_OBJECTIVE}-{number}"
        return None if arm == name else name
    return ENCODER_DECODER if table == "layouts" and arm != ENCODER_DECODER else None


def compare_arms(
    tables: Mapping[str, Sequence[str]],
    numbers: Mapping[str, Sequence[SeedRecord]],
    answers: Mapping[str, pd.DataFrame],
    rates: Mapping[str, Mapping[str, float]],
) -> OneModelRecord:
    """The record of a study.

    Args:
        tables: Arms by table.
        numbers: By arm, what each seed took.
        answers: By arm, GENERATED with columns seed and asked (old: about images, new: the added modality).
        rates: Validation loss by layout and rate.
    """
    marked = {arm: mark_answers(table) for arm, table in answers.items()}
    arms = {arm: _describe(arm, table, numbers[arm], marked) for table, names in tables.items() for arm in names}
    old = marked[ENCODER_DECODER]
    new = [part[part["asked"] == "new"] for part in marked.values() if (part["asked"] == "new").any()]
    chance = {"images": majority(old)} | ({"signal": majority(new[0])} if new else {})
    return OneModelRecord(
        arms=arms,
        rates={layout: dict(tried) for layout, tried in rates.items()},
        num_test_cases=old["case"].nunique(),
        chance=chance,
    )


def _describe(arm: str, table: str, numbers: Sequence[SeedRecord], marked: Mapping[str, pd.DataFrame]) -> ArmRecord:
    own, added = marked[arm], table == "additions"
    asked = own[own["asked"] == ("new" if added else "old")]
    reference, again = reference_of(arm, table), own[own["asked"] == "old"]
    return ArmRecord(
        table=table,
        num_seeds=len(numbers),
        seconds=mean_interval([one.seconds for one in numbers]),
        accuracy=within_bounds(crossed_interval(*lay_out(asked, "right"))),
        loss_nats=crossed_interval(*lay_out(asked, "reference_nats", "reference_tokens")),
        reference=reference,
        difference=difference(asked, marked[reference]) if reference else None,
        old_difference=_forgotten(again, marked[ENCODER_DECODER]) if added else None,
        **numbers[0].model_dump(include=set(Taken.model_fields)),
    )


def _forgotten(again: pd.DataFrame, before: pd.DataFrame) -> Interval:
    # Adapters, an embedding or a tower are left off for images, so the answers about them stay what they were.
    return Interval.exactly(0.0) if again.empty else difference(again, before)


def majority(marked: pd.DataFrame) -> float:
    """Accuracy of the most frequent answer of each question type."""
    one = marked[marked["seed"] == marked["seed"].min()]
    said = one["reference"].map(normalize)  # as `mark_answers` compares them: Yes and yes are one answer
    return float(said.groupby(one["question_type"]).agg(lambda texts: texts.value_counts().iloc[0]).sum() / len(one))
