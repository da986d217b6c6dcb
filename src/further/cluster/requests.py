"""What the jobs of a study ask of SLURM, and a table of it."""

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from further.columns import align


@dataclass(frozen=True, order=True)
class Request:
    """What one job asks for.

    Attributes:
        name: The rule; of a group of rules that are one job, its name.
        partition: Of SLURM; empty if none is asked for.
        gres: Generic resources, `gpu:1`; empty if none.
        memory_mb: Memory of the whole job, MB; 0 if none is asked for.
        minutes: Walltime; 0 if none is asked for.
        account: That is charged; empty if none is named.
        gpus_per_run: GPUs that the job will use; 0 where the study does not say.
        gpu_memory_gb: GiB of one GPU of the partition, as the profile says; 0 where it does not.
        mb_per_core: What `memory_mb` is asked for by, core by core; 0 if as a whole.
        options: Of sbatch, further ones: `--qos=test`.
    """

    name: str
    partition: str
    gres: str
    cores: int
    memory_mb: int
    minutes: int
    account: str
    gpus_per_run: int = 0
    gpu_memory_gb: float = 0
    mb_per_core: int = 0
    options: tuple[str, ...] = ()

    @property
    def num_gpus(self) -> int:
        """GPUs asked for: the last number of `gpu:a100:2`; `gpu` alone is one."""
        kind, *rest = self.gres.split(":")
        return 0 if kind != "gpu" else int(rest[-1]) if rest and rest[-1].isdigit() else 1


def request_of(
    name: str, threads: int, resources: Mapping[str, Any], qos: str | None = None, reservation: str | None = None
) -> Request:
    """Read a request from a job's threads and resources, under the names that Snakemake's SLURM executor uses.

    Args:
        qos: Quality of service of all jobs; counts before the job's own.
        reservation: That all jobs run in.
    """
    per_core = _whole(resources.get("mem_mb_per_cpu"))  # counts before mem_mb
    return Request(
        name=name,
        partition=str(resources.get("slurm_partition", "")),
        gres=str(resources.get("gres", "")),
        cores=int(threads),
        memory_mb=per_core * int(threads) or _whole(resources.get("mem_mb")),
        minutes=_whole(resources.get("runtime")),
        account=str(resources.get("slurm_account", "")),
        gpus_per_run=_whole(resources.get("gpus_per_run")),
        gpu_memory_gb=float(resources.get("gpu_memory_gb", 0)),
        mb_per_core=per_core,
        options=tuple(_options(resources, qos, reservation)),
    )


def _options(resources: Mapping[str, Any], qos: str | None, reservation: str | None) -> Iterator[str]:
    wanted = {"constraint": resources.get("constraint"), "qos": qos or resources.get("qos"), "reservation": reservation}
    yield from (f"--{option}={value}" for option, value in wanted.items() if value)
    yield from shlex.split(str(resources.get("slurm_extra", "")))


def merge_requests(group: str | None, requests: Sequence[Request]) -> Request:
    """What the jobs of a group ask for together, as one job in one partition; a job without a group is alone."""
    # Jobs of a group run one after the other: their minutes add up, their memory does not.
    first = requests[0]
    if group is None:
        return first
    return replace(
        first,
        name=f"group {group}",
        cores=max(each.cores for each in requests),
        memory_mb=max(each.memory_mb for each in requests),
        minutes=sum(each.minutes for each in requests),
    )


def _whole(value: Any) -> int:
    """A number; 0 for none, and for one that Snakemake will know only later."""
    return value if isinstance(value, int) else 0


def draw_table(requests: Iterable[Request], planned_hours: float | None = None) -> str:
    """A line per kind of job and what it asks for, and what all ask for together.

    Args:
        planned_hours: GPU-hours that the plan expects of them; None where there is no plan yet.
    """
    counts = Counter(requests)
    head = ("job", "jobs", "partition", "GPU", "cores", "MB", "minutes")
    rows: list[tuple[str, ...]] = [head]
    for each, number in sorted(counts.items()):
        sizes = (str(each.cores), f"{each.memory_mb:,}", f"{each.minutes:,}")
        rows.append((each.name, str(number), each.partition or "-", each.gres or "-", *sizes))
    hours = sum(each.num_gpus * each.minutes * number for each, number in counts.items()) / 60
    return "\n".join(
        [
            "What SLURM is asked for, per job:",
            *(f"  {line}" for line in align(rows, left=[0, 2, 3])),
            f"{counts.total():,} jobs in the queue; at most {hours:,.0f} GPU-hours, "
            f"if every job takes all of its minutes; {_say_planned(planned_hours)}.",
        ]
    )


def _say_planned(hours: float | None) -> str:
    if hours is None:
        return "the plan says more: type plan right behind snakemake, and no -n"
    return f"{hours:,.3g} are planned"
