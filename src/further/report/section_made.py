"""How it was made: limits, the way from papers to numbers, settings, seeds, versions, and the file of each number."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml
from markupsafe import Markup

from further.report import FIGURES
from further.report.answers import make_answers
from further.report.inputs import ReportInputs, count_papers, order_runs
from further.report.statement import INTERVALS, statement_table
from further.report.study import PageSettings
from further.report.table import Table, make_table
from further.report.wording import count_noun, show_count

MOST_PAPERS = 1000  # of more, the hashes stand in results/tokens/papers.parquet only


def fill_made(inputs: ReportInputs, settings: PageSettings) -> dict[str, Any]:
    """Everything needed to judge the study and to run it again."""
    return {
        "statement": statement_table(inputs, settings),
        "intervals": INTERVALS,
        "steps": steps(inputs),
        "papers": papers_table(inputs),
        "configuration": link_configuration(inputs.provenance),
        "sources": sources_table(inputs, settings),
        "made_with": [
            *settings_tables(inputs),
            seeds_table(inputs),
            hardware_table(inputs),
            *provenance_tables(inputs.provenance),
        ],
    }


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


def papers_table(inputs: ReportInputs) -> Table | None:
    """The papers used, for others to see whether theirs are the same; None without their tokens or for too many."""
    if inputs.tokens is None or len(inputs.tokens) > MOST_PAPERS:
        return None
    rows = [(str(row.document), str(row.split), str(row.sha256)) for row in inputs.tokens.itertuples()]
    return make_table("Papers used, and the SHA-256 of their cleaned text", ("paper", "split", "SHA-256"), sorted(rows))


def link_configuration(provenance: Mapping[str, Any]) -> Markup | None:
    """The resolved configuration as a file to download; None where it was not recorded."""
    if "configuration" not in provenance:
        return None
    text = yaml.safe_dump(dict(provenance["configuration"]), sort_keys=False, allow_unicode=True)
    return Markup(f"data:text/yaml;charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}")


def hardware_table(inputs: ReportInputs) -> Table:
    """The machines that trained, and how many runs each did."""
    counts = Counter(_show_hardware(timing["hardware"]) for timing in inputs.timing.values())
    rows = [(*hardware, show_count(number)) for hardware, number in sorted(counts.items())]
    return make_table("Hardware that trained", ("processor", "GPU", "threads", "runs"), rows, numbers=[2, 3])


def _show_hardware(hardware: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(hardware["cpu"]), str(hardware["gpu"] or "none"), str(hardware["threads"])


def seeds_table(inputs: ReportInputs) -> Table:
    """Every seed of the configuration, and those of the runs."""
    keys = _flatten(inputs.provenance.get("configuration", {}))
    rows = [(key, _show_value(value)) for key, value in keys if key.rsplit(".", 1)[-1].endswith("seed")]
    seeds = sorted({metrics["settings"]["seed"] for metrics in inputs.metrics.values()})
    return make_table("Seeds", ("key", "value"), [*rows, ("over all runs", ", ".join(map(str, seeds)))])


def steps(inputs: ReportInputs) -> list[tuple[str, str]]:
    """The way from papers to numbers: what each step made, and in which file it lies."""
    papers = count_papers(inputs)
    kept = inputs.ledger.loc[inputs.ledger["reason"] == "kept", "characters"].sum()
    default = inputs.comparison["runs"][inputs.comparison["default_run"]]
    rows = (
        []
        if inputs.rows is None
        else [(f"{show_count(len(inputs.rows))} headings and paragraphs", "results/corpus/rows.parquet")]
    )
    return [
        (
            f"{count_noun(papers['given'], 'paper')} given, {show_count(papers['used'])} used",
            "results/corpus/split.parquet",
        ),
        (f"{show_count(kept)} characters kept", "results/corpus/ledger.parquet"),
        *rows,
        (
            f"{show_count(default['num_unique_tokens'])} unique training tokens, an end mark for each paper among them",
            "results/tokens/papers.parquet",
        ),
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


def sources_table(inputs: ReportInputs, settings: PageSettings) -> Table:
    """Where each number of the page stands in the results."""
    rows = [(answer.question, "; ".join(answer.sources)) for answer in make_answers(inputs.comparison, inputs.law)]
    rows += [(f"Figure: {FIGURES[name]}", f"results/report/data/{name}.csv") for name in FIGURES]
    rows += [
        ("Words that became more or less likely", "results/evaluation/terms.json"),
        ("Paragraphs known by heart", "results/evaluation/memorization.json"),
        ("Samples", "results/evaluation/samples.json"),
        ("Papers left out", "results/corpus/rejected.parquet"),
        ("Characters", "results/corpus/ledger.parquet"),
        ("Split", "results/corpus/split.parquet"),
        ("Predictions: loss, gain, cost, targets", "results/scaling/law.json"),
        ("Runs: tokens, steps, losses", "results/runs/{run}/metrics.json"),
        ("Runs: time, speed, memory", "results/runs/{run}/timing.json"),
        ("Jobs: time", "benchmarks/{rule}/{name}.tsv"),
        ("Runs: learning curves", "results/runs/{run}/history.parquet"),
    ]
    return make_table("Files and keys", ("on this page", "file"), rows)
