"""VQA-RAD: one JSON list of questions, or one for each split, beside a folder of images.

Source:
    Lau et al. 2018 (osf.io/89kps): "VQA_RAD Dataset Public.json", whose `phrase_type` holds the split, and "VQA_RAD
    Image Folder"; or trainset.json and testset.json with images/, as most programs pass them on.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from further.cases.files import Folder, read_records
from further.cases.found import Found, find_image
from further.cases.readers.base import KeyedReader, is_closed
from further.cases.synonyms import name_split


class VqaRad(KeyedReader):
    """Questions about images; each image is a case."""

    name = "vqa_rad"
    holds = "trainset.json and testset.json with image_name, question, answer and answer_type"
    keys = frozenset({"image_name", "question", "answer", "answer_type"})

    def read(self, folder: Folder) -> Found:
        """Cases named by their image, with the questions of all files."""
        found, patients = Found(), dict[str, str | None]()
        for file in self.find_tables(folder):
            for record in read_records(folder, file):
                name = str(record.get("image_name") or "").strip()
                case = PurePosixPath(name).stem or "without-image"
                split = _split_of(record, file)
                if case not in patients:  # a case of MedPix may have several images
                    patients[case] = found.first_of(record.get("image_case_url"), case)
                found.add_case(case, {}, patient=patients[case], split=split)
                found.add_only_image(name, case, find_image(folder, name), {"location": record.get("image_organ")})
                texts = (record.get("question"), record.get("answer"))
                kind = _name_type(record.get("question_type"))
                closed = is_closed(record.get("answer_type"), record.get("answer"))
                found.add_question(case, [case], texts, question_type=kind, closed=closed, split=split)
        found.add_spare(folder.images.files)
        return found


def _name_type(told: object) -> str:
    """A question's type; several have one order: "PRES, ABN" and "ABN,PRES" are one type.

    >>> _name_type("PRES, ABN"), _name_type("ABN,PRES "), _name_type(None)
    ('abn, pres', 'abn, pres', 'other')
    """
    parts = sorted({part.strip().lower() for part in str(told or "").split(",")} - {""})
    return ", ".join(parts) or "other"


def _split_of(record: Mapping[str, Any], file: str) -> str | None:
    """The split by the file's name, or by the phrase's type: test_freeform and test_para are the test."""
    by_file = name_split(PurePosixPath(file).stem)
    if by_file is not None or "phrase_type" not in record:
        return by_file
    return "test" if str(record["phrase_type"]).strip().lower().startswith("test") else "train"
