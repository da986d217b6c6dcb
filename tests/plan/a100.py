"""An 8B model's run on one A100, and the plan of such runs."""

from further.plan.show import plan_study
from further.plan.work import Texts
from further.settings import CostSettings, HardwareSettings, PlanSettings
from plan.measured import RUN

HARDWARE = HardwareSettings.model_validate({
    "threads": 16, "memory_mb": 120000, "runtime_minutes": 720, "gpus_per_run": 1, "sharding": "none",
    "walltimes": 1, "walltime_margin_minutes": None,
    "gpu_memory_gb": 80.0, "memory_margin": 0.1, "peak_tflops": 312.0,
    "utilization": [0.3, 0.57], "startup_seconds": 120.0,
})  # fmt: skip
COST = CostSettings.model_validate(
    {"price_per_gpu_hour": 2.0, "kwh_per_gpu_hour": 0.6, "currency": "EUR", "price_date": "2026-11"}
)
REAL = RUN | {
    "quantization": "nf4", "rank": 16, "context": 2048, "batch_tokens": 16384, "gradient_accumulation_steps": 8,
    "compute_dtype": "bfloat16", "gradient_checkpointing": True, "optimizer": "paged_adamw_8bit",
    "kernels": [],
}  # fmt: skip
PAPERS = Texts((10_000,) * 40, (10_000,) * 5, has_begin=True, scored=(10_000,) * 12)


def plan(model, runs, hardware=HARDWARE, cost=COST, texts=PAPERS, finished=None, window=2048):
    settings = PlanSettings(runs=runs, hardware=hardware, cost=cost, window=window, stride=window)
    return plan_study(model, lambda name, run: texts, settings, finished or model / "runs")
