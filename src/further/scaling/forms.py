"""Is the power law the right form? Other forms side by side, the residuals, and the size that was held out."""

from dataclasses import dataclass
from typing import Any

from further.scaling.families import FAMILIES, POWER, FamilyFit, fit_family
from further.scaling.holdout import HoldOut
from further.scaling.records import EXACT, LawFit, ResidualTests
from further.scaling.residuals import examine_residuals

MUCH_BETTER = 0.5  # of the power law's root mean square of log residuals
CLEARLY_BETTER = 4.0  # in AICc


@dataclass(frozen=True)
class Forms:
    """Forms of the law on one curve.

    Attributes:
        fits: One per form that has fewer parameters than there are sizes.
        residuals: Tests of the residuals of each fit.
        preferred: Name of the lowest AICc, None where points are too few to score the power law and another.
        doubtful: The power law's residuals run in one direction, another form is far better, or the held-out size lies
            outside its interval.
        reason: Why, in one sentence.
    """

    fits: tuple[FamilyFit, ...]
    residuals: tuple[ResidualTests, ...]
    preferred: str | None
    doubtful: bool
    reason: str

    def aicc_behind(self) -> dict[str, float]:
        """Return AICc over the lowest by name, of the forms that have one; empty where none is preferred."""
        scored = {fit.family.name: fit.aicc for fit in self.fits if fit.aicc is not None}
        return {name: score - min(scored.values()) for name, score in scored.items()} if self.preferred else {}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per form, as in the docstring of `analysis`."""
        behind = self.aicc_behind()
        return [
            {
                "name": fit.family.name,
                "formula": fit.family.formula,
                "num_parameters": fit.family.num_parameters,
                "parameters": fit.parameters(),
                "scale": fit.scale,
                "sse": fit.sse,
                "log_rmsd": fit.log_rmsd,
                "aicc": fit.aicc,
                "delta_aicc": behind.get(fit.family.name),
                "residuals": tests,
            }
            for fit, tests in zip(self.fits, self.residuals, strict=True)
        ]


def compare_forms(fit: LawFit, holdout: HoldOut | None = None, *, in_logs: bool = False) -> Forms:
    """Fit every form to the points of a fitted curve.

    Args:
        fit: The power law; its basis, points or means of sizes, is used.
        holdout: The largest size, predicted from the others.
        in_logs: Least squares of log losses.
    """
    curve = fit.curve.size_means() if fit.basis == "sizes" else fit.curve
    fits = tuple(
        fit_family(curve, family, in_logs=in_logs) for family in FAMILIES if family.num_parameters < curve.num_sizes
    )
    residuals = tuple(examine_residuals(curve, one.loss_at(curve.t), one.family.num_parameters) for one in fits)
    doubts = _doubts(fit, _far_better(fits), holdout)
    return Forms(fits, residuals, _preferred(fits), bool(doubts), _reason(doubts))


def _preferred(fits: tuple[FamilyFit, ...]) -> str | None:
    """Name of the lowest AICc among the power law and others; no form wins a field of one, or one without the law."""
    scored = {one.family.name: one.aicc for one in fits if one.aicc is not None}
    return min(scored, key=lambda name: scored[name]) if POWER.name in scored and len(scored) > 1 else None


def _far_better(fits: tuple[FamilyFit, ...]) -> str | None:
    """Name of a bending form with half the power law's error and a clearly lower AICc."""
    power = next(one for one in fits if one.family is POWER)
    for one in sorted(fits, key=lambda fit: fit.log_rmsd):
        if one.aicc is None or power.aicc is None or len(one.family.parameters) == 1:
            continue
        if max(one.log_rmsd, EXACT) < MUCH_BETTER * power.log_rmsd and one.aicc < power.aicc - CLEARLY_BETTER:
            return one.family.name
    return None


def _doubts(fit: LawFit, better: str | None, holdout: HoldOut | None) -> list[str]:
    tests = fit.residuals
    doubts = []
    if tests.curved:
        doubts.append(
            f"the residuals run in one direction ({tests.runs} runs, p = {tests.runs_p:.2g}; correlation of neighbors "
            f"{tests.autocorrelation:.2f}, p = {tests.autocorrelation_p:.2g})"
        )
    if better is not None:
        doubts.append(f"the {better} form has less than half the error")
    if holdout is not None and holdout.within is False:
        doubts.append(
            f"the largest size, left out, has a loss of {holdout.measured_nats:.4g}, outside the law's "
            f"interval for it, {holdout.low:.4g} to {holdout.high:.4g}"
        )
    return doubts


def _reason(doubts: list[str]) -> str:
    if not doubts:
        return "Neither the residuals nor another form speak against the power law."
    return f"The power law is in doubt: {'; '.join(doubts)}. Its intervals leave that out."
