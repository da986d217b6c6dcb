"""`further answer`: questions about images, answered by the adapted model or handed over by the study's guard."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from further.cases.case_report import NO_USE
from further.cli.export import find_adapter, find_base
from further.cli.study_folder import name_study, suggest_others
from further.guard.records import GuardRecord
from further.io import read_table, write_text
from further.records.base import DEFAULT_RUN

GUARD = Path("results/guard/guard.json")
QUESTIONS = Path("results/cases/questions.parquet")
BATCH = 8  # questions at a time


def answer_image(study: Path, image: Path, question: str, show_all: bool) -> list[str]:
    """Answer one question about one image, by the default run and its guard.

    Args:
        study: The folder that holds results/.
        image: Any picture that a study reads; DICOM too.
        question: In the words of the study, so that the guard knows its type.
        show_all: Whether an answer that goes to a person is shown beside the reason.

    Returns:
        The study, the answer or why it goes to a person, and how sure the model was.

    Raises:
        ValueError: If the study has no guard or no such run, or the image cannot be read.
    """
    if not question.strip():
        raise ValueError("the question is empty")
    if image.suffix.lower() == ".csv":
        raise ValueError(f"{image} is a table, which holds its own questions: further answer {image}")
    record = _read_guard(study)
    line = _make_line(read_table(study / QUESTIONS), "new", str(image), question)
    [row] = _answer(study, {str(image): _read_png(image)}, [line])
    return [*name_study(study), "", *_decide(record, row, question, show_all), NO_USE]


def answer_table(study: Path, table: Path, output: Path, show_all: bool) -> list[str]:
    """Answer the questions of a CSV, row by row; answers about one case are looked at for contradictions.

    Args:
        study: The folder that holds results/.
        table: Columns image (a path, taken from the table's folder), question, and if there is one case.
        output: The CSV to write: the same rows with decision, answer, reason and mean_logprob.
        show_all: Whether answers that go to a person are written too.

    Returns:
        The study, how many were answered, and where they lie.

    Raises:
        ValueError: If the study has no guard, or the table has no such columns or no rows.
    """
    rows, record = _read_questions(table), _read_guard(study)
    pictures, faults = _read_pictures([table.parent / name for name in rows["image"]])
    # A question's type, by which the guard decides, is known by its words among the study's questions.
    known = read_table(study / QUESTIONS)
    lines = [
        _make_line(known, str(case), str(table.parent / image), question)
        for case, image, question in zip(rows["case"], rows["image"], rows["question"], strict=True)
    ]
    readable = [line for line in lines if line["images"][0] in pictures]
    answers = iter(_answer(study, pictures, readable) if readable else [])
    found = [next(answers) | {"caption": None} if line["images"][0] in pictures else None for line in lines]
    decided = [
        ("deferred", "", faults[line["images"][0]], None) if row is None else _judge(row, found, record, show_all)
        for line, row in zip(lines, found, strict=True)
    ]
    added = pd.DataFrame(decided, columns=["decision", "answer", "reason", "mean_logprob"])
    write_text(output, rows.join(added).to_csv(index=False))
    given = int((added["decision"] == "answered").sum())
    return [*name_study(study), "", f"{given} of {len(rows)} answered, the others go to a person: {output}", NO_USE]


def _judge(
    row: Mapping[str, Any], found: Iterable[Mapping[str, Any] | None], record: GuardRecord, show_all: bool
) -> tuple[str, str, str, float]:
    """Decision, answer, reason and log-probability of one answer, held against the others about its case."""
    from further.guard.decide import decide

    decision = decide(row, record, [one for one in found if one and one is not row and one["case"] == row["case"]])
    shown = row["answer"] if decision.accepted or show_all else ""
    return "answered" if decision.accepted else "deferred", shown, decision.explanation, row["mean_logprob"]


def _make_line(known: pd.DataFrame, case: str, image: str, question: str) -> dict[str, Any]:
    """A question as a study has them, of the type that its words have among those of the study."""
    kind, task = _find_type(known, question)
    line = {"case": case, "split": "new", "images": [image], "question_type": kind, "kind": "open"}
    asked = "" if task == "caption" else question
    return line | {"question_id": "new", "task": task, "question": asked, "answer": "", "language": "en"}


def _read_guard(study: Path) -> GuardRecord:
    if not (study / GUARD).is_file() or not (study / QUESTIONS).is_file():
        raise ValueError(
            f"{study.resolve()} is not a finished study of images: it has no {GUARD} or no {QUESTIONS}. "
            f'For a study of papers, type: further try "prompt"{suggest_others(study)}'
        )
    return GuardRecord.load(study / GUARD)


def _read_questions(table: Path) -> pd.DataFrame:
    """Rows of a CSV; those without a case are cases of their own."""
    if not table.is_file():
        raise ValueError(f"there is no file {table}")
    from further.cases.files import Folder
    from further.cases.tables import read_rows

    try:
        rows = pd.DataFrame(read_rows(Folder(table.parent), table.name), dtype=str).fillna("")
    except ValueError as error:
        raise ValueError(str(error).removeprefix("cases.folder: ")) from None
    if rows.empty:
        raise ValueError(
            f"{table} has no rows: below a first line with the columns image and question, write one row per question"
        )
    if missing := [name for name in ("image", "question") if name not in rows]:
        raise ValueError(f"{table} has no column {' or '.join(missing)}. Its columns are {', '.join(rows.columns)}")
    if "case" not in rows:
        rows.insert(0, "case", "")
    own = pd.Series([f"row {number}" for number in range(1, len(rows) + 1)], rows.index)
    return rows.assign(case=rows["case"].where(rows["case"].str.strip() != "", own))


def _read_pictures(images: Iterable[Path]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Images as PNG by their path, and why others could not be read."""
    pictures, faults = {}, {}
    for image in dict.fromkeys(images):
        try:
            pictures[str(image)] = _read_png(image)
        except ValueError as error:
            faults[str(image)] = str(error)
    return pictures, faults


def _find_type(known: pd.DataFrame, question: str) -> tuple[str, str]:
    """Type and task of the study's questions with these words; "unknown" where it has none, which the guard defers."""
    if question.strip().lower() == "caption":
        return "caption", "caption"
    same = known[known["question"].str.strip().str.lower() == question.strip().lower()]
    return (str(same["question_type"].iloc[0]), str(same["task"].iloc[0])) if len(same) else ("unknown", "answer")


def _read_png(image: Path) -> bytes:
    """A picture opened in a child process with the limits of a study, as PNG.

    Raises:
        ValueError: If it is not there or cannot be read, with the reason.
    """
    from further.cases.pictures import read_pictures
    from further.settings import CasesSettings, PictureSettings

    if not image.is_file():
        raise ValueError(f"there is no file {image}")
    how = PictureSettings.model_validate(CasesSettings().pick(*PictureSettings.model_fields))
    found = next(read_pictures(image.parent, [image.name], how))
    if "png" not in found:
        raise ValueError(f"{image} cannot be read: {found['reason']}, {found['detail']}")
    png: bytes = found["png"]
    return png


def _answer(study: Path, pictures: Mapping[str, bytes], lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The adapted model's answers as rows of GENERATED, but for what a reference says."""
    from further.evaluation.answers.generate import LONGEST, describe_answer, measure_sureness, write_answers
    from further.models import Precision, load_adapted
    from further.positions import find_limit
    from further.records.training import CaseMetrics
    from further.settings import Settings
    from further.vision.images import Pixels, need_images
    from further.vision.prompts import make_prompter
    from further.vision.rows import ask

    adapter = find_adapter(study, DEFAULT_RUN)
    base = find_base(study, adapter)
    run = CaseMetrics.load(adapter.parent / "metrics.json").settings
    model = need_images(load_adapted(base, adapter, Precision(run.quantization, run.compute_dtype)))
    prompter, shown, limit = make_prompter(base), Pixels(base, pictures), find_limit(model.config) or LONGEST
    asked = [ask(line, prompter, limit) for line in lines]
    # A run does not record its study's new_tokens: the default of study files stands for it. Prompts of several images
    # may be long: what the model's positions leave is less then.
    room = min(Settings().answers.new_tokens, limit - max(len(one.prompt.ids) for one in asked))
    written = write_answers(model, prompter, asked, shown, room, BATCH)
    sure = measure_sureness(model, written, shown, BATCH)
    return [describe_answer(*each[:2], prompter, each[2]) for each in zip(lines, written, sure, strict=True)]


def _decide(record: GuardRecord, row: Mapping[str, Any], question: str, show_all: bool) -> list[str]:
    from further.guard.decide import decide

    decision = decide({**row, "caption": None}, record)
    lines = [f"Question: {question}"]
    if decision.accepted:
        promised = f"at most {record.target_error:.0%} of such answers are wrong, at {record.confidence:.0%} confidence"
        return [*lines, f"Answer: {row['answer']}", f"{promised}, for cases like those of the study."]
    lines.append(f"A person has to answer: {decision.explanation}.")
    return [*lines, f"Not reliable, the model wrote: {row['answer']}"] if show_all else lines
