"""The plan of a folder of phantoms before they are drawn; apart from the clinics, so that drawing follows no reader."""

from pathlib import Path, PurePosixPath

from further.cases.plan import CasePlan, digest_names, group_files
from further.demo.clinics import list_files


def plan_phantoms(folder: Path, number: int, clinic: str, num_shards: int) -> CasePlan:
    """The plan of a folder that `write_phantoms` will write: what `plan_cases` finds there afterwards."""
    tables, *images = list_files(clinic, number)
    shards = group_files({file: PurePosixPath(file).stem for file in images}, num_shards)
    return CasePlan(folder, "flat", "", (tables,), shards, digest_names(images))
