"""The page of a study of images: its answers, figures and sections, in order."""

from further.report.answers.guard import answer_guard
from further.report.answers.more_data import answer_more_data
from further.report.figures import guard
from further.report.images.answers import answer_floors, answer_improvement, answer_loops, answer_settings
from further.report.images.figures import answers_by_type, case_law, loops, other_settings
from further.report.images.results import ImageResults
from further.report.images.sections import fill_cases, fill_gallery, fill_loops, fill_made, fill_runs, fill_types
from further.report.page import Kind, Section
from further.report.sections.guard import fill_guard

IMAGES: Kind[ImageResults] = Kind(
    answers=(answer_improvement, answer_floors, answer_guard, answer_loops, answer_more_data, answer_settings),
    figures=(answers_by_type.FIGURE, case_law.FIGURE, guard.FIGURE, loops.FIGURE, other_settings.FIGURE),
    sections=(
        Section("gallery", "Cases: best, worst and at random", fill_gallery),
        Section("guard", "When a person answers", fill_guard),
        Section("types", "All scores by question type", fill_types),
        Section("loops", "Length of the answers, and loops", fill_loops, template="tables"),
        Section("cases", "The cases", fill_cases, template="tables"),
        Section("runs", "Runs, time and cost", fill_runs),
        Section("made", "How it was made", fill_made),
    ),
)
