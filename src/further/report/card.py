"""The model card of an adapter, in the form that Hugging Face reads: what it is, how well it did, what it is not."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from further.io import write_text
from further.records.comparison import RunComparison, TextSet
from further.report.base_model import Base, name_base_model
from further.report.kind import TEXT
from further.report.rendering import render
from further.report.results import TextResults
from further.report.sections.statement import say_scoring
from further.report.wording import show_count, show_difference, show_number

MERGED = (
    "**In this folder the adapter is merged into the weights of its base model, and transformers loads it as it is. "
    "The rest of this card is the adapter's: the numbers were measured with the adapter on its base, at the precision "
    "of the run.**"
)


def write_cards(results: TextResults, cards: Sequence[Path]) -> None:
    """Write the model card of every run's adapter, `{run}/adapter/README.md`."""
    for card in cards:
        write_card(results, card.parent.parent.name, card)


def make_merged_card(card: str) -> str:
    """The card of a model that an adapter was merged into, from the adapter's own.

    Raises:
        ValueError: If it has no YAML header.
    """
    # The header stands between the first two lines of ---; the text may hold such lines, too.
    parts = card.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ValueError("the model card has no YAML header between lines of ---")
    header = yaml.safe_load(parts[1])
    header |= {"library_name": "transformers", "base_model_relation": "finetune"}
    header["tags"] = [tag for tag in header["tags"] if tag != "lora"]
    title, rest = parts[2].lstrip("\n").split("\n", 1)
    front = yaml.safe_dump(header, sort_keys=False, allow_unicode=True)
    # The merged model loads as any other; the adapter's snippet would load it wrongly.
    rest = re.sub(r"## Loading it\n.*?(?=^## )", "", rest, flags=re.DOTALL | re.MULTILINE)
    return f"---\n{front}---\n\n{title}\n\n{MERGED}\n{rest}"


def write_card(results: TextResults, run: str, target: Path) -> None:
    """Write the model card of one run's adapter, `README.md` beside it."""
    metrics, name = results.runs[run].metrics, f"{results.title}, run {run}"
    compared, base = results.comparison.runs[run], name_base_model(results.settings.model)
    text = render(
        "card.md.jinja",
        front=yaml.safe_dump(_front_matter(results, compared, base, name), sort_keys=False, allow_unicode=True),
        name=name,
        base=base,
        results=results,
        metrics=metrics,
        trained=sorted(metrics.settings.model_dump().items()),
        scores=_score_rows(compared, results.texts),
        scoring=say_scoring(results.comparison.scoring),
        answers=TEXT.answer(results),
        show_count=show_count,
        show_number=show_number,
    )
    write_text(target, text)


def _front_matter(results: TextResults, compared: RunComparison, base: Base, name: str) -> dict[str, Any]:
    """The YAML header: what the Hub's index reads, the measured numbers among it."""
    measured = [
        {
            "task": {"type": "text-generation"},
            "dataset": {"type": text_set, "name": text},
            "metrics": [{"type": "perplexity", "value": round(compared.on(text_set).after.perplexity, 4)}],
        }
        for text_set, text in results.texts.items()
    ]
    language = results.settings.corpus.language
    return {
        "base_model": base.name,
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "license": "other",  # that of the base model and of the papers, which is not known here
        **({} if language is None else {"language": language}),
        "tags": ["further-pre-training", "lora", *(["not-for-clinical-use"] if results.is_medical else [])],
        "model-index": [{"name": name, "results": measured}],
    }


def _score_rows(compared: RunComparison, texts: Mapping[TextSet, str]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for text_set, name in texts.items():
        scores = compared.on(text_set)
        before, after = (
            [show_number(summary.perplexity, 4), show_number(summary.bits_per_byte, 4)]
            for summary in (scores.before, scores.after)
        )
        change = show_difference(scores.difference_nats_per_token)
        rows.append((name, show_count(scores.num_documents), before[0], after[0], change, before[1], after[1]))
    return rows
