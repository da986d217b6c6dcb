"""The scaling law of loss against unique training tokens: fit, intervals, forecast, verdicts and cost."""

from further.scaling.analysis import Analysis, analyse_curve
from further.scaling.cost import Cost, CostSettings, Forecast, cost_of, forecast_at
from further.scaling.fit import band_grid, fit_power_law, predict_band
from further.scaling.holdout import HoldOut, hold_out_largest
from further.scaling.records import Band, Curve, Interval, LawFit, Point, PowerLaw, Target
from further.scaling.units import from_nats, make_target, parse_target, to_nats
from further.scaling.verdict import TargetVerdict, judge_target, tokens_needed

__all__ = [
    "Analysis",
    "Band",
    "Cost",
    "CostSettings",
    "Curve",
    "Forecast",
    "HoldOut",
    "Interval",
    "LawFit",
    "Point",
    "PowerLaw",
    "Target",
    "TargetVerdict",
    "analyse_curve",
    "band_grid",
    "cost_of",
    "fit_power_law",
    "forecast_at",
    "from_nats",
    "hold_out_largest",
    "judge_target",
    "make_target",
    "parse_target",
    "predict_band",
    "to_nats",
    "tokens_needed",
]
