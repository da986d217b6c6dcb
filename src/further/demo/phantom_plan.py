"""The plan of a folder of phantoms before they are drawn; apart from the clinics, so that drawing follows no reader."""

from pathlib import Path, PurePosixPath

from further.cases.plan import CasePlan, digest_names
from further.demo.clinics import CLINICS, list_files
from further.shards import shard_of


def plan_phantoms(folder: Path, number: int, clinic: str, num_shards: int) -> CasePlan:
    """The plan of a folder that `write_phantoms` will write: what `plan_cases` finds there afterwards.

    Raises:
        ValueError: If there is no such clinic, no case or no shard.
    """
    if clinic not in CLINICS or number < 1:
        raise ValueError(
            f"{number} phantoms of the clinic {clinic}: clinics are {', '.join(CLINICS)}, cases at least 1"
        )
    tables, *images = list_files(clinic, number)
    shards: dict[str, list[str]] = {}
    for file in images:
        shards.setdefault(shard_of(PurePosixPath(file).stem, num_shards), []).append(file)
    grouped = {shard: tuple(files) for shard, files in sorted(shards.items())}
    return CasePlan(folder, "flat", "", (tables,), grouped, digest_names(images))
