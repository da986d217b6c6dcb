"""The parts of the page that are tables and lists: samples, corpus, money and time, how it was made."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from further.report.inputs import ReportInputs
from further.report.wording import THIN, count_noun, show_count, show_number, show_plain, show_seconds, show_share

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Table:
    """A table for people; the first column names the row.

    Attributes:
        caption: What it holds.
        header: One name per column, units included.
        rows: Cells as they are shown.
        is_number: By column, whether its cells line up on the right.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]


@dataclass(frozen=True)
class Prices:
    """What an hour of the hardware costs, as set by the user.

    Attributes:
        per_hour: Price of one hour of what a run trains on, in `currency`.
        currency: Its name or sign.
        as_of: The date of the price, as text.
        kilowatts: Power drawn while training, in kW; None if not known.
    """

    per_hour: float
    currency: str
    as_of: str
    kilowatts: float | None = None


def make_table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> Table:
    """A table whose columns `numbers` (from 0) line up on the right."""
    is_number = tuple(column in numbers for column in range(len(header)))
    return Table(caption, tuple(header), tuple(tuple(row) for row in rows), is_number)


def group_samples(samples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Samples by prompt in their first order, greedy before sampled, in each the base before the adapted."""
    prompts = list(dict.fromkeys(sample["prompt"] for sample in samples))
    order = {"base": 0, "adapted": 1, "merged": 2}
    groups = []
    for prompt in prompts:
        own = [sample for sample in samples if sample["prompt"] == prompt]
        own.sort(key=lambda sample: (sample["decoding"] != "greedy", order.get(sample["subject"], len(order))))
        groups.append({"prompt": prompt, "samples": [_show_sample(sample) for sample in own]})
    return groups


def _show_sample(sample: Mapping[str, Any]) -> dict[str, Any]:
    names = {"base": "Before: base model", "adapted": "After: adapted model", "merged": "After: merged model"}
    quantisation = sample["quantisation"]
    details = ["unquantised weights" if quantisation == "none" else f"{quantisation} weights"]
    details += [f"run {sample['run']}"] if sample["subject"] != "base" else []
    details += [_say_decoding(sample), f"perplexity {show_number(sample['perplexity'])} to itself"]
    marks = [f"repeats itself: {sample['longest_repeat']} times in a row"] if sample["looped"] else []
    if not sample["ended"]:
        marks.append(f"did not end by itself: cut after {show_count(sample['num_tokens'])} tokens")
    name = names.get(sample["subject"], sample["subject"])
    shown = {"name": name, "details": ", ".join(details), "text": _show_breaks(sample["text"]), "marks": marks}
    return shown | {"decoding": sample["decoding"]}


def _say_decoding(sample: Mapping[str, Any]) -> str:
    if sample["decoding"] == "greedy":
        return "likeliest words"
    return f"drawn at temperature {show_plain(sample['temperature'])}"


def _show_breaks(text: str) -> str:
    """Line breaks as signs with their number: a small model may write nothing else."""
    return re.sub(r"\n+", lambda breaks: f" ⏎{f'×{len(breaks[0])}' if len(breaks[0]) > 1 else ''} ", text)


def count_papers(inputs: ReportInputs) -> dict[str, int]:
    """Papers given, rejected and used."""
    used, rejected = len(inputs.split), len(inputs.rejected)
    return {"given": used + rejected, "rejected": rejected, "used": used}


def rejected_table(inputs: ReportInputs) -> Table:
    """Papers that could not be used, with the reason."""
    rows = [
        (str(row.file), str(row.reason), str(row.detail or ""), "" if row.pages != row.pages else show_count(row.pages))
        for row in inputs.rejected.sort_values(["reason", "file"]).itertuples()
    ]
    return make_table("Papers that were left out", ("file", "reason", "detail", "pages"), rows, numbers=[3])


def ledger_table(inputs: ReportInputs) -> Table:
    """Characters by reason over the whole corpus."""
    totals = inputs.ledger.groupby("reason")["characters"].sum().sort_values(ascending=False)
    total = max(1, int(totals.sum()))
    reasons = ["kept"] * ("kept" in totals.index) + [str(reason) for reason in totals.index if reason != "kept"]
    rows = [(reason, show_count(totals[reason]), show_share(totals[reason] / total)) for reason in reasons]
    rows.append(("extracted, in all", show_count(totals.sum()), f"100{THIN}%"))
    return make_table("Where every extracted character went", ("characters", "number", "share"), rows, numbers=[1, 2])


def split_table(inputs: ReportInputs) -> Table:
    """Papers, words and, where known, tokens by split."""
    header = ["split", "papers", "words"]
    words = inputs.split.groupby("split")["num_words"].agg(["size", "sum"])
    rows = [
        [name, show_count(words["size"][name]), show_count(words["sum"][name])]
        for name in SPLITS
        if name in words.index
    ]
    if inputs.tokens is not None:
        header.append("tokens")
        tokens = inputs.tokens.groupby("split")["num_tokens"].sum()
        for row in rows:
            row.append(show_count(tokens.get(row[0], 0)))
    return make_table("How the papers were divided", header, rows, numbers=[1, 2, 3])


def order_runs(inputs: ReportInputs) -> list[tuple[str, Mapping[str, Any]]]:
    """Runs with their metrics, the default run first."""
    default = inputs.comparison["default_run"]
    return sorted(inputs.metrics.items(), key=lambda item: (item[0] != default, item[0]))


def runs_table(inputs: ReportInputs, prices: Prices | None) -> Table:
    """What each run trained on, and what it took."""
    header = [
        "run",
        "papers",
        "unique tokens",
        "trained tokens",
        "steps",
        "time",
        "tokens per second",
        "peak memory, MB",
    ]
    header += [f"cost, {prices.currency}"] if prices else []
    rows = []
    for run, metrics in order_runs(inputs):
        timing = inputs.timing[run]
        counts = [metrics[key] for key in ("num_papers", "num_unique_tokens", "num_trained_tokens", "num_steps")]
        row = [run, *map(show_count, counts), show_seconds(timing["seconds_total"])]
        row += [show_number(timing["tokens_per_second"]), show_number(timing["peak_memory_mb"])]
        row += [show_number(cost_of(timing["seconds_total"], prices))] if prices else []
        rows.append(row)
    return make_table("What each run took", header, rows, numbers=range(1, len(header)))


def cost_of(seconds: float, prices: Prices) -> float:
    """Price of a stretch of time."""
    return seconds / 3600 * prices.per_hour


def say_spent(inputs: ReportInputs, prices: Prices | None) -> str:
    """Time, money and energy of all training runs together."""
    seconds = sum(timing["seconds_total"] for timing in inputs.timing.values())
    said = f"All {len(inputs.timing)} training runs together took {show_seconds(seconds)}"
    if prices is None:
        return f"{said}. No price of an hour is set, so no money is counted."
    said += f", which at {show_number(prices.per_hour)} {prices.currency} an hour ({prices.as_of}) is "
    said += f"{show_number(cost_of(seconds, prices))} {prices.currency}"
    if prices.kilowatts is not None:
        said += f"; at {show_number(prices.kilowatts)} kW, {show_number(seconds / 3600 * prices.kilowatts)} kWh"
    return f"{said}."


def settings_tables(inputs: ReportInputs) -> list[Table]:
    """What all runs share, and in what they differ."""
    runs = [(run, metrics["settings"]) for run, metrics in order_runs(inputs)]
    names = sorted({name for _, settings in runs for name in settings})
    shared = [name for name in names if len({_show_value(settings.get(name)) for _, settings in runs}) == 1]
    varied = [name for name in names if name not in shared]
    same = [(name.replace("_", " "), _show_value(runs[0][1].get(name))) for name in shared]
    differing = [(run, *(_show_value(settings.get(name)) for name in varied)) for run, settings in runs]
    tables = [make_table("Settings that all runs share", ("setting", "value"), same)] if same else []
    header = ("run", *(name.replace("_", " ") for name in varied))
    return [*tables, make_table("Settings in which the runs differ", header, differing)] if varied else tables


def hardware_table(inputs: ReportInputs) -> Table:
    """The machines that trained, and how many runs each did."""
    counts = Counter(_show_hardware(timing["hardware"]) for timing in inputs.timing.values())
    rows = [(*hardware, show_count(number)) for hardware, number in sorted(counts.items())]
    return make_table("Hardware that trained", ("processor", "GPU", "threads", "runs"), rows, numbers=[2, 3])


def _show_hardware(hardware: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(hardware["cpu"]), str(hardware["gpu"] or "none"), str(hardware["threads"])


def steps(inputs: ReportInputs) -> list[tuple[str, str]]:
    """The way from papers to numbers: what each step made, and in which file it lies."""
    papers = count_papers(inputs)
    kept = inputs.ledger.loc[inputs.ledger["reason"] == "kept", "characters"].sum()
    default = inputs.comparison["runs"][inputs.comparison["default_run"]]
    rows = [] if inputs.rows is None else [(count_noun(len(inputs.rows), "paragraph"), "results/corpus/rows.parquet")]
    return [
        (
            f"{count_noun(papers['given'], 'paper')} given, {show_count(papers['used'])} used",
            "results/corpus/split.parquet",
        ),
        (f"{show_count(kept)} characters kept", "results/corpus/ledger.parquet"),
        *rows,
        (f"{show_count(default['num_unique_tokens'])} unique training tokens", "results/tokens/papers.parquet"),
        (count_noun(len(inputs.metrics), "adapter"), "results/runs/{run}/adapter"),
        (f"{count_noun(default['papers']['num_documents'], 'held-out paper')} scored", "results/scores"),
        ("comparison and law", "results/evaluation, results/scaling"),
    ]


def provenance_tables(provenance: Mapping[str, Any]) -> list[Table]:
    """One table per part of the provenance, nested keys joined by dots."""
    tables = []
    plain = {name: value for name, value in provenance.items() if not isinstance(value, Mapping)}
    parts = {name: value for name, value in provenance.items() if isinstance(value, Mapping)}
    for name, part in ([("general", plain)] if plain else []) + sorted(parts.items()):
        rows = [(key, _show_value(value)) for key, value in _flatten(part)]
        tables.append(make_table(name.replace("_", " ").capitalize(), ("key", "value"), rows))
    return tables


def _flatten(part: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for key, value in part.items():
        name = f"{above}{key}"
        flat += _flatten(value, f"{name}.") if isinstance(value, Mapping) and value else [(name, value)]
    return flat


def _show_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
