"""VQA-RAD and SLAKE: JSON lists of questions, one list for each split, beside the images they ask about."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, ClassVar

from further.cases.files import Folder
from further.cases.found import Found, find_image, short
from further.cases.readers.base import KeyedReader
from further.cases.readers.image_rows import ImageRow, gather_rows
from further.cases.synonyms import find_split
from further.cases.tables import read_records


class Vqa(KeyedReader):
    """Questions about images; each image is a case.

    Attributes:
        columns: Key of a record by what it holds.
        masks: What files are called that lie beside the images and are none.
    """

    columns: ClassVar[Mapping[str, str]]
    masks: ClassVar[str] = ""

    def read(self, folder: Folder) -> Found:
        """Cases named by their image, with the questions of all files and languages."""
        rows, meant = [], dict[str, str]()
        for file in self.find_tables(folder):
            for record in read_records(folder, file):
                row = {role: record.get(key) for role, key in self.columns.items()}
                name = str(row["image"] or "").strip().replace("\\", "/")
                case, place = _name_case(name), find_image(folder, name)
                file_meant = place[0] or PurePosixPath(name).name
                if meant.setdefault(case, file_meant) != file_meant:
                    images = f"{short(meant[case])} and {short(file_meant)}"
                    raise ValueError(f"cases.folder: two cases of one id, {case}: their image is {images}")
                rows.append(ImageRow(case, place, self.split_of(record, file), row))
        found = gather_rows(rows)
        found.add_spare([file for file in folder.images.files if PurePosixPath(file).stem != self.masks])
        return found

    def split_of(self, record: Mapping[str, Any], file: str) -> str | None:
        """The split that a record belongs to, by its file's name."""
        return find_split(file)


class VqaRad(Vqa):
    """VQA-RAD as its authors publish it, or in two files as most programs pass it on.

    Source:
        Lau et al. 2018 (osf.io/89kps): "VQA_RAD Dataset Public.json", whose `phrase_type` holds the split, and
        "VQA_RAD Image Folder"; or trainset.json and testset.json with images/.
    """

    name = "vqa_rad"
    holds = "trainset.json and testset.json with image_name, question, answer and answer_type"
    keys = frozenset({"image_name", "question", "answer", "answer_type"})
    columns: ClassVar[Mapping[str, str]] = {
        "image": "image_name",
        "patient": "image_case_url",  # a case of MedPix may have several images
        "location": "image_organ",
        **{name: name for name in ("question", "answer", "question_type", "answer_type")},
    }

    def split_of(self, record: Mapping[str, Any], file: str) -> str | None:
        """By the file's name, or by the phrase's type: test_freeform and test_para are the test."""
        by_file = super().split_of(record, file)
        if by_file is not None or "phrase_type" not in record:
            return by_file
        return find_split(str(record["phrase_type"])) or "train"


class Slake(Vqa):
    """SLAKE: questions in two languages, a folder for every image.

    Source:
        Liu et al. 2021 (med-vqa.com/slake): train.json, validate.json, test.json, imgs/xmlab1/source.jpg, mask.png.
    """

    name = "slake"
    holds = "train.json, validate.json and test.json with img_name, question, answer and q_lang"
    masks = "mask"
    # The copies of the questions beside each image lie deeper than these files, and are not read.
    keys = frozenset({"img_name", "question", "answer", "q_lang"})
    columns: ClassVar[Mapping[str, str]] = {
        "image": "img_name",
        "question_type": "content_type",
        "language": "q_lang",
        **{name: name for name in ("question", "answer", "answer_type", "modality", "location")},
    }


def _name_case(name: str) -> str:
    """The case that an image is: what its file is called, or SLAKE's folder of it."""
    path = PurePosixPath(name)
    return (path.parent.name if path.stem == "source" else "") or path.stem or "without-image"
