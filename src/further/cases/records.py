"""Records of any file of texts, as rows: tables, lists of objects, and the nested forms of published data sets.

A row holds a record's values by its keys. COCO's captions and conversations become rows with the columns image,
caption, question and answer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from further.cases.columns import PLAIN, plain_name
from further.cases.files import IMAGE_SUFFIXES, Folder, kind_of, remembered
from further.cases.parquet_files import find_picture_files, read_parquet, read_types
from further.cases.synonyms import find_split
from further.cases.tables import check_record, open_text, read_head, read_json, read_rows, read_text
from further.cases.workbook import read_workbook

Row = dict[str, Any]
ASKED, ANSWERED = ("human", "user"), ("gpt", "assistant", "model")
TURNS = ("conversations", "conversation", "conversatons", "messages")  # the third is LLaVA-Med's own
ASKED_KEYS = ("question", "answer")
IMAGE_MARK = re.compile(r"\s*<image>\s*")
# VQA-Med's lines, 2019 to 2021: the test of 2019 tells what each question asks for, too.
PIPED = (("image", "question", "answer"), ("image", "question_type", "question", "answer"))
# A file of this name has no head: each line names an image, and says of it what the file is called (ROCO).
HEADLESS = {name for role in ("caption", "license", "findings") for name in PLAIN[role]}


@remembered
def find_text_files(folder: Folder) -> list[str]:
    """Files that may hold records: tables up to three folders deep, JSON up to one, texts without a head by name.

    JSON that lies deeper is taken where there is none above it: beside images it may be notes on each of them.

    Parquet with pictures in it is left to its own reader.
    """
    parquet = [file for file in folder.tables(".parquet") if file not in find_picture_files(folder)]
    tables = [file for file in folder.tables(".csv", ".tsv", ".xlsx") if file.count("/") <= 3 and "~$" not in file]
    lists = [file for file in folder.tables(".json", ".jsonl") if file.count("/") <= 3]
    lists = [file for file in lists if file.count("/") <= 1] or lists
    texts = [file for file in folder.tables(".txt") if file.count("/") <= 3 and _is_headless(folder, file)]
    return sorted([*tables, *lists, *texts, *parquet])


def find_columns(folder: Folder, file: str) -> list[str]:
    """Columns of a file's rows; none where it cannot be read as rows."""
    if kind_of(file) in (".csv", ".tsv"):
        return [name for name in read_head(folder, file) if name]
    if kind_of(file) == ".xlsx":
        return list(next(iter(read_workbook(folder, file)), {}))
    if kind_of(file) == ".parquet":
        return list(read_types(folder.path / file))
    if kind_of(file) == ".txt":
        return list(_name_headless(folder, file))
    try:
        rows = list(_unfold(read_json(folder, file)))
    except (ValueError, OSError):
        return []
    told = [key for row in rows[:20] if isinstance(row, dict) for key in row]
    unfolded = [ASKED_KEYS for name in TURNS if name in told]
    return list(dict.fromkeys([*told, *(key for keys in unfolded for key in keys)]))


def read_any(folder: Folder, file: str) -> list[Row]:
    """Rows of a file.

    Raises:
        ValueError: If it is broken, naming file and line.
    """
    kind = kind_of(file)
    if kind in (".csv", ".tsv"):
        return [dict(row) for row in read_rows(folder, file)]
    if kind == ".xlsx":
        return read_workbook(folder, file)
    if kind == ".parquet":
        return read_parquet(folder.path / file)
    if kind == ".txt":
        return _read_headless(folder, file)
    rows = [check_record(row, file, number) for number, row in enumerate(_unfold(read_json(folder, file)), 1)]
    return [flat for row in rows for flat in _unfold_turns(row)]


def _stem(file: str) -> str:
    return plain_name(PurePosixPath(file.lower().removesuffix(".gz")).stem)


def _is_headless(folder: Folder, file: str) -> bool:
    """Whether a file is called like one without a head, and its first lines all are so: a report.txt may not be."""
    if _stem(file) not in HEADLESS and not _asks(file):
        return False
    names, mark = _name_headless(folder, file), "|" if _asks(file) else "\t"
    return bool(names) and all(line.count(mark) >= len(names) - 1 for line in _peek(folder, file))


def _asks(file: str) -> bool:
    return re.search("qa|question", _stem(file)) is not None


def _peek(folder: Folder, file: str) -> list[str]:
    with open_text(folder.path / file, errors="replace") as stream:
        return [line for line in islice(stream, 20) if line.strip()]


def _name_headless(folder: Folder, file: str) -> Sequence[str]:
    """What the cells of each line hold; nothing where the first line has as many as no known file."""
    if not _asks(file):
        return "image", _stem(file)
    first = next(iter(_peek(folder, file)), "")
    return next((names for names in PIPED if len(names) == first.count("|") + 1), ())


def _read_headless(folder: Folder, file: str) -> list[Row]:
    """Lines of `image TAB text`, where what follows a further tab belongs to the text; or of questions between bars."""
    lines = [line for line in read_text(folder, file).splitlines() if line.strip()]
    if not _asks(file):
        parts = [line.partition("\t") for line in lines]
        return [{"image": name.strip(), _stem(file): text.replace("\t", " ").strip()} for name, _, text in parts]
    names, rows = _name_headless(folder, file), [[cell.strip() for cell in line.split("|")] for line in lines]
    if wrong := next((row for row in rows if len(row) != len(names)), None):
        raise ValueError(f"cases.folder: {file} has {len(wrong)} cells in the line of {wrong[0]!r}, not {len(names)}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _unfold(data: object) -> Iterator[Any]:
    """Records of a list, of COCO's lists, or of an object with a list for each split or a record for each picture.

    Where each record names its picture, what it is called itself is an id.
    """
    if isinstance(data, list):
        yield from data
    elif isinstance(data, dict):
        if isinstance(data.get("images"), list) and isinstance(data.get("annotations"), list):
            yield from _join_coco(data["images"], data["annotations"])
            return
        if all(isinstance(value, dict) for value in data.values()):
            named = ({"image": key} if key.lower().endswith(IMAGE_SUFFIXES) else {} for key in data)
            rows = [name | record for name, record in zip(named, data.values(), strict=True)]
            yield from rows if all(map(_names_image, rows)) else ()
        lists = {key: value for key, value in data.items() if isinstance(value, list)}
        for key, value in lists.items():
            if len(lists) == 1 or find_split(key) is not None:
                told = {} if find_split(key) is None else {"split": key}
                yield from (told | row if isinstance(row, dict) else row for row in value)


def _names_image(record: Row) -> bool:
    return any(plain_name(key) in PLAIN["image"] for key in record)


def _join_coco(images: list[Any], annotations: list[Any]) -> Iterator[Row]:
    """One row an annotation, with its image's name; an image without one has a row of its own."""
    names = {image.get("id"): image.get("file_name") for image in images if isinstance(image, dict)}
    rows = [row for row in annotations if isinstance(row, dict)]
    told = {row.get("image_id") for row in rows}
    for row in [*rows, *({"image_id": name} for name in names if name not in told)]:
        own = {key: value for key, value in row.items() if key not in ("id", "image_id")}
        yield own | {"image": names.get(row.get("image_id"))}


def _unfold_turns(row: Row) -> Iterator[Row]:
    """A record, or one row for each question of its conversation."""
    key = next((name for name in TURNS if isinstance(row.get(name), list)), None)
    if key is None:
        yield row
        return
    rest = {name: value for name, value in row.items() if name != key}
    pairs: list[list[str | None]] = []  # a question that nobody answers stays, for the ledger
    for turn in (turn for turn in row[key] if isinstance(turn, dict)):
        who = str(turn.get("from") or turn.get("role") or "").strip().lower()
        text = IMAGE_MARK.sub(" ", _text_of(turn.get("value", turn.get("content")))).strip()
        if who in ASKED:
            pairs.append([text, None])
        elif who in ANSWERED and pairs and pairs[-1][1] is None:
            pairs[-1][1] = text
        elif who in ANSWERED:
            pairs.append([None, text])
    yield from (rest | {"question": question, "answer": answer} for question, answer in pairs)


def _text_of(content: object) -> str:
    """A turn's text, or those of its parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return " ".join(str(part) for part in parts if part)
    return str(content or "")
