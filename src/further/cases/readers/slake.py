"""SLAKE: one JSON list of questions in two languages for each split, beside a folder for every image.

Source:
    Liu et al. 2021 (med-vqa.com/slake): train.json, validate.json, test.json, imgs/xmlab1/source.jpg beside mask.png.
"""

from pathlib import PurePosixPath

from further.cases.files import Folder, read_records
from further.cases.found import Found, find_image
from further.cases.readers.base import KeyedReader, is_closed
from further.cases.synonyms import name_split


class Slake(KeyedReader):
    """Questions about images; each image is a case."""

    name = "slake"
    holds = "train.json, validate.json and test.json with img_name, question, answer and q_lang"
    # the copies beside each image lie deeper
    keys = frozenset({"img_name", "question", "answer", "q_lang"})

    def read(self, folder: Folder) -> Found:
        """Cases named by their image's folder, with the questions of all files, those in Chinese too."""
        found = Found()
        for file in self.find_tables(folder):
            split = name_split(PurePosixPath(file).stem)
            for record in read_records(folder, file):
                name = str(record.get("img_name") or "").strip()
                path = PurePosixPath(name)
                case = (path.parent.name if path.stem == "source" else path.stem) or "without-image"
                found.add_case(case, {}, split=split)
                about = {"modality": record.get("modality"), "location": record.get("location")}
                found.add_only_image(name, case, find_image(folder, name), about)
                found.add_question(
                    case,
                    [case],
                    (record.get("question"), record.get("answer")),
                    question_type=str(record.get("content_type") or "other").strip().lower(),
                    closed=is_closed(record.get("answer_type"), record.get("answer")),
                    split=split,
                    language=str(record.get("q_lang") or "").strip().lower() or None,
                )
        found.add_spare([file for file in folder.images.files if PurePosixPath(file).stem != "mask"])
        return found
