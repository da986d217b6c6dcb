"""Whether SLURM will take the jobs of a study, asked before the first is queued."""

import getpass
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from further.cluster.requests import Request
from further.cluster.slurm import ask, ask_for

PROFILE = "profiles/slurm/config.yaml"
PLACEHOLDER = "lu2026-0-00"  # what the profile holds until its user writes an account there


@dataclass(frozen=True)
class Nodes:
    """Nodes of one kind in a partition.

    Attributes:
        state: Of the partition: up, down, inact or drain.
        max_minutes: Longest walltime; None without a limit.
    """

    partition: str
    state: str
    max_minutes: int | None
    cores: int
    memory_mb: int
    num_gpus: int


def check_account(account: str) -> None:
    """Refuse an account that nobody has written into the profile.

    Raises:
        ValueError: If it is the profile's placeholder, or the name of a variable that is not set.
    """
    if account == PLACEHOLDER or account.startswith("$"):
        raise ValueError(
            f"slurm_account is {account}: write your account into {PROFILE}, under default-resources "
            "(on COSMOS `projinfo` names it)"
        )


def find_missing_gpus(requests: Iterable[Request]) -> Iterator[str]:
    """Jobs that would use more GPUs than they ask for; known without SLURM."""
    for request in sorted(set(requests)):
        wanted = request.gpus_per_run
        if 1 < wanted != request.num_gpus:
            kind = re.sub(r":\d+$", "", request.gres) or "gpu"
            yield (
                f"{request.name}: hardware.gpus_per_run is {wanted}, gres is {request.gres or 'not given'}: write "
                f'gres: "{kind}:{wanted}" for {request.name} in {PROFILE}'
            )


def find_small_gpus(requests: Iterable[Request], planned_gb: float | None) -> Iterator[str]:
    """Partitions whose GPUs have less memory than the study was planned for; known without SLURM."""
    there = {(each.partition, each.gpu_memory_gb) for each in requests if each.num_gpus and each.gpu_memory_gb}
    for partition, memory_gb in sorted(there):
        if planned_gb is not None and planned_gb > memory_gb:
            yield (
                f"hardware.gpu_memory_gb is {planned_gb:g}, a GPU of partition {partition} has {memory_gb:g} "
                f"(gpu_memory_gb in {PROFILE}): change it in the study's configuration, or the partition"
            )


def find_mismatches(requests: Sequence[Request], planned_gb: float | None) -> list[str]:
    """What study and profile say differently; known without SLURM."""
    return [*find_missing_gpus(requests), *find_small_gpus(requests, planned_gb)]


def check_requests(requests: Iterable[Request], planned_gb: float | None = None) -> None:
    """Ask SLURM whether it would take each kind of job; nothing is queued.

    Raises:
        ValueError: With a line per fault: who asks for what, what there is, and the setting to change.
    """
    kinds = sorted(set(requests))
    for account in sorted({kind.account for kind in kinds}):
        check_account(account)
    if mismatches := find_mismatches(kinds, planned_gb):
        raise ValueError("\n".join(mismatches))
    nodes = read_nodes(ask_for(["sinfo", "--noheader", "--exact", "--format=%R|%a|%l|%c|%m|%G"]))
    faults = [fault for kind in kinds for fault in find_faults(kind, nodes)]
    # What sinfo shows is told in the study's words; sbatch would name the first of these faults in its own.
    faults = faults or list(_unknown_accounts(kinds)) or list(_refusals(kinds))
    if faults:
        raise ValueError("\n".join(dict.fromkeys(faults)))


def read_nodes(text: str) -> list[Nodes]:
    """Read `sinfo --format=%R|%a|%l|%c|%m|%G`, a line per partition and kind of node."""
    rows = [line.split("|") for line in text.splitlines()]
    return [
        Nodes(partition, state, _minutes(limit), _first_number(cores), _first_number(memory), _num_gpus(gres))
        for partition, state, limit, cores, memory, gres in rows
    ]


def _minutes(limit: str) -> int | None:
    """`7-00:00:00`, `1:30:00` or `infinite` in minutes."""
    match = re.fullmatch(r"(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)", limit)
    if match is None:
        return None
    days, hours, minutes, _ = (int(part or 0) for part in match.groups())
    return (days * 24 + hours) * 60 + minutes


def _first_number(text: str) -> int:
    match = re.match(r"\d+", text)  # "48+": at least
    return int(match.group()) if match else 0


def _num_gpus(gres: str) -> int:
    """GPUs in `gpu:a100:2(S:0-1),shard:4`."""
    return sum(int(number) for number in re.findall(r"\bgpu:(?:[^,:(]+:)?(\d+)", gres))


def find_faults(request: Request, nodes: Iterable[Nodes]) -> Iterator[str]:
    """What about a request no node of its partition can give."""
    nodes, wanted = list(nodes), request.partition.split(",")  # SLURM takes the first of several that is free
    names = sorted({each.partition for each in nodes})
    mine = [each for each in nodes if each.partition in wanted]
    where = f"in {PROFILE}"
    if missing := [name for name in wanted if name not in names]:
        yield (
            f"{request.name}: there is no partition {', '.join(missing) or '(none is named)'}, there are "
            f"{', '.join(names)}: change slurm_partition {where}"
        )
        return
    if not any(each.state in ("up", "down") for each in mine):  # a partition that is down still queues
        yield (
            f"{request.name}: partition {request.partition} takes no jobs now (state {mine[0].state}): change "
            f"slurm_partition {where}, or wait"
        )
    yield from _too_much(request, mine)


def _too_much(request: Request, nodes: list[Nodes]) -> Iterator[str]:
    # A partition whose kinds of nodes have different limits takes a job that one of them takes.
    times = [each.max_minutes for each in nodes if each.max_minutes is not None]
    longest = max(times) if len(times) == len(nodes) else None
    limits = (
        ("cores", request.cores, max(each.cores for each in nodes), "hardware.threads", "threads"),
        ("MB of memory", request.memory_mb, max(each.memory_mb for each in nodes), "hardware.memory_mb", "mem_mb"),
        ("GPUs", request.num_gpus, max(each.num_gpus for each in nodes), "", "gres or slurm_partition"),
        ("minutes", request.minutes, longest, "hardware.runtime_minutes", "runtime"),
    )
    for unit, asked, most, key, resource in limits:
        if most is not None and asked > most:
            place = f"change {key} in the study's configuration, or" if key else "change"
            yield (
                f"{request.name}: {asked:,} {unit} asked for, partition {request.partition} gives at most {most:,}: "
                f"{place} {resource} of {request.name} in {PROFILE}"
            )


def _unknown_accounts(requests: Iterable[Request]) -> Iterator[str]:
    """Accounts that SLURM does not list for this user; a site that lists none is asked by `_refusals`."""
    user = getpass.getuser()
    listed = ask(["sacctmgr", "--noheader", "--parsable2", "show", "associations", f"user={user}", "format=account"])
    known = set(listed.text.lower().splitlines()) if listed.ok else set()
    for account in sorted({request.account for request in requests if request.account}):
        if known and account.lower() not in known:
            yield (
                f"slurm_account {account}: SLURM knows no such account of yours, but {', '.join(sorted(known))}: "
                f"change it in {PROFILE}, under default-resources"
            )


def _refusals(requests: Iterable[Request]) -> Iterator[str]:
    """What `sbatch --test-only` says: the scheduler's own verdict, limits of accounts and queues included."""
    for request in requests:
        answer = ask(_test_only(request))
        if not answer.ok:
            last = (answer.text.splitlines() or ["nothing"])[-1]
            words = re.sub(r"^(sbatch: |error: |allocation failure: )+", "", last)
            wanted = ", ".join([f"GPU {request.gres or 'none'}", *request.options])
            yield (
                f"{request.name}: partition {request.partition} with account {request.account or '(none is named)'} "
                f"refuses {request.cores} cores, {request.memory_mb:,} MB, {request.minutes:,} minutes, {wanted}: "
                f"SLURM says “{words}”. The account and the partition stand in {PROFILE}"
            )


def _test_only(request: Request) -> list[str]:
    wanted = {
        "--account": request.account,
        "--partition": request.partition,
        "--gres": request.gres,
        "--cpus-per-task": request.cores,
        "--mem-per-cpu": request.mb_per_core,
        "--mem": 0 if request.mb_per_core else request.memory_mb,
        "--time": request.minutes,
    }
    options = [f"{option}={value}" for option, value in wanted.items() if value]
    return ["sbatch", "--test-only", *options, *request.options, "--wrap=true"]
