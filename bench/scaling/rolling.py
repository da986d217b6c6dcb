"""Predict left-out sizes of published curves from rolling origins, by the law's own interval and by the prediction.

At every origin a curve is seen up to one of its sizes, at least five of them. What was measured at 2, 4 and 8 times
that size is then held against both intervals. `dared` is the fraction of cases that predictions go to: the
sizes span enough, and the interval is narrow enough. Widths are in percent of the predicted loss, medians.

    OMP_NUM_THREADS=1 python bench/scaling/rolling.py [curves of each source]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from further.scaling.curve import check_curve
from further.scaling.fit import fit_curve, predict_band
from further.scaling.prediction import FACTORS, Predictor

DATA = Path(__file__).parent / "data"
FEWEST_SEEN = 5
SAME_SIZE = 0.05


def read_curves() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Source, sizes and losses of each curve."""
    for path in sorted(DATA.glob("lin_*.csv")):
        table = pd.read_csv(path).set_index("model").drop(columns="published_rmsd", errors="ignore")
        for _, losses in table.iterrows():
            yield path.stem, table.columns.to_numpy(dtype=float), losses.to_numpy(dtype=float)
    for _, points in pd.read_csv(DATA / "nmt.csv").groupby("model", sort=False):
        yield "nmt", points["t"].to_numpy(dtype=float), points["y"].to_numpy(dtype=float)


def predict_from(source: str, t: np.ndarray, y: np.ndarray, seen: int) -> Iterator[dict[str, object]]:
    """One row for each factor ahead at which something was measured; none where the curve does not fall yet."""
    try:
        curve = check_curve(t[:seen], y[:seen])
    except ValueError:
        return
    fit, predictor = fit_curve(curve), Predictor(curve)
    for factor in FACTORS:
        for place in np.flatnonzero(np.abs(t / (factor * t[seen - 1]) - 1) < SAME_SIZE):
            law, ahead, measured = predict_band(fit, t[place]), predictor.predict(t[place]), y[place]
            yield {
                "source": source,
                "times": int(factor),
                "law holds": law.low[0] <= measured <= law.high[0],
                "law width": 100 * (law.high[0] - law.low[0]) / law.loss_nats[0],
                "prediction holds": ahead.low[0] <= measured <= ahead.high[0],
                "prediction width": 100 * (ahead.high[0] - ahead.low[0]) / ahead.loss_nats[0],
                "dared": predictor.is_useful(factor),
            }


def summarize(cases: pd.DataFrame) -> pd.Series:
    dared = cases[cases["dared"]]
    return pd.Series(
        {
            "cases": len(cases),
            "law holds": f"{cases['law holds'].mean():.1%}",
            "law width": f"{cases['law width'].median():.1f}",
            "prediction holds": f"{cases['prediction holds'].mean():.1%}",
            "prediction width": f"{cases['prediction width'].median():.1f}",
            "dared": f"{cases['dared'].mean():.0%}",
            "holds where dared": f"{dared['prediction holds'].mean():.1%}" if len(dared) else "",
            "width where dared": f"{dared['prediction width'].median():.1f}" if len(dared) else "",
        }
    )


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    taken: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for source, t, y in read_curves():
        taken[source] = taken.get(source, 0) + 1
        if taken[source] <= most:
            rows += [row for seen in range(FEWEST_SEEN, t.size) for row in predict_from(source, t, y, seen)]
    cases = pd.DataFrame(rows)
    everything = cases.assign(source="all")
    table = pd.concat([cases, everything]).groupby(["source", "times"]).apply(summarize, include_groups=False)
    sys.stdout.write(table.to_string() + "\n")


if __name__ == "__main__":
    main()
