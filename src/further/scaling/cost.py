"""What a number of tokens costs: papers, GPU-hours, energy and money."""

from dataclasses import dataclass

import numpy as np

from further.scaling.fit import LawFit, predict_band
from further.scaling.interval import Interval
from further.scaling.prediction import Predictor


@dataclass(frozen=True)
class UnitCosts:
    """What turns tokens into hours and money; None where it is not known, and then not reported.

    Attributes:
        tokens_per_second: Trained tokens per second and GPU.
        epochs: Over the unique tokens.
        price_per_gpu_hour, currency, price_date: As "20", "SEK" and an ISO 8601 day.
        kwh_per_gpu_hour: Energy, cooling not included unless it says so.
        tokens_per_paper: Unique tokens of one paper of this corpus.
        speed_source: "measured" on `hardware` by the runs of the curve, or "given".
        yearly_budget: Money for training in a year, in `currency`.
        trainings_per_year: Trainings that it has to pay for.
    """

    tokens_per_second: float
    epochs: float = 1.0
    price_per_gpu_hour: float | None = None
    currency: str | None = None
    price_date: str | None = None
    kwh_per_gpu_hour: float | None = None
    tokens_per_paper: float | None = None
    speed_source: str = "measured"
    hardware: str | None = None
    yearly_budget: float | None = None
    trainings_per_year: float = 1.0

    def __post_init__(self) -> None:
        """Check every number; a ValueError names it."""
        for name, value in vars(self).items():
            if isinstance(value, float | int) and not 0.0 < value < np.inf:
                raise ValueError(f"{name} is {value}: give a finite number above 0")
        if self.epochs < 1.0:
            raise ValueError(f"epochs is {self.epochs}: give 1 or more")
        if self.yearly_budget is not None and self.price_per_gpu_hour is None:
            raise ValueError(f"a yearly budget of {self.yearly_budget:g} buys nothing without a price per GPU-hour")
        if self.price_per_gpu_hour is not None and not (self.currency and self.price_date):
            raise ValueError("a price per GPU-hour needs its currency and its date: give both")

    @property
    def gpu_hours_per_token(self) -> float:
        """GPU-hours per unique token."""
        return self.epochs / self.tokens_per_second / 3600.0


@dataclass(frozen=True)
class Cost:
    """Cost of one training on so many unique tokens; an entry is None where its setting is."""

    tokens: Interval
    papers: Interval | None
    gpu_hours: Interval
    energy_kwh: Interval | None
    money: Interval | None
    currency: str | None
    price_date: str | None


@dataclass(frozen=True)
class Forecast:
    """A run on a larger corpus.

    Attributes:
        factor: Tokens there over the largest size measured.
        loss_nats: Predicted loss of a new run, with its prediction interval.
        gain_nats: Fall from the mean loss measured at the largest size, with the same interval.
        law_nats: The law there with its own interval, which supposes that the form is right.
        useful: The sizes span enough for this prediction, and its interval is narrow enough to act on.
        cost: Of one training there, None without settings.
        extra_papers: Papers beyond the largest size measured, None where tokens per paper are not known.
    """

    factor: float
    num_tokens: float
    loss_nats: Interval
    gain_nats: Interval
    law_nats: Interval
    useful: bool
    cost: Cost | None
    extra_papers: float | None


def cost_of(tokens: Interval, settings: UnitCosts) -> Cost:
    """Return the cost of one training on an interval of unique tokens."""
    hours = tokens.scaled(settings.gpu_hours_per_token)
    return Cost(
        tokens=tokens,
        papers=None if settings.tokens_per_paper is None else tokens.scaled(1.0 / settings.tokens_per_paper),
        gpu_hours=hours,
        energy_kwh=None if settings.kwh_per_gpu_hour is None else hours.scaled(settings.kwh_per_gpu_hour),
        money=None if settings.price_per_gpu_hour is None else hours.scaled(settings.price_per_gpu_hour),
        currency=settings.currency,
        price_date=settings.price_date,
    )


def forecast_at(
    fit: LawFit, predictor: Predictor, num_tokens: float, settings: UnitCosts | None, *, trusted: bool
) -> Forecast:
    """Predict loss, gain and cost at a size; of a `trusted` law its loss is the estimate, if inside the interval."""
    level, there, band = fit.c.level, predictor.predict(num_tokens), predict_band(fit, num_tokens)
    low, high, law = float(there.low[0]), float(there.high[0]), float(band.loss_nats[0])
    loss = law if trusted and low <= law <= high else float(there.loss_nats[0])
    here = float(fit.curve.size_means().y[-1])
    per_paper = None if settings is None else settings.tokens_per_paper
    return Forecast(
        factor=num_tokens / fit.largest,
        num_tokens=num_tokens,
        loss_nats=Interval(loss, low, high, level=level),
        gain_nats=Interval(here - loss, here - high, here - low, level=level),
        law_nats=Interval(law, float(band.low[0]), float(band.high[0]), level=level),
        useful=predictor.is_useful(num_tokens / fit.largest),
        cost=None if settings is None else cost_of(Interval(num_tokens, num_tokens, num_tokens, level=level), settings),
        extra_papers=None if per_paper is None else (num_tokens - fit.largest) / per_paper,
    )


def corpus_for_budget(settings: UnitCosts) -> float | None:
    """Return the unique tokens that the yearly budget pays for, None without a budget or a price."""
    if settings.yearly_budget is None or settings.price_per_gpu_hour is None:
        return None
    hours = settings.yearly_budget / settings.trainings_per_year / settings.price_per_gpu_hour
    return hours / settings.gpu_hours_per_token
