"""The processes that train a run together, and what each of them has to hold."""

from dataclasses import dataclass, replace

from further.batch import share_of_process
from further.plan.memory import Memory, estimate_memory
from further.plan.shape import Shape
from further.plan.targets import Adapter
from further.settings import HardwareSettings, Run


@dataclass(frozen=True)
class Devices:
    """How many processes train a run, and whether each keeps its part of the blocks only."""

    processes: int
    sharded: bool


ALONE = Devices(1, sharded=False)


def read_devices(hardware: HardwareSettings) -> Devices:
    """From the settings gpus_per_run and sharding."""
    return Devices(hardware.gpus_per_run, hardware.sharding == "fsdp")


def memory_of_process(shape: Shape, adapter: Adapter, run: Run, devices: Devices, gpu: bool) -> Memory:
    """Peak memory of one of the processes.

    A sharded one keeps its part of the blocks and puts one together at a time, from a copy; but each loads the base
    whole before it gives parts away, so its peak is not below that of loading.
    """
    memory = estimate_memory(shape, adapter, run, share_of_process(run, devices.processes)[0], gpu)
    if not devices.sharded:
        return memory
    kept = memory.weights // devices.processes + 2 * memory.weights // shape.num_layers
    only_trained = memory.gradients + memory.optimizer + memory.activations + memory.logits
    return replace(memory, weights=min(memory.weights, max(kept, memory.weights - only_trained)))
