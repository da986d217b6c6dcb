"""A file of questions: what it may hold, and what is wrong with it. No torch."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase

NEEDED = ("question", "correct")
OPTIONAL = ("choices", "passage", "topic", "paper", "sentence")
SEPARATOR = "|"
MORE = "beyond the last column"
MOST_SHOWN = 5  # faults
BUNDLED = Path(__file__).resolve().parents[4] / "resources" / "demo" / "questions.csv"


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes:
        choices: What to choose from; of a question with one answer that answer alone.
        correct: Place of the correct one among them.
        passage: What the model may read first; empty for none.
        topic: For results by topic; empty for none.
        paper: Name of the paper that the answer stands in, without `.pdf`; empty where that is not known.
    """

    text: str
    choices: tuple[str, ...]
    correct: int
    passage: str = ""
    topic: str = ""
    paper: str = ""

    @property
    def has_choices(self) -> bool:
        """Whether there is anything to choose between."""
        return len(self.choices) > 1

    @property
    def prompt(self) -> str:
        """What the model is given; an answer follows after a space.

        >>> Question("Who?", ("I", "you"), 0).prompt
        'Question: Who?\\nAnswer:'
        """
        before = f"{self.passage}\n\n" if self.passage else ""
        return f"{before}Question: {self.text}\nAnswer:"


def find_questions(named: str | None) -> Path | None:
    """The file that `evaluation.questions` names; `demo` names the bundled one."""
    if named is None:
        return None
    return BUNDLED if named == "demo" else Path(named)


def check_questions(named: str | None) -> list[str]:
    """Read the questions of a study before anything else.

    Returns:
        The study's own file, if it has one: a job's input.

    Raises:
        ValueError: As `read_questions`.
    """
    if (file := find_questions(named)) is not None:
        read_questions(file)
    return [str(file)] if file not in (None, BUNDLED) else []


def has_choices(named: str | None) -> bool:
    """Whether a study asks any question that has choices: these are what its guard can be sure of."""
    file = find_questions(named)
    return file is not None and any(question.has_choices for question in read_questions(file))


def read_questions(file: Path) -> list[Question]:
    """Read a CSV file of questions.

    Columns: `question`; `choices`, with | between them, or empty for a question with one answer; `correct`, the correct
    choice as text, letter or number (from 1), or the one answer; if wanted `passage`, `topic`, `paper` and `sentence`.
    Commas or semicolons stand between columns.

    Raises:
        ValueError: If the file cannot be read, columns are missing or unknown, or a question is not sound: one line
            a fault, with its line in the file.
    """
    lines = list(_read_lines(file))
    if not lines:
        raise ValueError(f"evaluation.questions: {file} holds no question")
    faults, questions = [], []
    for number, line in lines:
        try:
            questions.append(parse_question(line))
        except ValueError as error:
            faults.append(f"evaluation.questions: {file}, line {number}: {error}")
    if faults:
        more = [f"and {len(faults) - MOST_SHOWN} more questions like these"] if len(faults) > MOST_SHOWN else []
        raise ValueError("\n".join(faults[:MOST_SHOWN] + more))
    return questions


def _read_lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"evaluation.questions: {file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"evaluation.questions: {file} is not UTF-8: {error}") from None
    head = text.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    # newline="": only CSV's own line ends count, not U+2028 or \x0b, which text copied from Word or a PDF may hold.
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=MORE, delimiter=delimiter, strict=True)
    try:
        reader.fieldnames = _check_columns(file, [name.strip() for name in reader.fieldnames or ()])
        for line in reader:
            more = delimiter.join(line.pop(MORE, [])).strip(f"{delimiter} ")
            values = {name: (line.get(name) or "").strip() for name in NEEDED + OPTIONAL} | {MORE: more}
            if any(values.values()):
                yield reader.line_num, values
    except csv.Error as error:
        raise ValueError(f"evaluation.questions: {file}, after line {reader.line_num}: {error}") from None


def _check_columns(file: Path, columns: list[str]) -> list[str]:
    if missing := [name for name in NEEDED if name not in columns]:
        raise ValueError(f"evaluation.questions: {file} has no column {' and no column '.join(missing)}")
    if unknown := [name for name in columns if name not in NEEDED + OPTIONAL]:
        raise ValueError(
            f"evaluation.questions: {file} has a column {unknown[0]!r}; allowed are {', '.join(NEEDED + OPTIONAL)}"
        )
    if len(set(columns)) < len(columns):
        raise ValueError(f"evaluation.questions: {file} has a column twice: {', '.join(columns)}")
    return columns


def parse_question(line: Mapping[str, str]) -> Question:
    """One line of the file.

    Raises:
        ValueError: If question or correct answer is missing, choices repeat, none of them is the correct one, or text
            stands beyond the last column.
    """
    if line[MORE]:
        raise ValueError(f"has {line[MORE]!r} beyond its last column; put quotation marks around a text with a comma")
    if not line["question"]:
        raise ValueError("has no question")
    if not line["correct"]:
        raise ValueError("does not say which answer is correct")
    choices = tuple(choice.strip() for choice in line["choices"].split(SEPARATOR)) if line["choices"] else ()
    if choices and (len(choices) < 2 or not all(choices) or len(set(choices)) < len(choices)):
        raise ValueError(f"has the choices {line['choices']!r}; two or more different ones are needed, with | between")
    return Question(
        line["question"],
        choices or (line["correct"],),
        find_correct(line["correct"], choices) if choices else 0,
        line["passage"],
        line["topic"],
        line["paper"],
    )


def find_correct(correct: str, choices: tuple[str, ...]) -> int:
    """Place of the correct choice, which is named by its text, its letter or its number.

    Raises:
        ValueError: If it is none of the choices.

    >>> find_correct("heart", ("lung", "heart")), find_correct("B", ("1", "2")), find_correct("2", ("1", "2"))
    (1, 1, 1)
    """
    if correct in choices:
        return choices.index(correct)
    letters = ascii_uppercase[: len(choices)]
    if correct.upper() in tuple(letters):
        return letters.index(correct.upper())
    if correct.isdecimal() and 1 <= int(correct) <= len(choices):
        return int(correct) - 1
    raise ValueError(f"names {correct!r} as correct, which is none of its {len(choices)} choices")
