"""Tables of the cases stage: their columns and units."""

import pyarrow as pa

from further.cases.fields import CASE_FIELDS, IMAGE_FIELDS


def _texts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.string()) for name in names]


FOUND_CASES = pa.schema(
    [
        ("case", pa.string()),
        ("topic", pa.string()),  # null: none is given
        ("patient", pa.string()),  # name of the patient's first case, null: not known
        ("given_split", pa.list_(pa.string())),  # of SPLITS; empty: the layout has none
        *_texts(*CASE_FIELDS),
    ]
)

FOUND_IMAGES = pa.schema(
    [
        ("image", pa.string()),  # its name, unlike all others
        ("case", pa.string()),  # null: no case names it
        ("key", pa.string()),  # of the file and the part of it, null: there is no such file
        ("file", pa.string()),  # relative to the folder of cases, null: not to be told, or not there
        ("part", pa.int32()),  # frame of a DICOM file, row of a table, from 0
        ("detail", pa.string()),  # what the record calls it, for messages
        *_texts(*IMAGE_FIELDS, "caption"),
    ]
)

FOUND_QUESTIONS = pa.schema(
    [
        ("case", pa.string()),
        ("images", pa.list_(pa.string())),
        ("given_split", pa.string()),  # null: none
        *_texts("question_type", "question", "answer"),
        ("closed", pa.bool_()),  # as the layout says, or the answer is yes or no
        ("language", pa.string()),  # two letters, null: not told
    ]
)

PICTURES = pa.schema(
    [
        ("key", pa.string()),
        ("reason", pa.string()),  # kept, or why it is dropped (docs/cases.md)
        ("detail", pa.string()),
        ("sha256", pa.string()),  # of the picture as it came: the file's bytes, or those in the table
        ("pixels", pa.string()),  # SHA-256 of what it shows: size, mode and values as prepared
        ("mode", pa.string()),  # of the original: L, RGB, RGBA, P, CMYK, I;16, MONOCHROME1 ...
        ("width", pa.int32()),  # pixels
        ("height", pa.int32()),
        ("channels", pa.int8()),  # 1 or 3
        ("dhash", pa.string()),  # 256 bits in hexadecimal digits
        ("patient", pa.string()),  # digest of the one that a DICOM header names, null: none
        ("png", pa.binary()),  # 8 bits a channel, without metadata
    ]
)

IMAGES = pa.schema(
    [
        *_texts("image", "case"),
        ("key", pa.string()),  # finds the picture in the shard's table
        *_texts("shard", "file"),
        ("part", pa.int32()),
        *[(name, PICTURES.field(name).type) for name in ("sha256", "pixels", "mode", "width", "height", "channels")],
        *_texts("dhash", *IMAGE_FIELDS),
        ("caption", pa.string()),  # null: not to be asked for
    ]
)

CASES = pa.schema([*FOUND_CASES, ("num_images", pa.int32())])

LEDGER = pa.schema(
    [
        ("unit", pa.string()),  # case, image, caption or question
        ("case", pa.string()),  # null: nobody's
        ("name", pa.string()),  # the image, or the number of the question
        ("reason", pa.string()),  # kept, or why it is dropped
        ("detail", pa.string()),
    ]
)

CASE_LINKS = pa.schema(
    [
        ("kind", pa.string()),  # same image, near-equal image, same topic or same patient
        *_texts("case", "other", "image", "other_image"),
        ("distance", pa.int32()),  # bits of 256 that differ, null: does not apply
        ("detail", pa.string()),  # the topic
    ]
)

SPLIT = pa.schema(_texts("case", "split", "group"))

LEAKS = pa.schema(
    [
        ("kind", pa.string()),  # same case, or as in CASE_LINKS
        ("case", pa.string()),
        ("split", pa.string()),  # validation or test
        ("other", pa.string()),
        ("other_split", pa.string()),  # train, or validation for a test case
        ("detail", pa.string()),
    ]
)

QUESTIONS = pa.schema(
    [
        *_texts("question_id", "case", "split"),
        ("images", pa.list_(pa.string())),
        ("question_type", pa.string()),
        ("origin", pa.string()),  # rule or given
        ("kind", pa.string()),  # yes/no, choice or open
        ("task", pa.string()),  # answer or caption
        ("language", pa.string()),
        ("question", pa.string()),  # "" for a caption
        ("answer", pa.string()),
        ("words", pa.int32()),  # of the answer
    ]
)

LENGTHS = pa.schema(
    [
        ("question_type", pa.string()),  # "all" for all
        ("unit", pa.string()),  # words or tokens
        ("answers", pa.int32()),
        ("median", pa.float64()),
        ("p95", pa.float64()),
        ("longest", pa.int32()),
        ("window", pa.int32()),  # for the answer alone, in the same unit
        ("cut", pa.int32()),  # answers longer than the window
        ("cut_fraction", pa.float64()),
    ]
)
