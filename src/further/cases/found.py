"""What a reader finds in a folder: cases, images and questions, before any image is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from posixpath import splitext
from typing import Any

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS, SPLITS
from further.cases.files import IMAGE_SUFFIXES, Folder
from further.cases.groups_by_name import find_groups
from further.cases.synonyms import name_modality, name_plane, name_yes_no
from further.cases.text import clean_text, is_empty_cell
from further.shards import hash_rank


def key_of(file: str, part: int = 0) -> str:
    """Name of a file's part that does not tell the file's name: paths may hold those of patients."""
    return hash_rank("picture", file, part)[:16]


def digest_id(text: str) -> str:
    """Digest of a study or patient, without blanks, the zeros that a spreadsheet drops, and the .0 that one adds."""
    number = "".join(text.split()).lstrip("0").casefold()
    return hash_rank("study id", number[:-2] if number[:-2].isdigit() and number.endswith(".0") else number)


@dataclass
class Found:
    """Cases, images and questions as a reader finds them; texts are cleaned when they are added."""

    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    firsts: dict[str, str] = field(default_factory=dict)
    """First case of each patient."""
    names: dict[str, str] = field(default_factory=dict)
    """Path of the image of a case that is one image, or what records call it where there is no such file."""

    def add_case(
        self,
        case: str,
        fields: Mapping[str, object],
        *,
        topic: object = None,
        patient: str | None = None,
        split: str | None = None,
    ) -> None:
        """Add a case, or a split to one that is there.

        Args:
            fields: Of CASE_FIELDS; others are left out.
            split: Where its layout puts it.

        Raises:
            ValueError: If a case of this name is there with other fields.
        """
        line = {name: clean_text(fields.get(name)) for name in CASE_FIELDS}
        line |= {
            "abnormal": name_yes_no(line["abnormal"]),
            "case": case,
            "topic": clean_text(topic),
            "patient": patient,
        }
        known = self.cases.setdefault(case, line | {"given_split": []})
        other = next((name for name in line if known[name] != line[name]), None)
        if other is not None:
            raise ValueError(
                f"cases.folder: two cases of one id, {case}: their {other} is {short(known[other])} "
                f"and {short(line[other])}"
            )
        if split is not None:
            self.add_split(case, split)

    def first_of(self, group: object, case: str) -> str | None:
        """The first case of a patient, who is called so: identifiers stay in the reader. None where none is told."""
        name = clean_text(group)
        return None if name is None else self.firsts.setdefault(digest_id(name), case)

    def join_by_names(self) -> None:
        """Take a case whose patient nobody tells for one of the patient of the cases that its image's name tells."""
        groups = find_groups(self.names)
        known = {groups[case]: told for case in groups if (told := self.cases[case]["patient"]) is not None}
        for case, first in groups.items():
            if self.cases[case]["patient"] is None:
                self.cases[case]["patient"] = known.get(first, first)

    def add_split(self, case: str, split: str) -> None:
        """Say that a case's layout puts it into a split; it may be put into several."""
        known = self.cases[case]["given_split"]
        if split not in known:
            self.cases[case]["given_split"] = sorted([*known, split], key=SPLITS.index)

    def add_image(
        self, image: str, case: str | None, place: tuple[str | None, int, str], fields: Mapping[str, object]
    ) -> str:
        """Add an image of a case.

        Args:
            case: The case, None for nobody's.
            place: File relative to the folder (None: there is none), part of it, and a detail for messages.
            fields: `caption`, and those of IMAGE_FIELDS; `modality` in the record's words.

        Returns:
            The image's name, which differs from `image` where that is taken.
        """
        names = chain([image], (f"{image}-{number}" for number in count(2)))
        name = next(name for name in names if name not in self.images)
        file, part, detail = place
        place_of = {"file": file, "part": part, "key": None if file is None else key_of(file, part), "detail": detail}
        self.images[name] = {"image": name, "case": case, **_clean_image(fields), **place_of}
        return name

    def add_question(
        self,
        case: str,
        images: list[str],
        texts: tuple[object, object],
        *,
        question_type: str,
        closed: bool,
        split: str | None = None,
        language: str | None = None,
    ) -> None:
        """Add a question that the layout itself asks, with its answer: `texts`."""
        question, answer = map(clean_answer, texts)
        line = {"case": case, "images": images, "question": question, "answer": answer, "language": language}
        self.questions.append(line | {"question_type": question_type, "closed": closed, "given_split": split})

    def add_spare(self, files: list[str]) -> None:
        """Add the files that no case names."""
        named = {line["file"] for line in self.images.values()}
        for file in files:
            if file not in named:
                self.add_image(file, None, (file, 0, ""), {})

    def lines(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        """Lines of FOUND_CASES, FOUND_IMAGES and FOUND_QUESTIONS, cases and images sorted by name."""
        cases = sorted(self.cases.values(), key=lambda line: str(line["case"]))
        return cases, sorted(self.images.values(), key=lambda line: str(line["image"])), self.questions


def _clean_image(fields: Mapping[str, object]) -> dict[str, str | None]:
    """What a record says of an image, with modality and plane in the field's terms."""
    line = {key: clean_text(fields.get(key)) for key in (*IMAGE_FIELDS, "caption")}
    line["sequence"] = line["sequence"] or line["modality"]
    return line | {"modality": name_modality(line["modality"]), "plane": name_plane(line["plane"])}


def clean_answer(value: object) -> str | None:
    """An answer's or a question's text; "none" and "unknown" are answers, unlike in a field; an empty cell is none."""
    text = clean_text(value)
    if text is not None or value is None or isinstance(value, dict | list | tuple):
        return text
    return None if is_empty_cell(plain := " ".join(str(value).split())) else plain


def find_image(folder: Folder, name: object, hint: str = "") -> tuple[str | None, int, str]:
    """Place of an image that a record names, as `Found.add_image` takes it."""
    text = str(name or "").strip()
    file, wrong = folder.images.find(text, hint) if text else (None, "the record names no image")
    if file is None and text and (other := folder.find_other(text)):
        wrong = f"{other} is there, and called like no kind of picture that is read"
    elif file is None and text.lower().endswith(IMAGE_SUFFIXES):  # converted, and the table was not
        other = folder.images.find(splitext(text)[0], hint)[0] or ""
        wrong += f", but {other}" if other else ""
    return file, 0, wrong if file is None else ""


def short(value: object) -> str:
    """A value for a message, of 40 characters at most."""
    text = "empty" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
