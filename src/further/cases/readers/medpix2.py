"""MedPix 2.0: cases and their topics in one JSON file, images and their captions in another.

Source:
    Its README (github.com/CHILab1/MedPix-2.0): Case_topic.json, Descriptions.json, splitted_dataset/*.jsonl, images/.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from further.cases.fields import CASE_FIELDS
from further.cases.files import Folder
from further.cases.found import Found, find_image
from further.cases.readers.base import Reader, is_repeated, name_of
from further.cases.synonyms import find_split
from further.cases.tables import peek_record, read_json, read_records
from further.cases.text import split_glued

FIELDS = {"differential": "Differential Diagnosis", "diagnosis": "Case Diagnosis", "treatment": "Treatment & Follow Up"}
"""Keys of a case's fields that are called otherwise here."""
TOPIC_FIELDS = {"discussion": "Disease Discussion", "category": "Category", "keywords": "Keywords"}
# TAC is Italian for CT: MedPix 2.0 calls the list of a case's CT images so.
SCANS: dict[str, str | None] = {"TAC": "CT", "MRI": "MR"}


class MedPix2(Reader):
    """MedPix 2.0 as its authors publish it; the whole files, or else the parts of the split."""

    name = "medpix2"
    holds = "Case_topic.json and Descriptions.json, or splitted_dataset/data_*.jsonl and descriptions_*.jsonl"

    def find_tables(self, folder: Folder) -> list[str]:
        """Files whose records have a case with lists of images, or a description of one; the split's list."""
        tables = [file for file in folder.tables(".json", ".jsonl") if file.count("/") <= 2]
        kinds = {file: kind for file in tables if (kind := _kind_of(folder, file))}
        return sorted(kinds) if {"cases", "descriptions"} <= set(kinds.values()) else []

    def read(self, folder: Folder) -> Found:
        """Cases with their topics and images; captions by image."""
        kinds = defaultdict[str, list[str]](list)
        for file in self.find_tables(folder):
            kinds[_kind_of(folder, file)].append(file)
        splits = _read_splits(folder, kinds["split"], kinds["cases"])
        described = _read_descriptions(folder, kinds["descriptions"])
        found, seen = Found(), dict[str, tuple[str, object]]()
        for file, number, record in _union(folder, kinds["cases"]):
            case = name_of(record, "U_id", (file, number))
            if not is_repeated(seen, case, record, file):
                _add_case(found, folder, record, described.pop(case, {}))
            for split in splits.get(case, ()):
                found.add_split(case, split)
        for name in (name for images in described.values() for name in images):
            found.add_image(name, None, find_image(folder, name), {})  # of a case that has no record
        found.add_spare(folder.images.files)
        return found


def read_fields(case: Mapping[str, Any], topic: Mapping[str, Any]) -> dict[str, object]:
    """Fields of a case from the two parts of its record."""
    own = (name for name in CASE_FIELDS if name not in TOPIC_FIELDS)
    fields: dict[str, object] = {name: lookup(case, FIELDS.get(name, name)) for name in own}
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


def _kind_of(folder: Folder, file: str) -> str:
    if PurePosixPath(file).name == "uid_list.json":
        return "split"
    record = peek_record(folder, file)
    if "U_id" in record and isinstance(record.get("Case"), dict):
        return "cases"
    return "descriptions" if {"U_id", "image", "Description"} <= set(record) else ""


Descriptions = dict[str, list[dict[str, Any]]]
"""What is said of a case's images, by image: one record, or several where they differ."""


def _union(folder: Folder, files: list[str]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """File, number and record of the whole file, or of all parts where there is none: `train_1` is one of `train`."""
    whole = [file for file in files if find_split(PurePosixPath(file).name) is None]
    for file in whole or files:
        for number, record in enumerate(read_records(folder, file), 1):
            yield file, number, record


def _read_descriptions(folder: Folder, files: list[str]) -> dict[str, Descriptions]:
    """Descriptions by case and image; those that say the same are one."""
    described: dict[str, Descriptions] = {}
    for file, number, record in _union(folder, files):
        case, image = (name_of(record, key, (file, number)) for key in ("U_id", "image"))
        lines = described.setdefault(case, {}).setdefault(image, [])
        if record not in lines:
            lines.append(record)
    return described


def _read_splits(folder: Folder, lists: list[str], files: list[str]) -> dict[str, set[str]]:
    """Splits by case, from the list of names and from the files that the cases stand in; several are a leak."""
    splits: dict[str, set[str]] = defaultdict(set)
    for file in lists:
        named = read_json(folder, file)
        for title, names in named.items() if isinstance(named, dict) else ():
            if (split := find_split(title)) is not None and isinstance(names, list):
                for name in names:
                    splits[str(name).strip()].add(split)
    for file in files:
        if (split := find_split(PurePosixPath(file).name)) is not None:
            for record in read_records(folder, file):
                splits[str(record.get("U_id")).strip()].add(split)
    return splits


def _add_case(found: Found, folder: Folder, record: dict[str, Any], described: Descriptions) -> None:
    case, topic = str(record["U_id"]).strip(), part_of(record, "Topic")
    names = {str(name).strip(): scan for key, scan in SCANS.items() for name in _list_of(record.get(key))}
    names |= {name: None for name in described if name not in names}
    lines = [(name, line) for name in names for line in described.get(name, [{}])]
    parts = [part_of(line, "Description") for _, line in lines]
    fields = read_fields(part_of(record, "Case"), topic)
    for own in ("age", "sex"):
        fields[own] = fields[own] or next((lookup(part, own) for part in parts if lookup(part, own)), None)
    found.add_case(case, fields, topic=lookup(topic, "Title"))
    for (name, line), part in zip(lines, parts, strict=True):
        image = {
            "modality": lookup(part, "Modality") or line.get("Type") or names[name],
            "plane": lookup(part, "Plane"),
            "location": lookup(line, "Location") or lookup(topic, "Location"),
            "region": lookup(line, "Location Category") or lookup(topic, "Location Category"),
            "caption": lookup(part, "Caption"),
        }
        found.add_image(name, case, find_image(folder, name), image)


def _list_of(names: object) -> list[object]:
    """A case's images of one kind: a list, or one name."""
    return names if isinstance(names, list) else [names] if isinstance(names, str) and names.strip() else []
