"""The flat layout: one record an image, with its caption, its case and its topic.

`{"U_id", "image", "caption", "type", "case_info": {...}, "topic_info": {...}}`, as JSON lines or one JSON list.
"""

from further.cases.files import Folder
from further.cases.found import Found, find_image
from further.cases.readers.base import KeyedReader, name_of
from further.cases.readers.medpix2 import lookup, part_of, read_fields
from further.cases.sheets import split_of
from further.cases.tables import read_records


class Flat(KeyedReader):
    """One record an image."""

    name = "flat"
    holds = "JSON or JSON lines with U_id, image, caption, type, case_info and topic_info"
    keys = frozenset({"U_id", "image", "case_info"})
    depth = 2

    def read(self, folder: Folder) -> Found:
        """Cases, each with the images of all its records; a case's records must agree."""
        found = Found()
        for file in self.find_tables(folder):
            for number, record in enumerate(read_records(folder, file), 1):
                if missing := sorted(self.keys - set(record)):
                    raise ValueError(f"cases.folder: record {number} of {file} has no {', '.join(missing)}")
                case = name_of(record, "U_id", (file, number))
                about, topic = part_of(record, "case_info"), part_of(record, "topic_info")
                fields, split = read_fields(about, topic), split_of(record, file)
                found.add_case(case, fields, topic=lookup(topic, "Title"), split=split)
                image = {
                    "modality": record.get("modality") or record.get("type"),
                    "plane": record.get("plane"),
                    "location": record.get("location") or lookup(about, "Location") or lookup(topic, "Location"),
                    "region": lookup(topic, "Location Category"),
                    "caption": record.get("caption"),
                }
                found.add_image(
                    str(record["image"] or f"{case}-without-image"), case, find_image(folder, record["image"]), image
                )
        found.add_spare(folder.images.files)
        return found
