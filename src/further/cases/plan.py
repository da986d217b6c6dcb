"""The cases of a study before any job: their layout, the files to read, their shards. No image is opened."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from further.cases.files import NO_COLUMNS, Folder, kind_of
from further.cases.readers import LAYOUTS, choose_reader, find_broken, find_unread
from further.cases.records import find_text_files
from further.cases.sheets import unused_columns
from further.listing import name_some
from further.shards import hash_rank, shard_of

TEXT_SUFFIXES = (".csv", ".tsv", ".json", ".jsonl", ".txt", ".xlsx", ".parquet")
OF_JSON = ("medpix2", "flat", "vqa_rad", "slake", "table")
MOST_NAMED = 5


@dataclass(frozen=True)
class CasePlan:
    """What the rules need to know of a folder of cases.

    Attributes:
        only: Name of the one table to read, "" for all.
        tables: Files that texts are read from.
        shards: Files with pictures, by shard.
        columns: What the tables' columns hold, where a setting says so.
        digest: Of the names of all files that are called like pictures: a record that names one depends on them.
    """

    folder: Path
    layout: str
    only: str
    tables: tuple[str, ...]
    shards: Mapping[str, tuple[str, ...]]
    digest: str
    columns: Mapping[str, str] = field(default_factory=dict)


def digest_names(files: Sequence[str]) -> str:
    """Digest of the names of files, in their order."""
    return hash_rank(*files)[:16]


def plan_cases(place: Path, layout: str | None, num_shards: int, columns: Mapping[str, str] = NO_COLUMNS) -> CasePlan:
    """Recognize a folder's layout, check it, and give its pictures to shards, each case's to one.

    Args:
        place: The folder of cases, or the one table in it to read.
        layout: Name of the layout, None to find it.
        num_shards: At least 1.
        columns: Column by what it holds, for tables whose names are not known.

    Returns:
        Files relative to the folder; a shard without files is left out.

    Raises:
        ValueError: In one line, if the folder is missing, of no layout that is known, or broken: a CSV file without
            the columns, all images missing, two cases of one id.
    """
    folder = Folder.open(place, columns)
    reader = choose_reader(folder, layout)
    shards = group_files(reader.find_units(folder), num_shards)
    tables = tuple(reader.find_tables(folder))
    names = digest_names(folder.images.files)
    return CasePlan(folder.path, reader.name, folder.only, tables, shards, names, columns)


def plan_once(
    kept: Path, code: str, place: Path, layout: str | None, num_shards: int, columns: Mapping[str, str] = NO_COLUMNS
) -> CasePlan:
    """`plan_cases`, once per change of the folder or the code: each job's own Snakemake asks for it again.

    Args:
        kept: File that the plan is kept in.
        code: Digest of the modules that read a folder.

    Raises:
        ValueError: As `plan_cases`.
    """
    folder = Folder.open(place, columns)
    key = hash_rank(code, place.absolute(), layout, num_shards, sorted(columns.items()), *_stamp(folder))
    if kept.is_file() and (told := json.loads(kept.read_text(encoding="utf-8")))["key"] == key:
        tables, shards = tuple(told["tables"]), {shard: tuple(files) for shard, files in told["shards"].items()}
        return CasePlan(folder.path, told["layout"], folder.only, tables, shards, told["digest"], columns)
    from further.io import write_json  # loads tables and arrays, which no later reading of the Snakefile needs

    plan = plan_cases(place, layout, num_shards, columns)
    found = {"layout": plan.layout, "tables": plan.tables, "shards": plan.shards, "digest": plan.digest}
    write_json(kept, found | {"key": key})
    return plan


def _stamp(folder: Folder) -> Iterator[str]:
    """What a plan depends on: the names of all files, and the sizes and dates of those that are not only pictures."""
    pictures = set(folder.images.files)
    for file in folder.files:
        seen = (folder.path / file).stat() if file not in pictures else None
        yield file if seen is None else f"{file} {seen.st_size} {seen.st_mtime_ns}"


def open_folder(plan: CasePlan) -> Folder:
    """The folder of a plan."""
    return Folder(plan.folder, plan.only, plan.columns)


def describe_plan(plan: CasePlan) -> str:
    """As what a folder is read, from which tables, and which tables and columns are left out."""
    folder = open_folder(plan)
    texts = [file for file in plan.tables if kind_of(file) in TEXT_SUFFIXES]
    unused = unused_columns(folder) if plan.layout in ("table", "dicom_table") else []
    beside = [file for file in find_text_files(folder) if file not in plan.tables]
    told = {" from": texts, "; columns not used:": unused, "; tables not read:": beside}
    told["; files not read:"] = [] if plan.only else find_unread(folder, [*plan.tables, *beside])
    said = (f"{head} {name_some(names, MOST_NAMED)}" for head, names in told.items() if names)
    return f"cases.folder is read as {plan.layout}{''.join(said)}"


def group_files(units: Mapping[str, str], num_shards: int) -> dict[str, tuple[str, ...]]:
    """Files by shard, sorted, from the unit that each is put in a shard with."""
    shards: dict[str, list[str]] = {}
    for file, unit in sorted(units.items()):
        shards.setdefault(shard_of(unit, num_shards), []).append(file)
    return {shard: tuple(files) for shard, files in sorted(shards.items())}


def check_ids(plan: CasePlan) -> None:
    """Refuse two cases of one id where `plan_cases` did not read the records, and a broken file beside those it read.

    It takes seconds, so it is done once before any job.

    Raises:
        ValueError: In one line.
    """
    folder = open_folder(plan)
    LAYOUTS[plan.layout].check_ids(folder)
    if plan.layout in OF_JSON and not plan.only and (broken := find_broken(folder)):
        raise ValueError(f"cases.folder: {broken}. Mend it, or take it out of the folder: its records would be lost")
