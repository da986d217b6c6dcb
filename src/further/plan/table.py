"""The plan as a table: `results/plan.tsv`, and the lines that a person reads.

`PlannedRun` is the one place where the columns are described. An empty cell is a number that is not known: of a model
whose architecture the plan does not know, or money without a price. One MB is 2**20 bytes, as in `timing.json`.
"""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter

from further.columns import align

SHOWN = 30  # runs on the terminal; the file holds all
UNKNOWN = "-"
HEAD = ("run", "trained weights", "tokens", "steps", "memory", "minutes", "tokens/s", "cost")
SOURCES = {"measured": "as finished runs had it", "formula": "by hardware.peak_tflops × utilization"}
Hours = tuple[float, ...]  # expected, low, high


@dataclass(frozen=True)
class PlannedRun:
    """One row of `results/plan.tsv`.

    Attributes:
        micro_batch: Rows per forward pass of one GPU.
        trainable_parameters, total_parameters: As peft counts them, adapter counted in both.
        trainable_share: One over the other, 0 to 1.
        num_unique_tokens: Their tokens, or those of the answers about them, EOS counted, as in `metrics.json`.
        num_replay_tokens: Of general text trained on beside them, EOS counted, as in `metrics.json`.
        num_trained_tokens: Labels over all epochs, general text counted, as in `metrics.json`.
        num_steps: Optimizer steps; with `training.patience` the most that there may be.
        num_looks: At the validation papers during training.
        validation_flops: Of these looks, and of one more at the end.
        scoring_flops: Of scoring the run once, in a job of its own.
        weights_mb to overhead_mb: Memory by part, as `further.plan.memory.Memory` describes it.
        peak_memory_mb: The sum of these: on a GPU its memory, else the process's.
        tokens_per_second, tokens_per_second_low, tokens_per_second_high: Trained tokens per second of training.
        seconds, seconds_low, seconds_high: Of the whole training job: start-up, training, validation.
        scoring_seconds, scoring_seconds_low, scoring_seconds_high: Of the job that scores the run, on one GPU.
        gpu_hours, gpu_hours_low, gpu_hours_high: Of the training job, times the GPUs.
        energy_kwh, energy_kwh_low, energy_kwh_high: The same at `cost.kwh_per_gpu_hour`.
        money, money_low, money_high: The same at `cost.price_per_gpu_hour`, in `currency`.
        currency: ISO 4217.
        speed_source: "measured" on this study's finished runs, or "formula": peak_tflops × utilization.
    """

    run: str
    quantization: str
    target_modules: str
    rank: int
    context: int
    gradient_accumulation_steps: int
    micro_batch: int
    num_papers: int
    num_unique_tokens: int
    num_replay_tokens: int
    num_trained_tokens: int
    num_steps: int
    num_looks: int
    trainable_parameters: int | None = None
    total_parameters: int | None = None
    trainable_share: float | None = None
    training_flops: float | None = None
    validation_flops: float | None = None
    scoring_flops: float | None = None
    weights_mb: float | None = None
    unquantized_mb: float | None = None
    adapter_mb: float | None = None
    gradients_mb: float | None = None
    optimizer_mb: float | None = None
    activations_mb: float | None = None
    logits_mb: float | None = None
    start_mb: float | None = None
    overhead_mb: float | None = None
    peak_memory_mb: float | None = None
    tokens_per_second: float | None = None
    tokens_per_second_low: float | None = None
    tokens_per_second_high: float | None = None
    seconds: float | None = None
    seconds_low: float | None = None
    seconds_high: float | None = None
    scoring_seconds: float | None = None
    scoring_seconds_low: float | None = None
    scoring_seconds_high: float | None = None
    gpu_hours: float | None = None
    gpu_hours_low: float | None = None
    gpu_hours_high: float | None = None
    energy_kwh: float | None = None
    energy_kwh_low: float | None = None
    energy_kwh_high: float | None = None
    money: float | None = None
    money_low: float | None = None
    money_high: float | None = None
    currency: str | None = None
    price_date: str | None = None
    speed_source: str | None = None


def plan_text(plan: Sequence[PlannedRun]) -> str:
    """The plan as tab-separated text, six significant digits for what is no whole number."""
    lines = ["\t".join(field.name for field in fields(PlannedRun))]
    lines += ["\t".join(_cell(value) for value in asdict(run).values()) for run in plan]
    return "\n".join(lines) + "\n"


def _cell(value: str | int | float | None) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def read_plan(file: Path) -> list[PlannedRun]:
    """Read `results/plan.tsv`.

    Raises:
        ValueError: If its columns are not those of a plan.
    """
    # No quotes: a run's name may hold one, and a cell holds neither tab nor line end.
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        rows, names = list(reader), list(reader.fieldnames or [])
    expected = [field.name for field in fields(PlannedRun)]
    if names != expected:
        odd = sorted(set(names) ^ set(expected))
        raise ValueError(f"{file} is no plan of this version: columns {', '.join(odd)}; make it again")
    as_row = TypeAdapter(PlannedRun).validate_python
    return [as_row({name: cell or None for name, cell in row.items()}) for row in rows]


def format_plan(plan: Sequence[PlannedRun]) -> str:
    """The plan as aligned lines: a head, one line per run, a line with the totals, one with where the speed is from."""
    lines = align([HEAD, *map(_readable, plan[:SHOWN])], left=[0])
    if len(plan) > SHOWN:
        lines.append(f"… and {len(plan) - SHOWN} more")
    return "\n".join([*lines, _totals(plan)])


def _readable(run: PlannedRun) -> tuple[str, ...]:
    share = "" if run.trainable_share is None else f" ({run.trainable_share:.2%})"
    return (
        run.run,
        _number(run.trainable_parameters, "{:,}") + share,
        f"{run.num_trained_tokens:,}",
        f"{run.num_steps:,}",
        _size(run.peak_memory_mb),
        _range(run.seconds, run.seconds_low, run.seconds_high, 1 / 60),
        _number(run.tokens_per_second, "{:,.0f}"),
        f"{_number(run.money, '{:,.2f}')} {run.currency}" if run.money is not None else UNKNOWN,
    )


def _totals(plan: Sequence[PlannedRun]) -> str:
    """Hours, energy and money of all jobs that the plan knows, and in a line of its own where the speed comes from."""
    count = f"{len(plan)} run{'' if len(plan) == 1 else 's'}"
    if any(run.seconds is None for run in plan):
        return count
    training, scoring = _add_up(plan, "gpu_hours"), scoring_hours(plan)
    parts = [f"{count}: {_say(training)} hours of training, {_say(scoring)} of scoring"]
    both = tuple(hours + more for hours, more in zip(training, scoring, strict=True))
    for name, unit in (("energy_kwh", "kWh"), ("money", f"{plan[0].currency} at prices of {plan[0].price_date}")):
        if all(getattr(run, name) is not None for run in plan):
            price = _add_up(plan, name)[0] / training[0]  # of an hour
            parts.append(f"{_say(tuple(hours * price for hours in both))} {unit}")
    sources = sorted({str(run.speed_source) for run in plan})
    return "; ".join(parts) + "\nSpeed " + " and ".join(SOURCES[source] for source in sources)


def _add_up(plan: Sequence[PlannedRun], name: str) -> Hours:
    return tuple(sum(getattr(run, name + end) or 0.0 for run in plan) for end in ("", "_low", "_high"))


def scoring_hours(plan: Sequence[PlannedRun]) -> Hours:
    """Hours, expected, low and high, of scoring each run and the bases; merged models and samples are not counted."""
    # A base is scored as a run is: on average, each run pays for a part of the bases' scoring.
    bases = {run.quantization for run in plan} | {"none"}
    mean = 1 + len(bases) / len(plan)
    return tuple(seconds * mean / 3600 for seconds in _add_up(plan, "scoring_seconds"))


def _say(hours: Hours) -> str:
    return _range(hours[0], hours[1], hours[2], 1)


def _number(value: float | None, form: str) -> str:
    return UNKNOWN if value is None else form.format(value)


def _size(megabytes: float | None) -> str:
    if megabytes is None:
        return UNKNOWN
    return f"{megabytes / 1024:.1f} GiB" if megabytes >= 1024 else f"{megabytes:.0f} MB"


def _range(value: float | None, low: float | None, high: float | None, factor: float) -> str:
    """Expected, and in brackets from what to what."""
    if value is None or low is None or high is None:
        return UNKNOWN
    scaled = [number * factor for number in (value, low, high)]
    form = "{:,.0f}" if scaled[0] >= 100 else "{:,.1f}" if scaled[0] >= 1 else "{:,.2f}"
    expected, least, most = (form.format(number) for number in scaled)
    return f"{expected} ({least} to {most})"
