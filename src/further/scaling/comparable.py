"""Which runs make one curve: separate runs that differ in nothing but their size and their seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from further.listing import name_some
from further.scaling.curve import Point

VARIED = {"fraction", "seed"}
MOST_NAMED = 4  # values of a setting in a message


def check_one_curve(points: Sequence[Point]) -> None:
    """Refuse points that do not belong on one curve.

    Raises:
        ValueError: If a run gives several points, or if runs differ in a setting other than "fraction" and "seed",
            which is named with its values.
    """
    name, count = max(Counter(point.run for point in points).items(), key=lambda one: one[1], default=("", 0))
    if count > 1:
        raise ValueError(
            f"run {name} gives {count} points: take only the end of each run, because a schedule that has not ended "
            "stands higher than a run of that length"
        )
    for setting in sorted({name for point in points for name in point.settings} - VARIED):
        values = {repr(point.settings.get(setting)): point.run for point in points}
        if len(values) > 1:
            found = name_some([f"{value} in {run}" for value, run in sorted(values.items())], MOST_NAMED)
            raise ValueError(
                f"runs differ in {setting} ({found}): fit one curve for each value of {setting}, or leave it "
                "out if it is no setting"
            )


def common_settings(points: Sequence[Point]) -> Mapping[str, Any]:
    """Return the settings that have one value in all runs."""
    if not points:
        return {}
    first = points[0].settings
    shared = {name for name in first if all(name in one.settings for one in points)} - VARIED
    return {name: first[name] for name in sorted(shared) if all(one.settings[name] == first[name] for one in points)}
