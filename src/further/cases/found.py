"""What a reader finds in a folder: cases, images and questions, before any image is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS, SPLITS
from further.cases.files import Folder
from further.cases.terms import name_modality, name_plane
from further.cases.text import clean_text
from further.shards import hash_rank


def key_of(file: str, part: int = 0) -> str:
    """Name of a file's part that does not tell the file's name: paths may hold those of patients."""
    return hash_rank("picture", file, part)[:16]


@dataclass
class Found:
    """Cases, images and questions as a reader finds them; texts are cleaned when they are added."""

    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    images: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)

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
        line |= {"case": case, "topic": clean_text(topic), "patient": patient}
        known = self.cases.setdefault(case, line | {"given_split": []})
        other = next((name for name in line if known[name] != line[name]), None)
        if other is not None:
            raise ValueError(
                f"cases.folder: two cases of one id, {case}: their {other} is {_short(known[other])} "
                f"and {_short(line[other])}"
            )
        if split is not None and split not in known["given_split"]:
            known["given_split"] = sorted([*known["given_split"], split], key=SPLITS.index)

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
        name = image
        for number in range(2, 2 + len(self.images)):
            if name not in self.images:
                break
            name = f"{image}-{number}"
        file, part, detail = place
        line = {key: clean_text(fields.get(key)) for key in (*IMAGE_FIELDS, "caption")}
        line["sequence"] = line["sequence"] or line["modality"]
        line |= {"modality": name_modality(line["modality"]), "plane": name_plane(line["plane"])}
        place_of = {"file": file, "part": part, "key": None if file is None else key_of(file, part), "detail": detail}
        self.images[name] = {"image": name, "case": case, **line, **place_of}
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


def clean_answer(value: object) -> str | None:
    """An answer's or a question's text; "none" and "unknown" are answers, unlike in a field."""
    text = clean_text(value)
    return text if text is not None or value is None else " ".join(str(value).split()) or None


def find_image(folder: Folder, name: object, hint: str = "") -> tuple[str | None, int, str]:
    """Place of an image that a record names, as `Found.add_image` takes it."""
    text = str(name or "").strip()
    file, wrong = folder.images.find(text, hint) if text else (None, "the record names no image")
    return file, 0, wrong if file is None else ""


def _short(value: object) -> str:
    text = "empty" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
