"""The scaling law of loss against unique training tokens: fit, intervals, predictions, verdicts and cost."""

from further.scaling.analysis import analyse_curve
from further.scaling.cost import CostSettings
from further.scaling.curve import Point
from further.scaling.fit import fit_power_law
from further.scaling.record import LawRecord
from further.scaling.units import make_target, parse_target

__all__ = ["CostSettings", "LawRecord", "Point", "analyse_curve", "fit_power_law", "make_target", "parse_target"]
