"""MedPix 2.0: cases and their topics in one JSON file, images and their captions in another.

Source:
    Its README (github.com/CHILab1/MedPix-2.0): Case_topic.json, Descriptions.json, splitted_dataset/*.jsonl, images/.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from further.cases.files import Folder, peek_record, read_json, read_records
from further.cases.found import Found, find_image
from further.cases.readers.base import Reader, check_unique
from further.cases.terms import name_split
from further.cases.text import split_glued

FIELDS = {
    "title": "Title",
    "history": "History",
    "exam": "Exam",
    "findings": "Findings",
    "differential": "Differential Diagnosis",
    "diagnosis": "Case Diagnosis",
    "diagnosis_by": "Diagnosis By",
    "treatment": "Treatment & Follow Up",
    "abnormal": "Abnormal",
    "abnormality": "Abnormality",
    "side": "Side",
    "size": "Size",
    "age": "Age",
    "sex": "Sex",
}
TOPIC_FIELDS = {"discussion": "Disease Discussion", "category": "Category", "keywords": "Keywords"}
SCANS: dict[str, str | None] = {"TAC": "CT", "MRI": "MR"}
"""Lists of a case's images, in Italian and English, and the modality that they stand for."""


class MedPix2(Reader):
    """MedPix 2.0 as its authors publish it; the whole files, or else the parts of the split."""

    name = "medpix2"
    holds = "Case_topic.json and Descriptions.json, or splitted_dataset/data_*.jsonl and descriptions_*.jsonl"

    def find_tables(self, folder: Folder) -> list[str]:
        """Files whose records have a case with lists of images, or a description of one; the split's list."""
        tables = [file for file in folder.tables(".json", ".jsonl") if file.count("/") <= 2]
        kinds = {file: _kind_of(peek_record(folder, file)) for file in tables if not _is_list(file)}
        if not {"cases", "descriptions"} <= set(kinds.values()):
            return []
        return sorted([file for file, kind in kinds.items() if kind] + [file for file in tables if _is_list(file)])

    def read(self, folder: Folder) -> Found:
        """Cases with their topics and images; captions by image."""
        kinds: dict[str, list[str]] = {"cases": [], "descriptions": [], "split": []}
        for file in self.find_tables(folder):
            kinds["split" if _is_list(file) else _kind_of(peek_record(folder, file))].append(file)
        splits = _read_splits(folder, kinds["split"], kinds["cases"])
        described: dict[str, dict[str, dict[str, Any]]] = {}
        for line in _union(folder, kinds["descriptions"], "image"):
            described.setdefault(str(line["U_id"]), {})[str(line.get("image"))] = line
        found = Found()
        for record in _union(folder, kinds["cases"], "U_id"):
            case = str(record["U_id"])
            _add_case(found, folder, record, described.get(case, {}), splits.get(case))
        found.add_spare(folder.images.files)
        return found


def read_fields(case: Mapping[str, Any], topic: Mapping[str, Any]) -> dict[str, object]:
    """Fields of a case from the two parts of its record."""
    fields: dict[str, object] = {name: lookup(case, title) for name, title in FIELDS.items()}
    fields |= {name: lookup(topic, title) for name, title in TOPIC_FIELDS.items()}
    keywords = fields["keywords"]
    return fields | {"keywords": split_glued(keywords) if isinstance(keywords, str) else keywords}


def lookup(record: Mapping[str, Any], name: str) -> Any:
    """A value of a record, however its key is written: `Location Category` and `location category` are one."""
    if name in record:
        return record[name]
    plain = name.lower().replace("_", " ")
    return next((value for key, value in record.items() if key.lower().replace("_", " ") == plain), None)


def part_of(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A part of a record that is an object itself; empty where it is absent."""
    value = lookup(record, name)
    return value if isinstance(value, dict) else {}


def _kind_of(record: Mapping[str, Any]) -> str:
    if "U_id" in record and isinstance(record.get("Case"), dict):
        return "cases"
    return "descriptions" if {"U_id", "image", "Description"} <= set(record) else ""


def _is_list(file: str) -> bool:
    return PurePosixPath(file).name == "uid_list.json"


def _union(folder: Folder, files: list[str], name: str) -> Iterator[dict[str, Any]]:
    """Records of the whole file, or of all parts where there is none: `train_1` is a part of `train`."""
    whole = [file for file in files if name_split(_part_name(file)) is None]
    seen: set[str] = set()
    for file in whole or files:
        records = read_records(folder, file)
        names = [str(record.get(name)) for record in records]
        if name == "U_id":
            check_unique(names, file)
        yield from (record for record, own in zip(records, names, strict=True) if own not in seen)
        seen |= set(names)


def _part_name(file: str) -> str:
    """`dev` of splitted_dataset/data_dev.jsonl."""
    return PurePosixPath(file).stem.partition("_")[2]


def _read_splits(folder: Folder, lists: list[str], files: list[str]) -> dict[str, str]:
    """Split by case, from the list of names or from the files that the cases stand in."""
    splits: dict[str, str] = {}
    for file in lists:
        for title, names in read_json(folder, file).items():
            if (split := name_split(title)) is not None and isinstance(names, list):
                splits |= {str(name): split for name in names}
    for file in files:
        if (split := name_split(_part_name(file))) is not None:
            splits |= {str(record.get("U_id")): split for record in read_records(folder, file)}
    return splits


def _add_case(
    found: Found, folder: Folder, record: dict[str, Any], described: Mapping[str, dict[str, Any]], split: str | None
) -> None:
    case, topic = str(record["U_id"]), part_of(record, "Topic")
    names = {str(name): scan for key, scan in SCANS.items() for name in record.get(key) or []}
    names |= {name: None for name in described if name not in names}
    about = {name: part_of(described.get(name, {}), "Description") for name in names}
    fields = read_fields(part_of(record, "Case"), topic)
    for own in ("age", "sex"):
        fields[own] = fields[own] or next((lookup(part, own) for part in about.values() if lookup(part, own)), None)
    found.add_case(case, fields, topic=lookup(topic, "Title"), split=split)
    for name, scan in names.items():
        line, part = described.get(name, {}), about[name]
        image = {
            "modality": lookup(part, "Modality") or line.get("Type") or scan,
            "plane": lookup(part, "Plane"),
            "location": lookup(line, "Location") or lookup(topic, "Location"),
            "region": lookup(line, "Location Category") or lookup(topic, "Location Category"),
            "caption": lookup(part, "Caption"),
        }
        found.add_image(name, case, find_image(folder, name), image)
