"""Refit published curves and compare with the published numbers.

1. Alabdulmohsin et al. 2022, table 2: error of the last point of five translation curves, predicted by a pure power law
   from all others ("M1", fitted to log losses).
2. Lin et al. 2024: root mean square of the log residuals of their rectified law on fine-tuning curves of WMT19.

    python bench/scaling/reproduce_published.py
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from further.scaling.curve import check_curve
from further.scaling.families import FAMILIES, fit_family
from further.scaling.holdout import hold_out_largest

DATA = Path(__file__).parent / "data"
BY_NAME = {family.name: family for family in FAMILIES}


def compare_translation() -> list[dict[str, object]]:
    """One row per curve: log error of the held-out point by each form, and by "it stays as it was"."""
    rows = []
    for model, points in pd.read_csv(DATA / "nmt.csv").groupby("model", sort=False):
        held = hold_out_largest(check_curve(points["t"], points["y"]), in_logs=True)
        assert held is not None
        errors = {one.name: abs(np.log1p(one.error_percent / 100)) for one in held.families}
        rows.append(
            {
                "curve": model,
                "published M1": points["published_power_without_floor"].iloc[0],
                "ours, same form": round(errors["power_without_floor"], 4),
                "published M2": points["published_power"].iloc[0],
                **{name: round(errors[name], 4) for name in ("power", "rectified", "shifted", "broken")},
                "last value": round(abs(np.log1p(held.last_value_error_percent / 100)), 4),
            }
        )
    return rows


def compare_fine_tuning() -> list[dict[str, object]]:
    """One row per curve: log residuals of the rectified law, published and ours, and of the power law."""
    rows = []
    table = pd.read_csv(DATA / "lin_wmt19.csv").set_index("model")
    for model, row in table.iterrows():
        losses = row.drop("published_rmsd")
        curve = check_curve([float(size) for size in losses.index], losses)
        rectified, power = (fit_family(curve, BY_NAME[name], in_logs=True).log_rmsd for name in ("rectified", "power"))
        published = row["published_rmsd"]
        rows.append(
            {
                "curve": model,
                "published": round(published, 6),
                "ours": round(rectified, 6),
                "ours / published": round(rectified / published, 4),
                "power law": round(power, 6),
            }
        )
    return rows


def main() -> None:
    for rows in (compare_translation(), compare_fine_tuning()):
        sys.stdout.write(pd.DataFrame(rows).to_string(index=False) + "\n\n")


if __name__ == "__main__":
    main()
