"""What would be faster on this GPU, said and not taken: the same settings stay the same run on every card."""

from collections.abc import Iterator

from further.batch import micro_batch
from further.plan.devices import memory_of_process
from further.plan.flops import training_flops
from further.plan.shape import Shape
from further.plan.speed import formula_rate
from further.plan.targets import place_adapter
from further.settings import HardwareSettings, Run

WORTH_SAYING = 1.05  # times as fast


def find_faster(name: str, run: Run, shape: Shape, hardware: HardwareSettings) -> Iterator[str]:
    """A line for each change that a GPU has room for, gives the same gradient, and pays; the memory is to be known."""
    if hardware.gpu_memory_gb is not None:
        limit = hardware.gpu_memory_gb * 2**30 * (1 - hardware.memory_margin)
        yield from _try_larger(name, run, shape, hardware, limit)
        yield from _try_without_recomputation(name, run, shape, hardware, limit)


def _try_without_recomputation(
    name: str, run: Run, shape: Shape, hardware: HardwareSettings, limit: float
) -> Iterator[str]:
    kept = run | {"gradient_checkpointing": False}
    peak, rows = memory_of_process(shape, kept, hardware).peak, micro_batch(run)
    if run == kept or peak > limit:
        return
    before, after = (
        training_flops(shape, place_adapter(shape, one), rows, one.context, one.gradient_checkpointing)
        / formula_rate(hardware, one, rows * one.context).expected
        for one in (run, kept)
    )
    if before / after >= WORTH_SAYING:
        yield (
            f"{name}: training.gradient_checkpointing: false fits, too: {peak / 2**30:.1f} GiB, about "
            f"{before / after:.2f} times as fast, the same gradient"
        )


def _try_larger(name: str, run: Run, shape: Shape, hardware: HardwareSettings, limit: float) -> Iterator[str]:
    """Fewer accumulation steps, which are more rows at a time."""
    now = micro_batch(run)
    before = formula_rate(hardware, run, now * run.context).expected
    # From the fewest steps on: the first that fit are the fastest.
    for steps in range(1, run.gradient_accumulation_steps):
        if run.batch_tokens % (run.context * steps) or steps % hardware.gpus_per_run:
            continue  # no whole rows, or no whole turns of the processes
        larger = run | {"gradient_accumulation_steps": steps}
        peak, rows = memory_of_process(shape, larger, hardware).peak, micro_batch(larger)
        faster = formula_rate(hardware, larger, rows * run.context).expected / before
        if peak <= limit:
            if faster >= WORTH_SAYING:
                yield (
                    f"{name}: training.gradient_accumulation_steps: {steps} fits, too: {rows} rows at a time instead "
                    f"of {now}, {peak / 2**30:.1f} GiB, about {faster:.2f} times as fast, the same gradient"
                )
            return
