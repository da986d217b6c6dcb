"""The largest micro-batch that fits, said and not taken: the same settings stay the same run on every card."""

from collections.abc import Iterator

from further.batch import micro_batch
from further.plan.devices import memory_of_process
from further.plan.shape import Shape
from further.plan.speed import formula_rate
from further.settings import HardwareSettings, Run

WORTH_SAYING = 1.05  # times as fast


def find_larger(name: str, run: Run, shape: Shape, hardware: HardwareSettings) -> Iterator[str]:
    """A line about fewer accumulation steps, if a GPU has room for them and they pay; the memory is to be known."""
    if hardware.gpu_memory_gb is None:
        return
    now = micro_batch(run)
    limit = hardware.gpu_memory_gb * 2**30 * (1 - hardware.memory_margin)
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
