"""The items that a report on a language model in medicine has to state, including those that are not known."""

from further.records.comparison import Scoring
from further.report.answers.questions import say_instructions
from further.report.results import TextResults, name_base
from further.report.shown_table import ShownTable, show_table
from further.report.spending import Spending
from further.report.varied_runs import say_setting
from further.report.wording import count_noun, join_words, show_count

TRAINED_WITH = ("quantization", "target_modules", "rank", "context", "epochs", "learning_rate")
USES = {"train": "for training", "validation": "for validation", "test": "held out"}
INTERVALS = (
    "The 95% intervals of differences between models take papers as the unit of sampling. Those of the scaling law "
    "take runs, all scored on the same papers."
)
SEEDS = " Runs with other seeds are shown beside them."
UNKNOWN = "Not known to this workflow. Whoever publishes these numbers has to state it."
SEEN = "It is not known whether the base model had seen the papers."
OUT_OF_SCOPE = "Anything that needs true answers: perplexity does not measure them."
NOT_IN_CARE = "Diagnosis, treatment, triage, advice to patients, and any other clinical use."


def statement_table(results: TextResults) -> ShownTable:
    """The study in the order of a reporting guideline.

    Source:
        Items of TRIPOD-LLM (Gallifant et al. 2025, Nature Medicine) that apply to perplexity; those on clinical tasks,
        on annotation and on instruction do not.
    """
    rows = [*_data(results), *_model(results), *_outcome(results), *_use(results)]
    return show_table("In the order of TRIPOD-LLM", ("item", "in this study"), rows)


def _data(results: TextResults) -> list[tuple[str, str]]:
    corpus = results.corpus
    sizes = corpus.split["split"].value_counts()
    split = join_words([f"{show_count(sizes[name])} {use}" for name, use in USES.items() if name in sizes])
    task = "Continuing scientific text."
    given = f"{count_noun(corpus.num_papers, 'paper')} from one folder, {show_count(len(corpus.split))} used."
    return [
        ("Task", f"{task} No clinical task: nothing is predicted about patients." if results.is_medical else task),
        ("Data", given),
        ("Dates, sources and licenses of the papers", UNKNOWN),
        (
            "Preparation",
            "The papers' own text, cleaned by fixed rules. Each character is kept, or dropped for a stated reason.",
        ),
        ("Split", f"By whole papers: {split}. Duplicate papers count once."),
    ]


def _model(results: TextResults) -> list[tuple[str, str]]:
    run = results.comparison.default.settings
    trained = join_words([say_setting(name, getattr(run, name)) for name in TRAINED_WITH])
    adapters = "LoRA adapters" if run.quantization == "none" else "LoRA adapters on quantized weights (QLoRA)"
    spending = Spending(results)
    jobs = f"{count_noun(len(results.runs), 'training run')}. {spending.say_time()}. {spending.say_left_out()}"
    return [
        ("Model and version", f"{name_base(results.settings)}."),
        ("Training", f"{adapters} on next-token loss, no instructions. The default run: {trained}."),
        ("Compute", jobs),
    ]


def say_scoring(scoring: Scoring) -> str:
    """How documents were scored, in a sentence, so that another tool can do the same."""
    return (
        f"Scored in windows of {show_count(scoring.window)} tokens, stride {show_count(scoring.stride)}, after "
        f"{scoring.begin_rule} (not scored), in {scoring.compute_dtype}."
    )


def _outcome(results: TextResults) -> list[tuple[str, str]]:
    scored = say_scoring(results.comparison.scoring)
    prompts = len({sample.prompt for sample in results.samples.samples})
    return [
        ("Outcome", f"Perplexity per token on held-out papers, before and after, paired by paper. {scored}"),
        *_asked(results),
        ("Uncertainty", f"{INTERVALS}{SEEDS if results.comparison.seed_changes else ''}"),
        ("Prompts", f"{count_noun(prompts, 'prompt')}, each shown with all its continuations. None was left out."),
        ("Human assessment", "None."),
        ("Fairness and subgroups", "Not assessed."),
        ("Leakage", f"No run is measured on a paper that it was trained on. {SEEN}"),
    ]


def _asked(results: TextResults) -> list[tuple[str, str]]:
    """Questions and instructions, in a study that has them."""
    asked = results.asked
    rows = []
    if asked.questions:
        number = count_noun(asked.questions.num_questions, "question")
        rows.append(("Questions", f"{number}, answered by likelihood before and after, paired by question."))
    if asked.instructions:
        rows.append(("Instructions", say_instructions(asked.instructions)))
    return rows


def _use(results: TextResults) -> list[tuple[str, str]]:
    return [
        ("Intended use", "Research on language models and on collections of papers."),
        ("Out of scope", NOT_IN_CARE if results.is_medical else OUT_OF_SCOPE),
        ("Availability", "Code under AGPL-3.0-or-later. Settings, versions and digests of the code are below."),
        ("Ethics, funding, conflicts of interest, registration", UNKNOWN),
    ]
