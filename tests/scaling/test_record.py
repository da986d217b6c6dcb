"""The record that `law.json` holds: it comes back as it was written, and refuses what it does not know."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from further.scaling.analysis import analyse_curve
from further.scaling.cost import UnitCosts
from further.scaling.curve import Point
from further.scaling.record import LawRecord
from further.scaling.units import make_target
from scaling.curves import make_curve

COST = UnitCosts(1000.0, price_per_gpu_hour=20.0, currency="SEK", price_date="2026-11-01", yearly_budget=1e4)
T, Y = make_curve(noise=0.005, span=1e3, num_sizes=8)
POINTS = [Point(f"run {i}", *one, settings={"rank": 8}) for i, one in enumerate(zip(T, Y, strict=True))]
TARGETS = [make_target(loss, "nats") for loss in (9.0, 1.87, 1.2)]


@pytest.mark.parametrize("points", [POINTS, POINTS[:2], []])
def test_it_comes_back_as_it_was_written(points):
    record = analyse_curve(points, TARGETS, COST)
    text = json.dumps(record.to_json(), allow_nan=False)
    assert LawRecord.model_validate(json.loads(text)) == record


def test_a_field_that_is_unknown_or_missing_is_refused():
    written = analyse_curve(POINTS, TARGETS, COST).to_json()
    with pytest.raises(ValidationError, match="spare"):
        LawRecord.model_validate({**written, "spare": 1})
    with pytest.raises(ValidationError, match="points"):
        LawRecord.model_validate({name: value for name, value in written.items() if name != "points"})


def test_no_number_that_json_lacks_gets_in():
    written = analyse_curve(POINTS, TARGETS, COST).to_json()
    written["law"]["c"] = float(np.nan)
    with pytest.raises(ValidationError, match="finite"):
        LawRecord.model_validate(written)
