"""What the columns of a table mean, whatever a data set or a clinic calls them. Standard library only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS
from further.cases.text import clean_text

CALLED: Mapping[str, tuple[str, ...]] = {
    "case": ("case id", "case number", "study id", "study", "uid", "u id", "study uid", "accession number", "accession",
             "exam id"),
    "patient": ("patient id", "subject id", "subject", "mrn", "patient number", "patient no", "patient nr",
                "patient name", "pid", "participant id", "participant", "image case url"),
    "image": ("images", "image name", "img name", "image path", "img path", "image file", "file name", "figure path",
              "dicom id", "image id", "image index", "img", "picture", "photo", "figure"),
    "question": ("questions", "prompt"),
    "answer": ("answers", "response", "gt answer"),
    "caption": ("captions", "description", "text"),
    "split": ("subset", "partition"),
    "topic": (),
    "question_type": ("content type", "q type"),
    "answer_type": ("a type",),
    "language": ("q lang", "lang"),
    "right_choice": ("answer label", "correct choice", "correct option"),
    "findings": ("report", "finding"),
    "diagnosis": ("impression", "conclusion", "case diagnosis"),
    "differential": ("differential diagnosis",),
    "treatment": ("treatment follow up",),
    "discussion": ("disease discussion",),
    "history": ("indication", "clinical history", "clinical information", "reason for exam", "reason for examination"),
    "exam": ("examination",),
    "keywords": ("mesh",),
    "abnormality": ("problems", "abnormalities", "finding labels"),
    "age": ("patient age",),
    "sex": ("gender", "patient sex", "patient gender"),
    "modality": ("mode", "modality type"),
    "plane": ("projection", "view", "view position"),
    "location": ("image organ", "organ", "body part", "body part examined"),
    "license": ("licence", "licences", "licenses"),
}  # fmt: skip
"""Other names of a column; each is also called as itself. Case, blanks and signs do not matter: Image_Name is one."""

LOOSE = ("imgid", "id", "name", "path", "file")
"""Columns that hold images only where they name files that are there."""
ROLES = (*dict.fromkeys([*CALLED, *CASE_FIELDS, *IMAGE_FIELDS]),)
"""All that a column may be, as `cases.columns` names it."""
TEXTS = frozenset(
    {"caption", "modality", "plane", "location", "abnormal", "abnormality", "category", "side", "size", "diagnosis"}
    | {"findings", "discussion"}
)
"""What a question can be made of (`further.cases.questions.RULES`)."""
LISTED = ("options", "choices")
_CHOICE = re.compile(r"(?:choice|option)?([a-h])")


def tells(columns: Iterable[str]) -> bool:
    """Whether columns of these roles hold questions with answers, or what questions can be made of."""
    there = set(columns)
    return bool(TEXTS & there) or {"question", "answer"} <= there


def plain_name(name: str) -> str:
    """A column's name by its letters and digits: `Figure_path` and `figure path` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())


# Once: a folder of 227,000 reports (MIMIC-CXR) asks for the roles of each one's sections.
PLAIN = {role: [plain_name(name) for name in (role, *CALLED.get(role, ()))] for role in ROLES}


def name_columns(columns: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what.

    Args:
        told: Column by role, as `cases.columns` says; it holds where a table has that column.

    Returns:
        Column by role; those of `image` are for `name_image_columns` to tell.
    """
    # Backwards, so that of two columns of one plain name the first stands.
    there = {plain_name(column): column for column in reversed(list(columns))}
    own = {role: plain_name(column) for role, column in told.items()}
    names = {role: [own[role]] if own.get(role) in there else PLAIN[role] for role in ROLES if role != "image"}
    found = {role: [there[name] for name in called if name in there] for role, called in names.items()}
    return {role: matching[0] for role, matching in found.items() if matching}


def name_image_columns(columns: Iterable[str], told: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Columns that may name images: those called so, and those that do if their files are there."""
    there = {plain_name(column): column for column in columns}
    if "image" in told and plain_name(told["image"]) in there:
        return [there[plain_name(told["image"])]], []
    called = [there[name] for name in PLAIN["image"] if name in there]
    return called, [there[name] for name in LOOSE if name in there]


def find_choices(columns: Iterable[str]) -> list[str]:
    """Columns that hold the choices of questions, one each or all in one; none where only one has a letter's name."""
    names = list(columns)
    letters = [column for column in names if _CHOICE.fullmatch(plain_name(column))]
    return letters if len(letters) > 1 else [column for column in names if plain_name(column) in LISTED]


def choices_of(row: Mapping[str, Any]) -> dict[str, str]:
    """The choices of a question by their letter; empty where there are fewer than two.

    The letter before a choice's text goes where all have theirs: one alone may begin a name, as in C. difficile.
    """
    found = {}
    listed = next((value for column, value in row.items() if plain_name(column) in LISTED), None)
    if isinstance(listed, list):
        listed = dict(zip("abcdefgh", listed, strict=False))
    for column, value in (listed if isinstance(listed, dict) else row).items():
        letter = _CHOICE.fullmatch(plain_name(column))
        if letter is not None and clean_text(value) is not None:
            found[letter[1]] = str(value).strip()
    bare = {letter: re.sub(rf"^\(?{letter}\s*[).:]\s*", "", text, flags=re.I) for letter, text in found.items()}
    if all(bare[letter] != text for letter, text in found.items()):
        found = bare
    return found if len(found) > 1 else {}


def add_choices(question: object, answer: object, choices: Mapping[str, str], right: object) -> tuple[object, object]:
    """A question with its choices, and the words of the right one in the place of its letter.

    >>> add_choices("What is it?", "B", {"a": "CT", "b": "MRI"}, None)
    ('What is it? Choices: CT; MRI', 'MRI')
    """
    letter = next((name for name in map(plain_name, map(str, (right, answer))) if name in choices), None)
    asked = f"{str(question or '').strip()} Choices: {'; '.join(choices.values())}"
    return asked, answer if letter is None else choices[letter]


def check_told(told: Mapping[str, str], tables: Sequence[Iterable[str]]) -> None:
    """Refuse a setting that names no column.

    Raises:
        ValueError: If a role is unknown, or no table has the column.
    """
    if unknown := sorted(set(told) - set(ROLES)):
        raise ValueError(f"cases.columns: {', '.join(unknown)} is none of {', '.join(ROLES)}")
    there = {plain_name(column) for columns in tables for column in columns}
    for role, column in told.items():
        if plain_name(column) not in there:
            have = ", ".join(dict.fromkeys(column for columns in tables for column in columns))
            raise ValueError(f"cases.columns.{role}: no table has a column {column!r}; there are {have or 'none'}")
