"""What did it forget: perplexity of general text before and after, in the default run."""

from further.records.comparison import Paired
from further.report.answers.answer import Answer, Verdict, classify
from further.report.answers.improvement import say_change, say_too_few
from further.report.answers.questions import say_instructions
from further.report.results import TextResults
from further.report.wording import count_noun, show_difference, show_relative, show_share_of

MOST_NAME_WORDS = 5
WORDS: dict[Verdict, str] = {
    "improved": "Nothing: it got better.",
    "worse": "Some general text.",
    "unchanged": "Nothing measurable.",
    "undecided": "Not decided.",
}


def answer_forgetting(results: TextResults) -> Answer:
    """Did the default run get worse on text of another kind?"""
    general, run = results.comparison.default.general, results.comparison.default_run
    verdict = classify(general.difference_nats_per_token)
    return Answer(
        question="What did it forget?",
        verdict=verdict,
        word=WORDS[verdict],
        sentence=say_change(general, name_general(results.general_text), verdict),
        doubt=_say_doubt(general),
        details=tuple(_say_details(results)),
        sources=(f"results/evaluation/comparison.json: runs.{run}.general",),
    )


def name_general(text: str) -> str:
    """General text with its kinds, if their names are short; the details have the longer ones."""
    return f"general text ({text})" if len(text.split()) <= MOST_NAME_WORDS else "general text"


def _say_doubt(general: Paired) -> str:
    if not general.is_trustworthy:
        return say_too_few(general, "documents")
    return f"{count_noun(general.num_documents, 'document')}. Other skills were not measured."


def _say_details(results: TextResults) -> list[str]:
    comparison = results.comparison
    general = comparison.default.general
    said = [
        f"Measured on {count_noun(general.num_documents, 'document')} of general text that no run was trained on: "
        f"{results.general_text}. Loss: {show_difference(general.difference_nats_per_token)}.",
        "Forgetting shows when a model is used outside the new field. Replaying general text among the training text "
        "(training.replay_fraction) usually reduces it.",
    ]
    if results.asked.instructions:
        said.append(say_instructions(results.asked.instructions))
    for name in sorted(comparison.runs):
        if set(comparison.differing(name)) == {"replay_fraction"}:
            run = comparison.runs[name]
            share = show_share_of(run.settings.replay_fraction)
            said.append(
                f"With {share} general text replayed: perplexity "
                f"{show_relative(run.general.difference_nats_per_token, signed=True)} on general text, "
                f"{show_relative(run.papers.difference_nats_per_token, signed=True)} on held-out papers."
            )
    return said
