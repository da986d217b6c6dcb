"""Operations per second: as this study's finished runs reached them, or else by the formula from the settings."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from further.io import read_json
from further.settings import HardwareSettings, Run

APART = 0.2  # least width assumed: like runs on one shared machine differed by so much from their median
ON_CPU = (0.25, 0.65)
# Fraction of an H100's 989 TFLOP/s by tokens per forward pass: an 8B Llama at nf4, rank 16 on all linear layers,
# context 2048, recomputation; 9,289, 10,549 and 10,976 tokens/s with the faster paths, 2,407 and 5,472 without.
MEASURED = {"with kernels": {2048: 0.455, 4096: 0.515, 8192: 0.54}, "without": {2048: 0.12, 8192: 0.27}}
# Of that, without recomputation: 12,501 tokens/s of 33.4 GFLOP each, beside 9,607 of 48.6. Products of matrices, of
# which recomputation has more than the rest of a step, are what comes nearest to the peak.
NOT_RECOMPUTED = 0.895


@dataclass(frozen=True)
class Rate:
    """Floating-point operations per second; `source` is "measured" or "formula"."""

    expected: float
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Measured:
    """What a finished run reached, looks at the validation documents counted, on one GPU or on a job's cores."""

    run: str
    quantization: str
    flops_per_second: float
    hardware: str


def formula_rate(hardware: HardwareSettings, run: Run, tokens: int) -> Rate:
    """Peak × utilization; the expected one is the geometric mean of the lowest and the highest.

    Without `hardware.utilization` a GPU's is as measured, give or take a fifth.

    Args:
        tokens: Per forward pass.

    Source:
        Chowdhery et al. 2022 (PaLM), appendix B: utilization as the fraction of the peak. Done differently: recomputed
        operations count as work here, as they take the time that is asked for.
    """
    assumed = ON_CPU if hardware.gpu_memory_gb is None else _measured_shares(run, tokens)
    low, high = (hardware.peak_tflops * 1e12 * share for share in hardware.utilization or assumed)
    return Rate(math.sqrt(low * high), low, high, "formula")


def _measured_shares(run: Run, tokens: int) -> tuple[float, float]:
    """Between what was measured by the logarithm of tokens; beyond it, the nearest."""
    points = MEASURED["with kernels" if run.kernels else "without"]
    share = float(np.interp(math.log(tokens), [math.log(size) for size in points], list(points.values())))
    if run.kernels and not run.gradient_checkpointing:
        share *= NOT_RECOMPUTED
    return share * (1 - APART), share * (1 + APART)


def read_measured(folder: Path, flops: Mapping[str, float], runs: Mapping[str, Run]) -> list[Measured]:
    """Finished runs of this study, with these very settings.

    Args:
        folder: `results/runs`.
        flops: Per trained token of each run, validation between epochs counted.
    """
    found = []
    for name, run in runs.items():
        files = [folder / name / file for file in ("metrics.json", "timing.json")]
        if name in flops and all(file.is_file() for file in files):
            metrics, timing = map(read_json, files)
            if metrics["settings"] == run.model_dump():  # else the run is of settings that were changed since
                speed = timing["tokens_per_second"] * flops[name] / timing["devices"]
                found.append(Measured(name, run.quantization, speed, json.dumps(timing["hardware"])))
    return found


def on_same_hardware(measured: Iterable[Measured], hardware: HardwareSettings) -> list[Measured]:
    """Those on a GPU if the settings name one's memory, else those on as many threads; the most frequent machine's."""
    # A study may have been moved from one machine to another; speeds of two are not averaged.
    kept = [run for run in measured if _is_like(json.loads(run.hardware), hardware)]
    counts = Counter(run.hardware for run in kept)
    return [run for run in kept if run.hardware == counts.most_common(1)[0][0]]


def _is_like(found: Mapping[str, Any], hardware: HardwareSettings) -> bool:
    if hardware.gpu_memory_gb is not None:
        return found["gpu"] is not None
    return found["gpu"] is None and found["threads"] == hardware.threads


def rate_for(quantization: str, measured: Iterable[Measured], formula: Rate) -> Rate:
    """Median of the runs measured at this precision, and how far such runs lay from it; without one, the formula's."""
    speeds: dict[str, list[float]] = {}
    for run in measured:
        speeds.setdefault(run.quantization, []).append(run.flops_per_second)
    if quantization not in speeds:
        return formula
    expected = median(speeds[quantization])
    apart = [speed / median(group) for group in speeds.values() for speed in group]
    return Rate(expected, expected * min(1 - APART, *apart), expected * max(1 + APART, *apart), "measured")
