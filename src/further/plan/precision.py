"""Bytes of weights at each precision."""

import math

from further.plan.shape import Linear

FP32 = 4
BYTES = {"float32": 4, "bfloat16": 2}


def weight_bytes(linear: Linear, quantization: str, compute_bytes: int) -> int:
    """Bytes of one matrix of the blocks, with the constants of its quantization.

    Args:
        quantization: none, int8 (one fp32 scale per output) or nf4 with double quantization.
        compute_bytes: Of one weight that is not quantized.
    """
    if quantization == "none":
        return linear.weights * compute_bytes
    if quantization == "int8":
        return linear.weights + FP32 * linear.outputs
    blocks = math.ceil(linear.weights / 64)
    tables = FP32 * (16 + 256 + 1)  # values of the 4 bits, of the constants' 8 bits, and their mean
    return math.ceil(linear.weights / 2) + blocks + FP32 * math.ceil(blocks / 256) + tables
