"""The folded sections of a study of images: gallery, loops, guard, cases, how it was made."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from further.cases.case_report import NO_USE, write_case_report
from further.guard.decide import EXPLANATIONS
from further.records.answers import ALL, AnswersRecord, Score, TypeScores, main_score
from further.report.images.answers import SCORES, name_floors
from further.report.images.gallery import Pick
from further.report.images.results import ImageResults
from further.report.rendering import embed
from further.report.sections.made import show_made
from further.report.sections.runs import add_taken, show_runs
from further.report.shown_table import ShownTable, show_filled, show_frame, show_table
from further.report.wording import fixed, show_count, show_number, show_percent, show_points, show_score

SHORT = {"not certified": "no certified error rate", "under threshold": "not sure enough"}
"""Shorter words for reasons of the guard that are repeated in every report."""
HEADINGS = {"best": "Answered best", "worst": "Answered worst", "random": "Drawn at random"}
# Base64 adds a third to it, and the page should still go by mail.
MOST_SHOWN = 1_000_000  # bytes of pictures in the page
SOURCES = (
    ("Figures", "results/report/data/{figure}.csv"),
    ("Scores of answers, floors and loops", "results/evaluation/answers.json"),
    ("Length of the answers", "results/answers/lengths.parquet"),
    ("Answers before and after", "results/answers/base/{quantization}.parquet, results/answers/runs/default.parquet"),
    ("Guard: promises and decisions", "results/guard/guard.json, results/guard/guarded.parquet"),
    ("Cases, what was dropped, split and leaks", "results/cases/{table}.parquet"),
    ("Predictions: loss, gain, targets", "results/scaling/law.json"),
    ("Runs: tokens, steps, losses", "results/runs/{run}/metrics.json"),
    ("Runs: time, speed, memory", "results/runs/{run}/timing.json"),
    ("Jobs: time", "benchmarks/{rule}/{name}.tsv"),
)
APART = {
    "Closed questions": ("closed_accuracy", "sensitivity", "specificity", "balanced_accuracy", "unreadable"),
    "Open questions": ("open_exact_match", "open_recall"),
}


def fill_types(results: ImageResults) -> Mapping[str, object]:
    """Every score of every type, before and after, beside the floors."""
    return {
        "tables": [types_table(results), *apart_tables(results), texts_table(results)],
        "conventions": [(name.replace("_", " "), text) for name, text in results.answers.conventions.items()],
    }


def types_table(results: ImageResults) -> ShownTable:
    """The score that each question type is judged by, in percent, beside the floors."""
    record = results.answers
    floors = name_floors(record)
    rows = []
    for kind in record.kinds:
        main = record.main[kind]
        cells = [_percent(main_score(scores[kind], main)) if kind in scores else "" for scores in floors.values()]
        before, after = (main_score(scores[kind], main) for scores in (record.default_base, record.default.scores))
        moved = show_points(main_score(record.default.change[kind], main), unit="")
        rows.append([kind, SCORES[main], *cells, _percent(before), show_score(after), moved])
    header = ["type", "score", *(name.replace("_", " ") for name in floors), "base", "adapted", "change, points"]
    return show_table("Question types against the floors, %", header, rows, range(2, len(header)))


def apart_tables(results: ImageResults) -> list[ShownTable]:
    """Scores of closed questions, and of open ones; each table has only the types that have such questions."""
    tables = []
    for caption, names in APART.items():
        rows = []
        for kind, model, scores in _before_and_after(results.answers, all_first=True):
            found: list[Score | None] = [getattr(scores, name) for name in names]
            if any(found):
                rows.append([kind, model, *(show_score(score) if score else "" for score in found)])
        header = ["type", "model", *(name.replace("_", " ") for name in names)]
        tables += [show_filled(caption, header, rows, first_number=2)] if rows else []
    return tables


def texts_table(results: ImageResults) -> ShownTable:
    """Overlap scores of all types."""
    rows = []
    for kind, name, own in _before_and_after(results.answers):
        words = [_percent(own.exact_match), _percent(own.token_f1)]
        rows.append([kind, name, show_count(own.answers), *words, fixed(own.bleu.estimate, 1), _percent(own.rouge_l)])
    header = ["type", "model", "answers", "exact match, %", "word F1, %", "BLEU", "ROUGE-L, %"]
    return show_table("Words in common with the references", header, rows, range(2, len(header)))


def _before_and_after(record: AnswersRecord, all_first: bool = False) -> Iterator[tuple[str, str, TypeScores]]:
    """Each question type with the base's and with the default run's scores; all types together first, if wanted."""
    together = [ALL] if all_first and ALL in record.default.scores else []
    for kind in [*together, *record.kinds]:
        yield kind, "base", record.default_base[kind]
        yield kind, "adapted", record.default.scores[kind]


def _percent(score: Score) -> str:
    return fixed(100 * score.estimate, 1)


def fill_gallery(results: ImageResults) -> Mapping[str, object]:
    """Best, worst and random test cases with images, questions, answers before and after, and a report each."""
    groups: dict[str, list[dict[str, object]]] = {}
    for pick, shown, left_out in fit_pictures(results.gallery, results.pictures):
        entry = {
            "pick": pick,
            "pictures": [embed("image/png", png) for png in shown],
            "left_out": left_out,
            "score": show_percent(pick.score),
            "report": _report(results, pick),
        }
        groups.setdefault(HEADINGS[pick.kind], []).append(entry)
    return {"groups": groups, "no_use": NO_USE}


def fit_pictures(
    gallery: Sequence[Pick], pictures: Mapping[str, bytes], room: int = MOST_SHOWN
) -> Iterator[tuple[Pick, list[bytes], int]]:
    """Each case with its pictures while the page has room for them, in bytes, and how many are left out."""
    for pick in gallery:
        shown = [pictures[name] for name in pick.images if name in pictures]
        # A case that is left out takes its room all the same: behind it none is shown.
        room -= sum(map(len, shown))
        yield (pick, shown, 0) if room >= 0 else (pick, [], len(shown))


def _report(results: ImageResults, pick: Pick) -> list[tuple[str, list[tuple[str, str]]]]:
    """A radiology-style report: by section, its lines and who wrote them."""
    tables = results.tables
    case = _plain(tables.cases[tables.cases["case"] == pick.case])[0]
    answered = tables.after[tables.after["case"] == pick.case]
    answers = dict(zip(answered["question_type"], answered["answer"], strict=True))
    images = _plain(tables.images[tables.images["case"] == pick.case])
    sections: dict[str, list[tuple[str, str]]] = {}
    for line in write_case_report(case, images, answers, _deferred(results, pick.case)):
        sections.setdefault(line.section, []).append((line.text, line.author))
    return list(sections.items())


def _deferred(results: ImageResults, case: str) -> dict[str, str]:
    """Why the guard leaves answers about a case to a person, by question type."""
    if results.guard is None:
        return {}
    left = results.guard.tried
    left = left[(left["case"] == case) & ~left["accepted"]]
    reasons = [SHORT.get(one[0], EXPLANATIONS[one[0]]) for one in left["reasons"]]
    return dict(zip(left["question_type"], reasons, strict=True))


def _plain(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as dictionaries, with None for missing values."""
    rows: list[dict[Any, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    return rows


def fill_loops(results: ImageResults) -> Mapping[str, object]:
    """Lengths of the answers, and how many a window would cut."""
    lengths = results.tables.lengths
    wide = lengths.assign(cut_fraction=lengths["cut_fraction"].map(show_percent)).pivot(
        index=["question_type", "answers", "median", "p95", "longest"], columns="window", values="cut_fraction"
    )
    wide.columns = [f"cut at {window}" for window in wide.columns]
    return {"tables": [show_frame("Answers in tokens, and what a window for the answer would cut", wide.reset_index())]}


def fill_cases(results: ImageResults) -> Mapping[str, object]:
    """What was kept and what was dropped, and the split with its leaks."""
    tables = results.tables
    ledger = tables.ledger.groupby(["unit", "reason"], sort=True).size().reset_index(name="number")
    split = tables.split.groupby("split", sort=False)["case"].nunique().reset_index(name="cases")
    asked = tables.questions.groupby(["question_type", "split"]).size().unstack(fill_value=0).reset_index()
    shown = [
        show_frame("Cases, images, captions and questions: kept, or dropped and why", ledger),
        show_frame("Split by case", split),
        show_frame("Questions by type", asked),
    ]
    leaks = tables.leaks.groupby(["kind", "split", "other_split"]).size().reset_index(name="number")
    used = (
        "which this study uses" if results.settings.cases.split == "given" else "which this study does not use as it is"
    )
    caption = f"Related cases on two sides of the split that the data came with, {used}"
    return {"tables": [*shown, *([show_frame(caption, leaks)] if len(leaks) else [])]}


def fill_runs(results: ImageResults) -> Mapping[str, object]:
    """What was spent, what each run took, and what more cases would bring and cost."""
    return show_runs(results, runs_table(results))


def runs_table(results: ImageResults) -> ShownTable:
    """What each run trained on, its losses, and what its job took."""
    rows: list[Sequence[str]] = []
    for name in results.ordered_runs:
        metrics, answered = results.runs[name].metrics, results.answers.runs[name]
        counts = (metrics.num_cases, metrics.num_questions, metrics.num_unique_tokens, metrics.num_steps)
        losses = (metrics.final_train_loss_nats, answered.nats_per_token)
        rows.append([name, *map(show_count, counts), show_percent(answered.trainable_share), *map(show_number, losses)])
    header = ["run", "cases", "questions", "answer tokens", "steps", "parameters trained", "training loss", "test loss"]
    return add_taken(results, "What each run took; losses in nats per token of the answers", header, rows)


def fill_made(results: ImageResults) -> Mapping[str, object]:
    """Everything needed to judge the study and to run it again."""
    return show_made(results, SOURCES)
