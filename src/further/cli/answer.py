"""`further answer`: a question about an image, answered by the adapted model or handed over by the study's guard."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from further.cli.export import find_adapter
from further.cli.study import name_study
from further.io import read_json, read_table

GUARD = Path("results/guard/guard.json")
QUESTIONS = Path("results/cases/questions.parquet")
NEW_TOKENS = 256
NO_USE = "Written by a language model for research. Not for clinical use."


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
    if not (study / GUARD).is_file():
        raise ValueError(f"{study.resolve()} has no {GUARD}: is it a study of images that has ended?")
    if not question.strip():
        raise ValueError("the question is empty")
    adapter = find_adapter(study, "default")
    kind, task = find_type(study / QUESTIONS, question)
    asked = "" if task == "caption" else question
    line = {"case": "new", "split": "new", "images": [str(image)], "question_type": kind, "kind": "open"}
    line |= {"question_id": "new", "task": task, "question": asked, "answer": "", "language": "en"}
    row = _answer(study, adapter, read_png(image), line)
    return [*name_study(study), "", *_decide(study, row, question, show_all), NO_USE]


def find_type(questions: Path, question: str) -> tuple[str, str]:
    """Type and task of the study's questions with these words; "unknown" where it has none, which the guard defers.

    Args:
        question: Its words; "caption" asks for one.
    """
    table = read_table(questions)
    if question.strip().lower() == "caption":
        return "caption", "caption"
    same = table[table["question"].str.strip().str.lower() == question.strip().lower()]
    return (str(same["question_type"].iloc[0]), str(same["task"].iloc[0])) if len(same) else ("unknown", "answer")


def read_png(image: Path) -> bytes:
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


def _answer(study: Path, adapter: Path, png: bytes, line: Mapping[str, Any]) -> dict[str, Any]:
    """The adapted model's answer as a row of GENERATED, but for what a reference says."""
    from further.evaluation.answers.generate import describe_answer, measure_sureness, write_answers
    from further.models import Precision, load_adapted
    from further.positions import find_limit
    from further.records import CaseMetrics
    from further.vision.images import ImageProcessor, OneImage, Pixels, need_images
    from further.vision.prompts import make_prompter
    from further.vision.rows import ask

    run = CaseMetrics.load(adapter.parent / "metrics.json").settings
    base = study / read_json(adapter / "adapter_config.json")["base_model_name_or_path"]
    model = need_images(load_adapted(base, adapter, Precision(run.quantization, run.compute_dtype)))
    prompter, shown = make_prompter(base), OneImage(Pixels.key, ImageProcessor(base)(png))
    asked = ask(line, prompter, find_limit(model.config) or 4096)
    room = min(NEW_TOKENS, (find_limit(model.config) or 4096) - len(asked.prompt.ids))
    written = write_answers(model, prompter, [asked], shown, room, 1)
    return describe_answer(line, written[0], prompter, measure_sureness(model, written, shown, 1)[0])


def _decide(study: Path, row: Mapping[str, Any], question: str, show_all: bool) -> list[str]:
    from further.guard.decide import decide
    from further.guard.records import read_record

    record = read_record(read_json(study / GUARD))
    decision = decide({**row, "caption": None}, record)
    lines = [f"Question: {question}"]
    if decision.accepted:
        promised = f"at most {record.target_error:.0%} of such answers are wrong, at {record.confidence:.0%} confidence"
        return [*lines, f"Answer: {row['answer']}", f"{promised}, for cases like those of the study."]
    lines.append(f"A person has to answer: {decision.explanation}.")
    return [*lines, f"Not to be relied on, the model wrote: {row['answer']}"] if show_all else lines
