"""The model card of an adapter, in the form that Hugging Face reads: what it is, how well it did, what it is not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from further.io import write_text
from further.report.answers import make_answers
from further.report.inputs import ReportInputs
from further.report.statement import say_scoring
from further.report.wording import show_change, show_count, show_interval, show_number

LANGUAGE = "en"
MERGED = (
    "**In this folder the adapter is merged into the weights of its base model, and transformers loads it as it is. "
    "The rest of this card is the adapter's: the numbers were measured with adapter and base apart, at the precision "
    "of the run.**"
)


@dataclass(frozen=True)
class CardSettings:
    """What a card says beyond the numbers.

    Attributes:
        name: The adapter's name, as a heading.
        base_model: Hub id or folder name of the base model.
        base_revision: Commit of the base model; None for one that is not from a hub.
        license: SPDX id or "other"; the base model's terms usually decide.
        toy_base: Whether the base model is a toy.
    """

    name: str
    base_model: str
    base_revision: str | None
    license: str
    toy_base: bool


def write_cards(inputs: ReportInputs, cards: Sequence[Path], model: Mapping[str, Any]) -> None:
    """Write the model card of every run's adapter.

    Args:
        inputs: The study's results.
        cards: `{run}/adapter/README.md` for each run.
        model: Name, source, path and revision of the base model, as configured.
    """
    for card in cards:
        run = card.parent.parent.name
        write_card(inputs, run, card, card_settings(f"{inputs.title}, run {run}", model))


def card_settings(name: str, model: Mapping[str, Any]) -> CardSettings:
    """What a card says of the base model, by its configuration."""
    toy = model["source"] == "toy"
    base = model["path"] if model["source"] == "hub" else model["name"]
    # The terms are those of the base model and of the papers, which are not known here.
    return CardSettings(name, base, model["revision"], license="other", toy_base=toy)


def make_merged_card(card: str) -> str:
    """The card of a model that an adapter was merged into, from the adapter's own.

    Args:
        card: As `write_card` writes it.

    Raises:
        ValueError: If it has no YAML header.
    """
    parts = card.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ValueError("the model card has no YAML header between lines of ---")
    header = yaml.safe_load(parts[1])
    header |= {"library_name": "transformers", "base_model_relation": "finetune"}
    header["tags"] = [tag for tag in header["tags"] if tag != "lora"]
    title, rest = parts[2].lstrip("\n").split("\n", 1)
    front = yaml.safe_dump(header, sort_keys=False, allow_unicode=True)
    rest = re.sub(r"## Loading it\n.*?(?=^## )", "", rest, flags=re.DOTALL | re.MULTILINE)
    return f"---\n{front}---\n\n{title}\n\n{MERGED}\n{rest}"


def write_card(inputs: ReportInputs, run: str, target: Path, settings: CardSettings) -> None:
    """Write the model card of one run's adapter.

    Args:
        inputs: The study's results.
        run: The run whose adapter it is.
        target: The Markdown file, `README.md` beside the adapter.
        settings: What the card says beyond the numbers.

    Raises:
        ValueError: If the study has no such run.
    """
    if run not in inputs.comparison["runs"]:
        raise ValueError(f"no run is called {run}; there are {', '.join(sorted(inputs.comparison['runs']))}")
    environment = Environment(
        loader=PackageLoader("further.report"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # Markdown, not HTML: nothing in it comes from papers or models
    text = environment.get_template("card.md.jinja").render(
        front=yaml.safe_dump(_front_matter(inputs, run, settings), sort_keys=False, allow_unicode=True),
        settings=settings,
        run=run,
        metrics=inputs.metrics[run],
        trained=sorted(inputs.metrics[run]["settings"].items()),
        scores=_score_rows(inputs.comparison["runs"][run]),
        scoring=say_scoring(inputs.comparison["scoring"]),
        answers=make_answers(inputs.comparison, inputs.law),
        show_count=show_count,
        show_number=show_number,
    )
    write_text(target, text)


def _front_matter(inputs: ReportInputs, run: str, settings: CardSettings) -> dict[str, Any]:
    """The YAML header: what the Hub's index reads, the measured numbers among it."""
    compared = inputs.comparison["runs"][run]
    measured = [
        {
            "task": {"type": "text-generation"},
            "dataset": {"type": text_set, "name": name},
            "metrics": [{"type": "perplexity", "value": round(compared[text_set]["after"]["perplexity"], 4)}],
        }
        for text_set, name in (("papers", "held-out papers"), ("general", "general text"))
    ]
    return {
        "base_model": settings.base_model,
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "license": settings.license,
        "language": LANGUAGE,
        "tags": ["further-pre-training", "lora", "not-for-clinical-use"],
        "model-index": [{"name": settings.name, "results": measured}],
    }


def _score_rows(compared: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for text_set, name in (("papers", "held-out papers"), ("general", "general text")):
        scores = compared[text_set]
        difference = scores["difference_nats_per_token"]
        rows.append(
            (
                name,
                show_count(scores["num_documents"]),
                show_number(scores["before"]["perplexity"], 4),
                show_number(scores["after"]["perplexity"], 4),
                f"{show_change(difference['estimate'])} ({show_interval(difference)})",
                show_number(scores["before"]["bits_per_byte"], 4),
                show_number(scores["after"]["bits_per_byte"], 4),
            )
        )
    return rows
