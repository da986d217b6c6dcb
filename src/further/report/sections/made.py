"""How it was made: settings, seeds, versions, and the file of each number."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from markupsafe import Markup

from further.report.rendering import embed
from further.report.results import Corpus, StudyResults, TextResults
from further.report.sections.statement import INTERVALS, statement_table
from further.report.shown_table import ShownTable, show_table
from further.report.wording import show_count
from further.settings import Settings

MOST_PAPERS = 1000  # above it, hashes are in results/tokens/papers.parquet only
FOREIGN_SECTIONS = {  # by kind of study, what its jobs never read
    "text": ("cases", "answers", "onemodel"),
    "images": ("corpus", "general", "onemodel"),
    "onemodel": ("corpus", "general"),
}
SOURCES = (
    ("Figures", "results/report/data/{figure}.csv"),
    ("Words that became likelier or less likely", "results/evaluation/terms.json"),
    ("Recited paragraphs", "results/evaluation/memorization.json"),
    ("Samples", "results/evaluation/samples.json"),
    ("Perplexity, differences, quantization", "results/evaluation/comparison.json"),
    ("Questions and instructions", "results/evaluation/questions.json"),
    ("General text: its sources", "results/general/texts.json"),
    ("Rejected papers", "results/corpus/rejected.parquet"),
    ("Characters", "results/corpus/ledger.parquet"),
    ("Headings and paragraphs", "results/corpus/rows.parquet"),
    ("Tokens by paper", "results/tokens/papers.parquet"),
    ("Split", "results/corpus/split.parquet"),
    ("Predictions: loss, gain, targets", "results/scaling/law.json"),
    ("Runs: tokens, steps, losses", "results/runs/{run}/metrics.json"),
    ("Runs: time, speed, memory", "results/runs/{run}/timing.json"),
    ("Runs: learning curves", "results/runs/{run}/history.parquet"),
    ("Jobs: time", "benchmarks/{rule}/{name}.tsv"),
)


def fill_made(results: TextResults) -> dict[str, object]:
    """Everything needed to judge the study and to run it again."""
    papers = papers_table(results.corpus)
    part = show_made(results, SOURCES, folded=[] if papers is None else [papers])
    asked = results.asked.questions or results.asked.instructions
    return part | {"statement": statement_table(results), "intervals": INTERVALS, "asked": asked}


def show_made(
    results: StudyResults[Any], sources: Sequence[tuple[str, str]], folded: Sequence[ShownTable] = ()
) -> dict[str, object]:
    """What every kind of study has in this section: `sources` are parts of the page and their files."""
    of_runs = [*settings_tables(results), seeds_table(results), hardware_table(results)] if results.runs else []
    made_with = results.provenance
    program = _part_tables({"Program": made_with.program, "Versions": made_with.versions})
    long = _part_tables({"Configuration": own_sections(results.settings), "Digests of the code": made_with.code})
    return {
        "is_medical": results.is_medical,
        "kind": results.settings.study.kind,
        "documents": results.documents,
        "configuration": link_settings(results.settings),
        "tables": [show_table("Files", ("on this page", "file"), sources), *of_runs, *program],
        "folded": [*long, *folded],
    }


def settings_tables(results: StudyResults[Any]) -> list[ShownTable]:
    """What all runs share, and in what they differ."""
    runs = [(name, results.runs[name].metrics.settings.model_dump()) for name in results.ordered_runs]
    names = sorted(runs[0][1])
    shared = [name for name in names if len({_show_value(settings[name]) for _, settings in runs}) == 1]
    varied = [name for name in names if name not in shared]
    same = [(name.replace("_", " "), _show_value(runs[0][1][name])) for name in shared]
    differing = [(run, *(_show_value(settings[name]) for name in varied)) for run, settings in runs]
    tables = [show_table("Settings that all runs share", ("setting", "value"), same)] if same else []
    header = ("run", *(name.replace("_", " ") for name in varied))
    return [*tables, show_table("Settings in which the runs differ", header, differing)] if varied else tables


def papers_table(corpus: Corpus) -> ShownTable | None:
    """The papers used, with hashes to compare; None for too many papers."""
    if len(corpus.tokens) > MOST_PAPERS:
        return None
    rows = [(str(row.document), str(row.split), str(row.sha256)) for row in corpus.tokens.itertuples()]
    return show_table("Papers used, and the SHA-256 of their cleaned text", ("paper", "split", "SHA-256"), sorted(rows))


def link_settings(settings: Settings) -> Markup:
    """The resolved configuration as a file to download."""
    # Unsorted: keys stay in the order of the pipeline, as in config/README.md.
    text = yaml.safe_dump(_show_settings(settings), sort_keys=False, allow_unicode=True)
    return embed("text/yaml;charset=utf-8", text.encode())


def hardware_table(results: StudyResults[Any]) -> ShownTable:
    """The machines that trained, and how many runs each did."""
    machines = [run.timing.hardware for run in results.runs.values()]
    counts = Counter((machine.cpu, machine.gpu or "none", str(machine.threads)) for machine in machines)
    rows = [(*hardware, show_count(number)) for hardware, number in sorted(counts.items())]
    return show_table("Hardware that trained", ("processor", "GPU", "threads", "runs"), rows, numbers=[2, 3])


def seeds_table(results: StudyResults[Any]) -> ShownTable:
    """Every seed of the configuration, and those of the runs."""
    keys = _flatten(own_sections(results.settings))
    rows = [(key, _show_value(value)) for key, value in keys if key.rsplit(".", 1)[-1].endswith("seed")]
    seeds = sorted({run.metrics.settings.seed for run in results.runs.values()})
    return show_table("Seeds", ("key", "value"), [*rows, ("over all runs", ", ".join(map(str, seeds)))])


def own_sections(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, without the sections that no job of this kind of study reads."""
    foreign = FOREIGN_SECTIONS[settings.study.kind]
    return {name: section for name, section in _show_settings(settings).items() if name not in foreign}


def _part_tables(parts: Mapping[str, Mapping[str, Any]]) -> list[ShownTable]:
    """One table per part of the provenance, nested keys joined by dots."""
    return [
        show_table(name, ("key", "value"), [(key, _show_value(value)) for key, value in _flatten(part)])
        for name, part in parts.items()
        if part
    ]


def _show_settings(settings: Settings) -> dict[str, object]:
    """The whole study file as plain values, without the passwords of papers."""
    return settings.model_dump(mode="json", exclude={"corpus": {"passwords"}})


def _flatten(part: Mapping[str, Any], above: str = "") -> list[tuple[str, Any]]:
    flat: list[tuple[str, Any]] = []
    for key, value in part.items():
        name = f"{above}{key}"
        flat += _flatten(value, f"{name}.") if isinstance(value, Mapping) and value else [(name, value)]
    return flat


def _show_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
