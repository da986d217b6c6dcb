"""How a batch of so many tokens is cut into rows, on one GPU or on several: the same for plan, training and checks."""

from further.settings import Run


def micro_batch(run: Run) -> int:
    """Rows per forward pass: the batch's tokens over context and gradient_accumulation_steps.

    Raises:
        ValueError: If they do not divide.
    """
    rows, rest = divmod(run.batch_tokens, run.context * run.gradient_accumulation_steps)
    if rest or not rows:
        raise ValueError(
            f"training.batch_tokens: {run.batch_tokens} is not a multiple of "
            f"context × gradient_accumulation_steps = {run.context} × {run.gradient_accumulation_steps}"
        )
    return int(rows)


def share_of_process(run: Run, processes: int) -> tuple[int, int]:
    """Rows per forward pass and forward passes per step of each of the processes that train a run together.

    Whole micro-batches are dealt out where their number divides: memory stays as it is alone, and the passes are fewer.
    Otherwise the rows of each micro-batch are.

    Raises:
        ValueError: If neither divides: a process would wait for the others in every step.
    """
    rows, passes = micro_batch(run), int(run.gradient_accumulation_steps)
    if passes % processes == 0:
        return rows, passes // processes
    if rows % processes == 0:
        return rows // processes, passes
    raise ValueError(
        f"hardware.gpus_per_run: {processes} divides neither training.gradient_accumulation_steps {passes} "
        f"nor the {rows} rows of a "
        f"micro-batch: choose a training.batch_tokens that is a multiple of {run.context * processes:,}"
    )
