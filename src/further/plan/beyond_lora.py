"""Memory of what stands beside plain LoRA, in bytes: DoRA, trained embeddings, starts from the base's own weights."""

from further.plan.precision import BYTES, FP32
from further.plan.shape import Linear, Shape
from further.plan.targets import Adapter
from further.settings import Run

# Matrices of the largest layer's size, in fp32, while it is decomposed: itself, its factors, LAPACK's copies and room,
# and, as peft starts PiSSA, what is made of them. Square ones need most: so many were seen on the CPU.
DECOMPOSED = {"pissa": 11, "loftq": 8}


def dora_bytes(shape: Shape, adapter: Adapter, run: Run, layer: int) -> int:
    """Per token, saved by one block: what its magnitudes multiply, the base's and the adapter's own outputs."""
    # With dropout the base's output is computed once more, with weights in fp32.
    of_base = FP32 if adapter.multiplies_twice else BYTES[run.compute_dtype]
    return sum((of_base + FP32) * linear.outputs for linear in _with_magnitudes(shape.block(layer), adapter))


def dora_matrices(shape: Shape, adapter: Adapter, run: Run, layer: int) -> int:
    """Saved by one block whatever its tokens: with dropout, the weights in fp32 that are multiplied with once more."""
    if not adapter.multiplies_twice or (run.quantization == "none" and run.compute_dtype == "float32"):
        return 0
    return sum(FP32 * linear.weights for linear in _with_magnitudes(shape.block(layer), adapter))


def dora_workspace(shape: Shape, adapter: Adapter, run: Run) -> int:
    """For a moment, to find the norms of one layer: a unit matrix, weights as they are and in fp32, B·A, their sum."""
    size = BYTES[run.compute_dtype]
    return max(
        (
            FP32 * linear.inputs**2 + (4 * FP32 + size) * linear.weights
            for linear in _with_magnitudes(shape.linears, adapter)
        ),
        default=0,
    )


def _with_magnitudes(linears: tuple[Linear, ...], adapter: Adapter) -> list[Linear]:
    return [linear for linear in linears if adapter.magnitudes and linear.name in adapter.names]


def embedding_gradient(shape: Shape, adapter: Adapter, run: Run) -> int:
    """A second gradient of embeddings or head while it is added to the first: of a chunk, or of a tied matrix."""
    return BYTES[run.compute_dtype] * shape.head_weights if adapter.copied else 0


def start_bytes(shape: Shape, run: Run) -> int:
    """Beside the base, before training: LoftQ reads the full weights again; it and PiSSA decompose matrices."""
    if run.initialization not in DECOMPOSED:
        return 0
    decomposed = DECOMPOSED[run.initialization] * FP32 * max(linear.weights for linear in shape.linears)
    again = BYTES[run.compute_dtype] * shape.total_parameters if run.initialization == "loftq" else 0
    return decomposed + again
