"""What each of the processes that train a run together has to hold."""

from dataclasses import replace

from further.batch import share_of_process
from further.plan.memory import Memory, estimate_memory
from further.plan.shape import Shape
from further.plan.targets import place_adapter
from further.settings import HardwareSettings, Run


def memory_of_process(shape: Shape, run: Run, hardware: HardwareSettings) -> Memory:
    """Peak memory of one of the processes, on a GPU where the hardware has one."""
    processes, gpu = hardware.gpus_per_run, hardware.gpu_memory_gb is not None
    memory = estimate_memory(shape, place_adapter(shape, run), run, share_of_process(run, processes)[0], gpu)
    if hardware.sharding == "none":
        return memory
    # Its part of every block, and one block that is put together, from a copy.
    kept = memory.weights // processes + 2 * memory.weights // shape.num_layers
    # Each loads the base whole before it gives parts away, so its peak is not below that of loading.
    only_trained = memory.gradients + memory.optimizer + memory.activations + memory.logits
    return replace(memory, weights=min(memory.weights, max(kept, memory.weights - only_trained)))
