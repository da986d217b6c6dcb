"""Is the power law the right form? One rule, from other forms, the residuals and the size that was held out."""

from dataclasses import dataclass

from further.scaling.families import FAMILIES, POWER, FamilyFit, fit_family
from further.scaling.fit import LawFit
from further.scaling.holdout import HoldOut
from further.scaling.residuals import ResidualTests, examine_residuals

CLEARLY_BETTER = 6.0  # in AICc
LARGE_ERROR = 5.0  # percent, of the held-out size


@dataclass(frozen=True)
class Forms:
    """Forms of the law on one curve.

    Attributes:
        fits: One per form that has fewer parameters than there are sizes.
        residuals: Tests of the residuals of each fit.
        preferred: Name of the lowest AICc, None where points are too few to score the power law and another.
        doubts: What speaks against the power law, in words; empty where nothing does.
    """

    fits: tuple[FamilyFit, ...]
    residuals: tuple[ResidualTests, ...]
    preferred: str | None
    doubts: tuple[str, ...]

    @property
    def doubtful(self) -> bool:
        """Whether anything speaks against the power law."""
        return bool(self.doubts)

    @property
    def reason(self) -> str:
        """The doubts, or that there are none, in one sentence or two."""
        if not self.doubts:
            return "Neither the residuals nor another form nor the held-out size contradict the power law."
        return f"The power law is in doubt: {'; '.join(self.doubts)}. Its own intervals leave that out."

    def aicc_behind(self) -> dict[str, float]:
        """Return AICc over the lowest by name, of the forms that have one; empty where none is preferred."""
        scored = _score(self.fits)
        return {name: score - min(scored.values()) for name, score in scored.items()} if self.preferred else {}


def compare_forms(fit: LawFit, holdout: HoldOut | None = None) -> Forms:
    """Fit every form to what the intervals of a law count, points or means of sizes."""
    curve = fit.counted
    fits = tuple(fit_family(curve, family) for family in FAMILIES if family.num_parameters < curve.num_sizes)
    residuals = tuple(examine_residuals(curve, one.loss_at(curve.t), one.family.num_parameters) for one in fits)
    doubts = (*_say_residuals(fit.residuals), *_say_better(fits), *_say_holdout(holdout))
    scored = _score(fits)  # no form wins a field of one, or one without the law
    preferred = min(scored, key=lambda name: scored[name]) if POWER.name in scored and len(scored) > 1 else None
    return Forms(fits, residuals, preferred, doubts)


def _score(fits: tuple[FamilyFit, ...]) -> dict[str, float]:
    """AICc of the forms that have one, by name."""
    return {fit.family.name: fit.aicc for fit in fits if fit.aicc is not None}


def _say_residuals(tests: ResidualTests) -> list[str]:
    if not tests.curved:
        return []
    return [
        f"the residuals run in one direction ({tests.runs} runs, p = {tests.runs_p:.2g}; correlation of neighbors "
        f"{tests.autocorrelation:.2f}, p = {tests.autocorrelation_p:.2g})"
    ]


def _say_better(fits: tuple[FamilyFit, ...]) -> list[str]:
    # A simpler form is the law at c = 0. With few sizes AICc takes it for a parameter less, however much worse it fits.
    scored = _score(tuple(fit for fit in fits if fit.family.num_parameters >= POWER.num_parameters))
    best = min(scored, key=lambda name: scored[name], default="")
    ahead = scored[POWER.name] - scored[best] if POWER.name in scored else 0.0
    return [f"AICc prefers the {best} form by {ahead:.1f}"] if ahead > CLEARLY_BETTER else []


def _say_holdout(holdout: HoldOut | None) -> list[str]:
    if holdout is None:
        return []
    measured = f"the largest size, left out, has a loss of {holdout.measured_nats:.4g}"
    if holdout.within is False:
        return [f"{measured}, outside the law's interval for it, {holdout.low:.4g} to {holdout.high:.4g}"]
    if abs(holdout.error_percent) > LARGE_ERROR:
        return [f"{measured}, {abs(holdout.error_percent):.1f}% off what the law predicted for it"]
    return []
