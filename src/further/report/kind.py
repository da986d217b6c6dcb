"""The page of a study on text: its answers, figures and sections, in order."""

from further.report.answers.forgetting import answer_forgetting
from further.report.answers.guard import answer_guard
from further.report.answers.improvement import answer_improvement
from further.report.answers.more_data import answer_more_data
from further.report.answers.quantization import answer_quantization
from further.report.answers.questions import answer_questions
from further.report.figures import (
    forgetting,
    guard,
    learning_curves,
    ledger,
    other_settings,
    perplexity_by_paper,
    quantization,
    questions,
    scaling_law,
)
from further.report.page import Kind, Section
from further.report.results import TextResults
from further.report.sections.corpus import fill_corpus
from further.report.sections.guard import fill_question_guard
from further.report.sections.learned import fill_learned
from further.report.sections.made import fill_made
from further.report.sections.runs import fill_runs
from further.report.sections.samples import fill_samples

TEXT: Kind[TextResults] = Kind(
    answers=(
        answer_improvement,
        answer_forgetting,
        answer_more_data,
        answer_quantization,
        answer_questions,
        answer_guard,
    ),
    figures=(
        perplexity_by_paper.FIGURE,
        forgetting.FIGURE,
        scaling_law.FIGURE,
        quantization.FIGURE,
        questions.FIGURE,
        guard.FIGURE,
        learning_curves.FIGURE,
        other_settings.FIGURE,
        ledger.FIGURE,
    ),
    sections=(
        Section("guard", "When a person answers", fill_question_guard),
        Section("learned", "What it learned and memorized", fill_learned),
        Section("samples", "Samples, before and after", fill_samples),
        Section("corpus", "The corpus", fill_corpus),
        Section("runs", "Runs, time and cost", fill_runs),
        Section("made", "How it was made", fill_made),
    ),
)
