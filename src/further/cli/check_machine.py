"""`further check` of where a study runs: tools for tracking, a GPU's settings, SLURM's profile."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec

from further.cli.findings import Findings
from further.cli.study_folder import ROOT
from further.cluster.refusals import PROFILE, check_account
from further.int8 import MEMORY_GIB, MOVED, TOKENS_PER_SECOND
from further.settings.training import FUSED_PACKAGE
from further.strict_yaml import read_mapping
from further.study import Study
from further.tracking import check_trackers


def check_machine(study: Study, found: Findings) -> None:
    """Tools for tracking; SLURM's profile of a study that is planned for a GPU: elsewhere it is only worth a word."""
    found.collect(check_trackers, study.settings.training.report_to)
    hardware = study.settings.hardware
    if hardware.gpu_memory_gb is None:
        return
    found.notes += [*_say_fused(study), *_say_int8(study)]
    faults = list(_find_account_faults())
    if shutil.which("sbatch"):
        found.faults += faults
        found.unchecked.append("SLURM: not queried; snakemake --profile slurm does so before the first job")
    else:
        found.notes += [f"for snakemake --profile slurm: {fault}" for fault in faults]
        found.unchecked.append("SLURM: not installed here")


def _say_fused(study: Study) -> Iterator[str]:
    """That a package is missing which the plan counts on. Without it, training goes on."""
    is_asked_for = study.settings.study.kind == "text" and "fused" in study.settings.training.kernels
    if is_asked_for and not find_spec(FUSED_PACKAGE):
        yield (
            "training.kernels: fused: liger-kernel is not installed here. Without it, training on a GPU is slower and "
            "takes more memory than planned. Install it with pip install 'further[gpu]'"
        )


def _say_int8(study: Study) -> Iterator[str]:
    """What was measured of int8 on a GPU; trained on, or scored beside the other runs."""
    names = [name for name, run in study.runs.items() if run.quantization == "int8"]
    speed, memory = TOKENS_PER_SECOND, MEMORY_GIB
    if names:
        yield (
            f"training.quantization: int8 ({', '.join(names)}) does not fully separate the documents of a row on a "
            f"GPU: another document changed hidden states by up to {MOVED} (an 8B Llama's shapes on an H100). nf4 "
            f"separates them. It trained twice as fast there ({speed['nf4']:,} instead of {speed['int8']:,} tokens/s) "
            f"and took {memory['nf4']} instead of {memory['int8']} GiB"
        )


def _find_account_faults() -> Iterator[str]:
    """What is wrong with the account; the resources may be a list of `name=value`, or a mapping."""
    profile = ROOT / PROFILE
    if not profile.is_file():
        return
    try:
        resources = read_mapping(profile).get("default-resources") or []
        pairs = resources if isinstance(resources, dict) else dict(str(each).split("=", 1) for each in resources)
        check_account(str(pairs.get("slurm_account", "")))
    except ValueError as error:
        yield str(error)
