"""ROCOv2: a CSV file of captions and one of concepts for each split, beside folders of images.

Source:
    Rueckert et al. 2024, ROCOv2 (zenodo.org/records/10821435): {train,valid,test}_captions.csv with ID and Caption,
    *_concepts_manual.csv with the modality's concept, license_information.csv, {train,valid,test}/ID.jpg.
"""

import re
from pathlib import PurePosixPath

from further.cases.files import Folder
from further.cases.found import Found, find_image
from further.cases.readers.base import Reader, is_repeated, name_of
from further.cases.synonyms import find_split
from further.cases.tables import read_head, read_rows

MODALITY_OF_CONCEPT = {
    "C0040405": "CT",
    "C0024485": "MRI",
    "C1306645": "x-ray",
    "C0041618": "ultrasound",
    "C0002978": "angiography",
    "C0032743": "PET",
}
"""UMLS concepts that say how an image was taken."""


class Rocov2(Reader):
    """One caption an image; each image is a case."""

    name = "rocov2"
    holds = "*_captions.csv with the columns ID and Caption beside folders of images"

    def find_tables(self, folder: Folder) -> list[str]:
        """Captions, concepts that people checked, and licenses."""
        files = [file for file in folder.tables(".csv") if file.count("/") <= 1]
        if not any(_holds_captions(folder, file) for file in files):
            return []
        return [file for file in files if re.search(r"(captions|concepts_manual|license_information)\.csv$", file)]

    def read(self, folder: Folder) -> Found:
        """Cases named by their image."""
        files = self.find_tables(folder)
        rows = {file: read_rows(folder, file) for file in files}
        concepts = {
            row.get("id", ""): row.get("cuis", "") for file in files if "concepts" in file for row in rows[file]
        }
        licensed = [row for file in files if "license" in file for row in rows[file]]
        licenses = {row.get("id", ""): row.get("license") or row.get("attribution") for row in licensed}
        found, seen = Found(), dict[str, tuple[str, object]]()
        for file in (file for file in files if _holds_captions(folder, file)):
            split = find_split(file)
            for number, row in enumerate(rows[file], 2):
                case = name_of(row, "id", (file, number))
                if is_repeated(seen, case, {"caption": row.get("caption")}, file) and seen[case][0] == file:
                    continue
                found.add_case(case, {}, split=split)
                about = {"caption": row.get("caption"), "modality": _modality(concepts.get(case, ""))}
                place = find_image(folder, case, PurePosixPath(file).name.split("_")[0])
                found.add_image(case, case, place, about | {"license": licenses.get(case)})
        found.add_spare(folder.images.files)
        return found


def _holds_captions(folder: Folder, file: str) -> bool:
    return file.endswith("captions.csv") and {"id", "caption"} <= set(read_head(folder, file))


def _modality(concepts: str) -> str | None:
    """The modality that an image's concepts name; None if they name none, or several."""
    named = {MODALITY_OF_CONCEPT[code] for code in re.findall(r"C\d{7}", concepts) if code in MODALITY_OF_CONCEPT}
    return named.pop() if len(named) == 1 else None
