"""What a report on a language model in medicine has to state, item by item, with what is not known said to be so."""

from collections.abc import Mapping
from typing import Any

from further.report.inputs import ReportInputs, count_papers
from further.report.spent import say_left_out, say_time
from further.report.study import PageSettings
from further.report.table import Table, make_table
from further.report.wording import count_noun, join_words, show_count

TRAINED_WITH = ("quantization", "target_modules", "rank", "context", "epochs", "learning_rate")
USES = {"train": "for training", "validation": "for watching it", "test": "held out"}
INTERVALS = (
    "The 95 % intervals of differences between models take papers as the unit of sampling; those of the scaling law "
    "take runs, all scored on the same papers; those of words hold for each word by itself and are not corrected for "
    "choosing among many."
)
UNKNOWN = "Not known to this workflow; whoever publishes these numbers has to state it."


def statement_table(inputs: ReportInputs, settings: PageSettings) -> Table:
    """The study in the order of a reporting guideline.

    Source:
        Items of TRIPOD-LLM (Gallifant et al. 2025, Nature Medicine) that apply to perplexity; those on clinical tasks,
        on annotation and on instruction do not.
    """
    rows = [*_data(inputs), *_model(inputs, settings), *_outcome(inputs), *_use()]
    return make_table("In the order of TRIPOD-LLM", ("item", "in this study"), rows)


def _data(inputs: ReportInputs) -> list[tuple[str, str]]:
    papers, sizes = count_papers(inputs), inputs.split["split"].value_counts()
    split = join_words([f"{show_count(sizes[name])} {use}" for name, use in USES.items() if name in sizes])
    return [
        ("Task", "Continuing scientific text. The study has no clinical task and predicts nothing about patients."),
        ("Data", f"{count_noun(papers['given'], 'paper')} from one folder, {papers['used']} used."),
        ("Dates, sources and licences of the papers", UNKNOWN),
        ("Preparation", "The papers' own text, cleaned by fixed rules; each character kept or dropped has its reason."),
        ("Split", f"By whole papers: {split}. Papers that are there twice count once."),
    ]


def _model(inputs: ReportInputs, settings: PageSettings) -> list[tuple[str, str]]:
    run: dict[str, Any] = inputs.metrics[inputs.comparison["default_run"]]["settings"]
    trained = join_words([f"{name.replace('_', ' ')} {run[name]}" for name in TRAINED_WITH if name in run])
    return [
        ("Model and version", f"{settings.base}."),
        ("Training", f"{_say_adapters(run)} on next-token loss, no instructions. The default run: {trained}."),
        ("Compute", f"{count_noun(len(inputs.metrics), 'training run')}. {say_time(inputs)}. {say_left_out(inputs)}"),
    ]


def _say_adapters(run: Mapping[str, Any]) -> str:
    return (
        "Low-rank adapters (LoRA)"
        if run["quantization"] == "none"
        else "Low-rank adapters on quantized weights (QLoRA)"
    )


def say_scoring(scoring: Mapping[str, Any]) -> str:
    """How documents were scored, in a sentence: what another tool would have to do alike.

    Args:
        scoring: window and stride in tokens, begin_rule, compute_dtype.
    """
    return (
        f"Scored in windows of {show_count(scoring['window'])} tokens, stride {show_count(scoring['stride'])}, after "
        f"the {scoring['begin_rule']} (not scored), in {scoring['compute_dtype']}."
    )


def _scoring(inputs: ReportInputs) -> str:
    return f" {say_scoring(inputs.comparison['scoring'])}"


def _outcome(inputs: ReportInputs) -> list[tuple[str, str]]:
    prompts = len({sample["prompt"] for sample in inputs.samples})
    return [
        ("Outcome", f"Perplexity per token on held-out papers, before and after, paired by paper.{_scoring(inputs)}"),
        ("Uncertainty", f"{INTERVALS} Other seeds stand beside them."),
        ("Prompts", f"{count_noun(prompts, 'prompt')}, each shown whole with every continuation; none was left out."),
        ("Human assessment", "None."),
        ("Fairness and subgroups", "Not assessed: perplexity knows papers, not patients."),
        (
            "Leakage",
            "No run is measured by a paper that it was trained on. Whether the base model had seen them is not known.",
        ),
    ]


def _use() -> list[tuple[str, str]]:
    return [
        ("Intended use", "Research on language models and on collections of papers."),
        ("Out of scope", "Diagnosis, treatment, triage, advice to patients, and any other clinical use."),
        ("Availability", "Code under AGPL-3.0-or-later; settings, versions and digests of the code stand below."),
        ("Ethics, funding, conflicts of interest, registration", UNKNOWN),
    ]
